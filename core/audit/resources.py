"""The page of the audit trail: every change of every record, for whoever holds ``core.view_audit``.

That is an administrator's right over all of the tenant: an entry tells old and new values of any record, also of one that
its reader may not open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select

from core.access.models import User
from core.audit.filters import FieldFilter, RecordFilter
from core.audit.kinds import ACTION_WORDS, KIND_WORDS, TONES, all_actions, list_kinds
from core.audit.models import AuditEntry
from core.audit.recorded import Recorded
from core.audit.telling import Told, tell_ids
from core.db.session import ActorSession
from core.exchange.fields import ExchangeField
from core.i18n import translator
from core.kernel import current_session
from core.resources.base import Permissions, Resource
from core.resources.columns import Column, Fact
from core.resources.filters import ChoiceFilter, PeriodFilter

_ = translator(__name__)

VIEW_AUDIT = "core.view_audit"


def _list_people(session: ActorSession) -> list[tuple[UUID, str]]:
    """Everybody who ever could do something, locked accounts included."""
    return [(id, name) for id, name in session.execute(select(User.id, User.name).order_by(User.sort_name, User.id))]


def _record_names(session: ActorSession, ids: Sequence[UUID]) -> Mapping[UUID, str]:
    return {id: told.record for id, told in tell_ids(session, ids).items()}


def _changes_in_words(session: ActorSession, ids: Sequence[UUID]) -> Mapping[UUID, str]:
    return {id: "\n".join(map(str, told.lines)) for id, told in tell_ids(session, ids).items()}


class Audit(Resource[AuditEntry]):
    """Who did what, when, old → new (SYS-18)."""

    model = AuditEntry
    name = "audit"
    title = _("Record of changes")
    one = _("entry of the record of changes")
    icon = "history"
    permissions = Permissions(
        "core", read=VIEW_AUDIT, create=None, edit=None, delete=None, export=VIEW_AUDIT, import_=None
    )
    columns = (
        Column("entity", _("Record"), kind="title", labels=KIND_WORDS, avatar=False),
        Column("action", _("Action"), kind="tag", labels=ACTION_WORDS, tone=TONES),
        Column("changes", _("What changed"), kind="text"),
        Column("user_name", _("Who"), kind="person", card=True),
        Column("at", _("When"), kind="datetime", sort=True, card=True),
    )
    filters = (
        PeriodFilter("at", _("When"), AuditEntry.at),
        ChoiceFilter("who", _("Employee"), AuditEntry.user_id, options=_list_people, empty=_("The system")),
        ChoiceFilter("kind", _("Kind of record"), AuditEntry.entity, options=list_kinds, several=True),
        RecordFilter("record", _("Record")),
        FieldFilter("field", _("Field")),
        ChoiceFilter(
            "action",
            _("Action"),
            AuditEntry.action,
            options=lambda session: sorted(all_actions().items(), key=lambda pair: str(pair[1]).casefold()),
            several=True,
        ),
    )
    default_sort = "-at"
    empty_text = _("Whatever is changed from now on stands here.")
    exchange = (
        ExchangeField("at", _("When"), kind="datetime"),
        ExchangeField("user_name", _("Who"), choices={"system": _("The system")}),
        ExchangeField("action", _("Action"), choices=ACTION_WORDS),
        ExchangeField("entity", _("Kind of record"), choices=KIND_WORDS),
        ExchangeField("record", _("Record"), load=_record_names),
        ExchangeField("changes", _("What changed"), load=_changes_in_words, width=80),
        ExchangeField("request_id", _("Request"), kind="code"),
    )
    facts = (
        Fact("at", _("When"), kind="datetime"),
        Fact("action", _("Action"), kind="tag", labels=ACTION_WORDS, tone=TONES),
        Fact("request_id", _("Request"), kind="code"),
    )
    template_list = "audit/list.html"
    template_detail = "audit/detail.html"

    def tell(self, ids: Sequence[UUID]) -> Mapping[UUID, Told]:
        """The entries of a page in words, for the templates."""
        return tell_ids(current_session(), ids)

    def title_of(self, record: AuditEntry) -> str:
        told = self.tell([record.id])[record.id]
        return f"{told.action}: {told.record or told.kind}"


settings = Recorded("core_setting", one=_("setting"), actions={"set": _("Setting changed")})
applications = Recorded(
    "core_tenant_addon",
    one=_("application"),
    labels={"addon": _("Application")},
    actions={"enable": _("Switched on"), "disable": _("Switched off")},
)
businesses = Recorded("core_tenant", one=_("business"), actions={"load_demo": _("Demonstration data loaded")})
jobs = Recorded(
    "core_job",
    one=_("background job"),
    actions={"cancel": _("Cancelled"), "retry": _("Started again"), "run": _("Started by hand")},
    endpoint="core.jobs_detail",
)
files = Recorded(
    "core_attachment",
    one=_("file"),
    labels={
        "name": _("File name"),
        "entity": _("Kind of record"),
        "entity_id": _("Record"),
        "size": _("Size"),
        "media_type": _("File type"),
        "uploaded_at": _("Attached at"),
    },
    values={"entity": KIND_WORDS},
    links={"entity_id": "@entity"},
)
comments = Recorded(
    "core_comment",
    one=_("comment"),
    labels={
        "entity": _("Kind of record"),
        "entity_id": _("Record"),
        "body": _("Text"),
        "place": _("Location"),
    },
    values={"entity": KIND_WORDS},
    links={"entity_id": "@entity"},
    actions={"edit_comment": _("Comment changed"), "remove_comment": _("Comment deleted")},
)
saved_views = Recorded(
    "core_saved_view",
    one=_("saved view"),
    labels={
        "resource": _("List"),
        "name": _("Name"),
        "owner_id": _("Owner"),
        "is_shared": _("Shared with everybody"),
        "args": _("Filters"),
        "columns": _("Columns"),
    },
)
