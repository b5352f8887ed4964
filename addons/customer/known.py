"""What the checks of a customer ask the database: for one customer as the questions come, for an import's batch at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Column, func, select

from addons.customer.duplicates import Duplicate, find_duplicates, find_many_duplicates
from addons.customer.models import Customer, CustomerGroup, CustomerRelationship, CustomerSource
from addons.customer.ownership import GivenByRows
from core.access.models import User
from core.db import ActorSession
from core.db.bulk import BATCH
from core.db.numbers import taken_values

Offered = type[CustomerSource] | type[CustomerRelationship] | type[CustomerGroup]


class Known:
    """Asks each question when it comes."""

    def __init__(self, session: ActorSession) -> None:
        self.session = session

    def is_offered(self, model: Offered, ids: Sequence[UUID]) -> bool:
        """Whether all of ``ids`` are entries of the catalogue that can be chosen now."""
        query = select(func.count(model.id)).where(model.id.in_(ids), model.is_active.is_(True))
        return self.session.scalar(query) == len(ids)

    def is_active_user(self, id: UUID) -> bool:
        """Whether the account exists and is not locked."""
        return self.session.scalar(select(User.id).where(User.id == id, User.is_active)) is not None

    def is_code_taken(self, code: str) -> bool:
        """Whether the code stands anywhere in the business, deleted and invisible customers included."""
        return bool(_taken_codes(self.session, [code]))

    def duplicates(self, values: Mapping[str, Any], exclude: UUID | None) -> tuple[Duplicate, ...]:
        """Customers with the same phone, e-mail or tax code as ``values``."""
        return find_duplicates(
            self.session,
            phones=(values.get("phone"), values.get("phone2")),
            email=values.get("email"),
            tax_code=values.get("tax_code"),
            exclude=exclude,
        )


class KnownToBatch(Known):
    """Has asked everything that some rows will need, in a handful of statements. ``given`` keeps those
    that give customers to somebody else."""

    def __init__(self, session: ActorSession, rows: Iterable[Mapping[str, Any]]) -> None:
        super().__init__(session)
        self.given = GivenByRows(session)
        rows = list(rows)
        self._offered: dict[Any, set[UUID]] = {
            model: set(session.scalars(select(model.id).where(model.is_active.is_(True))))
            for model in (CustomerSource, CustomerRelationship, CustomerGroup)
        }
        self._users = set(session.scalars(select(User.id).where(User.is_active)))
        self._codes = _taken_codes(session, [row["code"] for row in rows if row.get("code")])
        self._duplicates = find_many_duplicates(session, rows)

    def is_offered(self, model: Offered, ids: Sequence[UUID]) -> bool:
        return self._offered[model].issuperset(ids)

    def is_active_user(self, id: UUID) -> bool:
        return id in self._users

    def is_code_taken(self, code: str) -> bool:
        return code in self._codes

    def duplicates(self, values: Mapping[str, Any], exclude: UUID | None) -> tuple[Duplicate, ...]:
        return self._duplicates.of(values, exclude)


def _taken_codes(session: ActorSession, codes: Sequence[str]) -> set[str]:
    column = cast(Column[str], Customer.__table__.c["code"])
    taken: set[str] = set()
    for start in range(0, len(codes), BATCH):
        taken |= taken_values(session, column, codes[start : start + BATCH])
    return taken
