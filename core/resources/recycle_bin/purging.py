"""Deleting for good: what is in the recycle bin, with all that hangs on it. What is still referred to stays."""

from __future__ import annotations

from typing import Any

from sqlalchemy.exc import IntegrityError

from core.attachments.services import remove_files_of
from core.audit.kinds import find_kind
from core.db.parts import ids_below, tables_that_keep
from core.db.session import ActorSession
from core.discussion.services import remove_comments_of
from core.errors import Conflict, Forbidden, NotFound
from core.i18n import translator
from core.resources.base import Resource

_ = translator(__name__)

PURGE = "core.delete_forever"
"""The permission to do it; deleting alone gives the right to the bin, not beyond."""


def purge(resource: Resource[Any], session: ActorSession, record: Any) -> None:
    """Remove a deleted record with its parts, discussion and files. Conflict names the kinds of what still refers to it."""
    if record.deleted_at is None:
        raise NotFound.of("not_deleted", _("It is not in the recycle bin any more."))
    if not resource.can_delete(session, record):
        raise Forbidden.of("forbidden", _("You lack the right to do this. Ask an administrator."))
    connection, tenant_id = session.connection(), session.tenant_id
    doomed = ids_below(connection, tenant_id, resource.entity, [record.id])
    if kept_by := tables_that_keep(connection, tenant_id, doomed):
        kinds = ", ".join(dict.fromkeys(str(find_kind(table).one) for table in kept_by))
        raise Conflict.of("referred_to", _("It stays, because something still refers to it: %(kinds)s.", kinds=kinds))
    try:
        for table, ids in doomed.items():
            remove_files_of(session, table, ids)
            remove_comments_of(session, table, ids)
        session.purge(record)
        session.flush()
    except IntegrityError as error:
        raise Conflict.of("referred_to", _("It stays, because something still refers to it.")) from error
