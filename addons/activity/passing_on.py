"""Activities that go along when a record gets another person in charge (OWN-07, OWN-08)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import insert, select

from addons.activity.models import OPEN, Activity, ActivityPerson, Role
from core.db import ActorSession, system
from core.db.bulk import BATCH, bulk_update

Move = tuple[UUID, UUID | None, UUID | None]
"""A record, who had it and who gets it; either may be nobody."""


def pass_open_on(session: ActorSession, entity: str, moves: Sequence[Move]) -> None:
    """What the former person in charge has not done yet about these records is the new one's; he may go on reading it.

    What others do about the records stays theirs. Whether the giver sees the activities is not asked: they go with the record.
    """
    by_pair: defaultdict[tuple[UUID, UUID], list[UUID]] = defaultdict(list)
    for record_id, old, new in moves:
        if old is not None and new is not None and old != new:
            by_pair[old, new].append(record_id)
    with system(session) as all_seeing:
        for (old, new), records in by_pair.items():
            ids = _ids(all_seeing, entity, records, Activity.state.in_(OPEN), Activity.assignee_id == old)
            bulk_update(all_seeing, Activity, ids, {"assignee_id": new})
            _let_read(all_seeing, ids, old)


def show_past(session: ActorSession, entity: str, moves: Iterable[tuple[UUID, UUID | None]]) -> None:
    """Let the new person in charge read what has been done about the records."""
    by_reader: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for record_id, reader in moves:
        if reader is not None:
            by_reader[reader].append(record_id)
    with system(session) as all_seeing:
        for reader, records in by_reader.items():
            past = _ids(all_seeing, entity, records, Activity.state.not_in(OPEN), Activity.assignee_id != reader)
            _let_read(all_seeing, past, reader)


def _ids(session: ActorSession, entity: str, records: Sequence[UUID], *where: object) -> list[UUID]:
    found: list[UUID] = []
    for start in range(0, len(records), BATCH):
        query = select(Activity.id).where(
            Activity.subject_entity == entity, Activity.subject_id.in_(records[start : start + BATCH]), *where
        )
        found += session.scalars(query)
    return found


def _let_read(session: ActorSession, activity_ids: Sequence[UUID], user_id: UUID) -> None:
    for start in range(0, len(activity_ids), BATCH):
        batch = activity_ids[start : start + BATCH]
        has = select(ActivityPerson.activity_id).where(
            ActivityPerson.activity_id.in_(batch), ActivityPerson.user_id == user_id
        )
        seeing = set(session.scalars(has))
        rows = [{"activity_id": id, "user_id": user_id, "role": Role.READER} for id in batch if id not in seeing]
        if rows:
            session.execute(insert(ActivityPerson), rows)
