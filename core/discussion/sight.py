"""Who else may see a record: whom an @ may call, and whom it offers (CUS-021)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import String, cast, literal, select, union_all

from core.access.models import User
from core.access.signing_in import actors_of
from core.db.base import TenantModel
from core.db.scope import visibility
from core.db.search import matches
from core.db.session import ActorSession, system
from core.discussion.subjects import Subject

MOST_OFFERED = 8
"""Names offered after an @."""

LOOKED_AT = 24
"""Colleagues whose sight is asked for at once; who is not among them is found by typing on."""


@dataclass(frozen=True, slots=True)
class Mentionable:
    """A colleague whom an @ may call; ``sees`` is False for one to whom calling shows the record."""

    username: str
    name: str
    sees: bool


def list_mentionable(session: ActorSession, subject: Subject, text: str) -> list[Mentionable]:
    """Up to :data:`MOST_OFFERED` colleagues that ``text`` may mean: who see the record, and others where the actor may
    show it to them."""
    query = select(User.id, User.username, User.name).where(User.is_active, User.id != session.actor.user_id)
    if (criterion := matches(session, User, text)) is not None:
        query = query.where(criterion)
    people = session.execute(query.order_by(User.sort_name, User.id).limit(LOOKED_AT)).all()
    seeing = who_sees(session, subject, [person.id for person in people])
    may_show = subject.can_show(session)
    offered = [
        Mentionable(each.username, each.name, each.id in seeing) for each in people if may_show or each.id in seeing
    ]
    return offered[:MOST_OFFERED]


def who_sees(session: ActorSession, subject: Subject, user_ids: Collection[UUID]) -> set[UUID]:
    """Those of the users who may read the record now: their rights in two queries, their sight in one."""
    return who_may_read(session, subject.discussed.model, subject.discussed.read, subject.record.id, user_ids)


def who_may_read(
    session: ActorSession, model: type[TenantModel], read: str, id: UUID, user_ids: Collection[UUID]
) -> set[UUID]:
    """Those of the users who hold the permission ``read`` and see the row ``id`` of ``model`` now."""
    here = model.id == id
    with system(session) as all_seeing:
        actors = [actor for actor in actors_of(all_seeing, user_ids) if actor.can(read)]
        rules = [(actor.user_id, visibility(model, actor)) for actor in actors]
        found = {user_id for user_id, rule in rules if user_id is not None and rule is None}
        asked = [
            select(literal(str(user_id)), cast(model.id, String)).where(here, rule)
            for user_id, rule in rules
            if rule is not None
        ]
        if asked:
            found |= {UUID(row[0]) for row in all_seeing.execute(union_all(*asked) if len(asked) > 1 else asked[0])}
    return found
