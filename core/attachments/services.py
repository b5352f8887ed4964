"""Taking and finding files."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path
from uuid import UUID

from sqlalchemy import event, select
from werkzeug.datastructures import FileStorage

from core.attachments.kinds import HEAD_BYTES, KINDS, Kind, kind_of
from core.attachments.models import Attachment
from core.clock import now
from core.db.base import TenantModel
from core.db.session import ActorSession
from core.errors import DomainError, Problem
from core.i18n import translator
from core.kernel import current_kernel
from core.text import clean

_ = translator(__name__)

MAX_FILES = 10
"""Files of one post."""
CHUNK = 1 << 20

UNNAMED = "unnamed_files"
"""Files that wait for the commit to be removed (``session.info``)."""


def attach(
    session: ActorSession, record: TenantModel, uploads: list[FileStorage], *, comment_id: UUID | None = None
) -> list[Attachment]:
    """Store ``uploads`` on ``record``. DomainError names every file that is refused, and then none is taken.

    The bytes are written before the transaction commits: a rollback leaves at most a file that nothing names.
    """
    uploads = [upload for upload in uploads if upload.filename]
    kinds = _check(uploads)
    rows = []
    for upload, kind in zip(uploads, kinds, strict=True):
        sha256, size = _store(upload, session.tenant_id)
        row = Attachment(
            entity=record.__tablename__,
            entity_id=record.id,
            comment_id=comment_id,
            name=_file_name(upload),
            media_type=kind.media_type,
            size=size,
            sha256=sha256,
            uploaded_at=now(),
        )
        session.add(row)
        rows.append(row)
    session.flush()
    return rows


def remove_files_of(session: ActorSession, entity: str, ids: Collection[UUID]) -> None:
    """Remove the files of these records of the table ``entity`` for good, those too that were deleted before where the session
    sees them. The bytes that nothing names then go after the commit.
    """
    rows = session.scalars(select(Attachment).where(Attachment.entity == entity, Attachment.entity_id.in_(ids))).all()
    remove_files(session, rows)


def remove_files(session: ActorSession, rows: Sequence[Attachment]) -> None:
    """Remove these files for good. The session must see those that were deleted before: they may name the same bytes."""
    if not rows:
        return
    places = {row.sha256: path_of(row) for row in rows}
    for row in rows:
        session.purge(row)
    session.flush()
    named = session.scalars(select(Attachment.sha256).where(Attachment.sha256.in_(places)))
    for sha256 in set(named):
        del places[sha256]
    session.info.setdefault("after_commit", {}).setdefault(UNNAMED, []).extend(places.values())


@event.listens_for(ActorSession, "after_commit")
def _remove_unnamed(session: ActorSession) -> None:
    if session.in_nested_transaction() or session.bind is not None:
        return  # a savepoint, or the inner session of system(): the outer commit counts
    for path in session.info.get("after_commit", {}).pop(UNNAMED, []):
        path.unlink(missing_ok=True)


def path_of(attachment: Attachment) -> Path:
    """Where the bytes lie."""
    return _folder(attachment.tenant_id, attachment.sha256) / attachment.sha256


def _check(uploads: list[FileStorage]) -> list[Kind]:
    problems: list[Problem] = []
    kinds: list[Kind] = []
    if len(uploads) > MAX_FILES:
        problems.append(Problem("too_many_files", _("At most %(n)s files at a time.", n=MAX_FILES), "files"))
    for upload in uploads:
        head = upload.stream.read(HEAD_BYTES)
        upload.stream.seek(0)
        kind = kind_of(upload.filename or "", head)
        if not head:
            problems.append(Problem("empty_file", _("%(name)s is empty.", name=_file_name(upload)), "files"))
        elif kind is None:
            message = _(
                "%(name)s is not of a type that can be attached (%(types)s).", name=_file_name(upload), types=_types()
            )
            problems.append(Problem("bad_file", message, "files"))
        else:
            kinds.append(kind)
    if problems:
        raise DomainError(*problems)
    return kinds


def _types() -> str:
    return ", ".join(sorted(KINDS))


def _file_name(upload: FileStorage) -> str:
    """The name for people, never a path; the extension survives the cut."""
    name = clean((upload.filename or "").replace("\\", "/").rpartition("/")[2]) or "file"
    stem, dot, extension = name.rpartition(".")
    return f"{stem[:180]}{dot}{extension[:10]}"


def _store(upload: FileStorage, tenant_id: UUID) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    incoming = current_kernel().config.data / "files"
    incoming.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=incoming) as temporary:  # half a file on a full disk is removed again
        while chunk := upload.stream.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            temporary.write(chunk)
        temporary.flush()
        os.fsync(temporary.fileno())
        sha256 = digest.hexdigest()
        folder = _folder(tenant_id, sha256)
        folder.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):  # the same content
            (folder / sha256).hardlink_to(temporary.name)
    return sha256, size


def _folder(tenant_id: UUID, sha256: str) -> Path:
    return current_kernel().config.data / "files" / tenant_id.hex / sha256[:2]
