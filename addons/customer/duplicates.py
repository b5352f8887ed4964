"""Whether a customer exists already (CUS-017). Looks at all of the tenant, and tells no more than the user may know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select

from addons.customer.models import Customer
from core.access.models import User
from core.db import ActorSession, system
from core.db.bulk import BATCH
from core.errors import DomainError, Problem
from core.i18n import translator

_ = translator(__name__)

MOST = 2_000
"""Rows looked at for one piece of a batch; a phone shared by more is a switchboard."""

FIELD_NAMES = {
    "phone": _("same phone number"),
    "email": _("same e-mail"),
    "tax_code": _("same tax code"),
}


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A customer with the same phone, e-mail or tax code. ``id``, ``name`` and ``code`` only where the user may see him.

    ``fields`` says in what they agree: ``phone``, ``email``, ``tax_code``. ``owner_name`` is empty for an unassigned one.
    """

    fields: tuple[str, ...]
    owner_name: str
    id: UUID | None = None
    name: str = ""
    code: str = ""

    @property
    def reason(self) -> str:
        """``same phone number, same e-mail``"""
        return ", ".join(str(FIELD_NAMES[field]) for field in self.fields)

    def __str__(self) -> str:
        if self.id is not None:
            return str(
                _("%(name)s (%(code)s) exists already: %(reason)s", name=self.name, code=self.code, reason=self.reason)
            )
        if self.owner_name:
            return str(
                _("Exists already (%(reason)s), in charge: %(owner)s", reason=self.reason, owner=self.owner_name)
            )
        return str(_("Exists already (%(reason)s), nobody in charge", reason=self.reason))


class DuplicateWarning(DomainError):
    """Somebody with the same phone, e-mail or tax code exists. Saving again with ``confirm`` goes through (CUS-017)."""

    def __init__(self, duplicates: tuple[Duplicate, ...]) -> None:
        self.duplicates = duplicates
        super().__init__(*(Problem("duplicate", str(each)) for each in duplicates))


def find_duplicates(
    session: ActorSession,
    *,
    phones: tuple[str | None, ...] = (),
    email: str | None = None,
    tax_code: str | None = None,
    exclude: UUID | None = None,
) -> tuple[Duplicate, ...]:
    """Customers of the tenant with one of these phones (E.164), this e-mail or this tax code, those one may see first.

    A colleague's customer is told of without details: "exists already, in charge: X". ``exclude`` is the customer edited.
    """
    values = {"phone": next(iter(phones), None), "email": email, "tax_code": tax_code}
    values |= {f"phone{at}": phone for at, phone in enumerate(phones[1:], 2)}
    return find_many_duplicates(session, [values]).of(values, exclude)


class Duplicates:
    """What was found for several customers at once."""

    def __init__(self, rows: Sequence[Any], visible: Mapping[UUID, Customer]) -> None:
        self._visible = visible
        self._rows: dict[tuple[str, str], list[Any]] = {}
        for row in rows:
            for key in _keys(row._mapping):
                self._rows.setdefault(key, []).append(row)

    def of(self, values: Mapping[str, Any], exclude: UUID | None = None) -> tuple[Duplicate, ...]:
        """The duplicates of a customer with these values, those one may see first."""
        agreeing: dict[UUID, tuple[Any, list[str]]] = {}
        for key in _keys(values):
            for row in self._rows.get(key, ()):
                if row.id != exclude:
                    fields = agreeing.setdefault(row.id, (row, []))[1]
                    fields.extend([key[0]] if key[0] not in fields else [])
        found = [self._told(row, tuple(fields)) for row, fields in agreeing.values()]
        return tuple(sorted(found, key=lambda duplicate: duplicate.id is None))

    def _told(self, row: Any, fields: tuple[str, ...]) -> Duplicate:
        customer = self._visible.get(row.id)
        if customer is None:
            return Duplicate(fields, row.owner or "")
        return Duplicate(fields, row.owner or "", customer.id, customer.full_name, customer.code)


def find_many_duplicates(session: ActorSession, customers: Iterable[Mapping[str, Any]]) -> Duplicates:
    """Who agrees with any of ``customers`` in phone, e-mail or tax code; a few statements for a thousand of them."""
    wanted: dict[str, set[str]] = {"phone": set(), "email": set(), "tax_code": set()}
    for values in customers:
        for name, value in _keys(values):
            wanted[name].add(value)
    found: dict[UUID, Any] = {}
    with system(session) as everything:
        for criterion in _criteria(wanted):
            query = (
                select(
                    Customer.id,
                    Customer.phone,
                    Customer.phone2,
                    Customer.email,
                    Customer.tax_code,
                    User.name.label("owner"),
                )
                .outerjoin(User, User.id == Customer.owner_id)
                .where(criterion)
                .order_by(Customer.created_at)
                .limit(MOST)
            )
            found |= {row.id: row for row in everything.execute(query)}
    return Duplicates(list(found.values()), _visible(session, list(found)))


def _keys(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(kind, value) of everything in which duplicates agree; both phones are one kind."""
    for name, kind in (("phone", "phone"), ("phone2", "phone"), ("email", "email"), ("tax_code", "tax_code")):
        if values.get(name):
            yield kind, values[name]


def _criteria(wanted: Mapping[str, set[str]]) -> Iterator[ColumnElement[bool]]:
    """One for each index, in pieces that a statement takes."""
    columns = (("phone", Customer.phone), ("phone", Customer.phone2), ("email", Customer.email))
    for name, column in (*columns, ("tax_code", Customer.tax_code)):
        values = sorted(wanted[name])
        for start in range(0, len(values), BATCH):
            yield column.in_(values[start : start + BATCH])


def _visible(session: ActorSession, ids: list[UUID]) -> dict[UUID, Customer]:
    visible: dict[UUID, Customer] = {}
    for start in range(0, len(ids), BATCH):
        query = select(Customer).where(Customer.id.in_(ids[start : start + BATCH]))
        visible |= {customer.id: customer for customer in session.scalars(query)}
    return visible
