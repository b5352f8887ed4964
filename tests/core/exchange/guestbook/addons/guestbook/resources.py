"""Guests twice: stored row by row through their form, and in batches of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from addons.guestbook.forms import LEVELS, GuestForm
from addons.guestbook.models import Guest, Source
from sqlalchemy import func, select

from core.db import ActorSession
from core.errors import DomainError
from core.exchange.fields import ExchangeField, ImportOptions, Lookup
from core.exchange.headers import COMMON_ALIASES
from core.resources import Column, Permissions, Resource, Tab, TextFilter


def _list_sources(session: ActorSession) -> list[Sequence[Any]]:
    return [tuple(row) for row in session.execute(select(Source.id, Source.name))]


def _create_source(session: ActorSession, name: str) -> UUID:
    source = Source(name=name)
    session.add(source)
    session.flush()
    return source.id


def _name_lengths(session: ActorSession, ids: Sequence[UUID]) -> Mapping[UUID, int]:
    rows = session.execute(select(Guest.id, func.length(Guest.name)).where(Guest.id.in_(ids)))
    return {row[0]: row[1] for row in rows}


class Guests(Resource[Guest]):
    """Guests, imported through their form."""

    model = Guest
    name = "guests"
    title = "Guests"
    one = "guest"
    permissions = Permissions("guestbook")
    columns = (Column("name", "Name", kind="title", sort=True), Column("created_at", "Created", sort=True))
    tabs = (Tab("all", "All"), Tab("members", "Members", where=lambda actor: Guest.is_member.is_(True)))
    filters = (TextFilter("level", "Level", Guest.level),)
    default_sort = "-created_at"
    form = GuestForm
    exchange_key = "code"
    exchange = (
        ExchangeField(
            "code", "Mã khách", kind="code", aliases=COMMON_ALIASES["code"], max_length=20, example="G000001"
        ),
        ExchangeField(
            "name", "Tên khách", aliases=COMMON_ALIASES["name"], required=True, max_length=80, example="Trần Thị Ví Dụ"
        ),
        ExchangeField(
            "phone",
            "Điện thoại",
            kind="phone",
            aliases=COMMON_ALIASES["phone"],
            distinct="phone",
            example="0912 345 678",
        ),
        ExchangeField("birthday", "Ngày sinh", kind="date", aliases=COMMON_ALIASES["birthday"], example="21/11/1990"),
        ExchangeField("budget", "Ngân sách", kind="money", aliases=("Budget",)),
        ExchangeField("level", "Hạng", choices=LEVELS),
        ExchangeField("is_member", "Thành viên", kind="boolean"),
        ExchangeField("note", "Ghi chú", aliases=COMMON_ALIASES["note"], max_length=500),
        ExchangeField(
            "source_id",
            "Nguồn",
            lookup=Lookup(_list_sources, create=_create_source, permission="guestbook.manage"),
            path="source.name",
        ),
        ExchangeField("created_at", "Ngày tạo", kind="datetime", imported=False),
        ExchangeField("name_length", "Độ dài tên", kind="integer", load=_name_lengths, imported=False),
    )

    def import_context(self, session: ActorSession, rows: Sequence[Mapping[str, Any]], options: ImportOptions) -> Any:
        phones = {row["phone"] for row in rows if "phone" in row}
        found = session.execute(select(Guest.phone, Guest.code).where(Guest.phone.in_(phones)))
        return {row[0]: row[1] for row in found}

    def import_row(
        self, session: ActorSession, values: Mapping[str, Any], *, existing: Guest | None, options: ImportOptions
    ) -> Guest:
        known = options.context.get(values.get("phone"))
        if known and not options.allow_duplicates and (existing is None or existing.code != known):
            raise DomainError.of("duplicate", f"{known} has this phone already.", "phone")
        return super().import_row(session, values, existing=existing, options=options)


class Crowd(Guests):
    """The same guests, stored many at once."""

    name = "crowd"
    import_in_batches = True

    def import_row(
        self, session: ActorSession, values: Mapping[str, Any], *, existing: Guest | None, options: ImportOptions
    ) -> Guest:
        known = options.context.get(values.get("phone"))
        if known and not options.allow_duplicates and (existing is None or existing.code != known):
            raise DomainError.of("duplicate", f"{known} has this phone already.", "phone")
        guest = existing or Guest()
        for name, value in values.items():
            setattr(guest, name, value)
        if existing is None:
            session.add(guest)
        return guest
