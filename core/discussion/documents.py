"""All files of a record in one tab, whoever attached them with which comment (CUS-027, CUS-043)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from core.access.models import User
from core.attachments.kinds import PICTURES
from core.attachments.models import Attachment
from core.db.base import TenantModel
from core.db.session import ActorSession
from core.i18n import translator
from core.resources.base import DetailTab

_ = translator(__name__)

SHOWN = 200
"""Files that the tab shows, the newest."""


def list_documents(session: ActorSession, record: TenantModel) -> Sequence[Any]:
    """The newest files of a record: ``id``, ``name``, ``size`` in bytes, ``media_type``, ``uploaded_at``, ``comment_id`` and
    ``by``, the name of who attached it."""
    author = aliased(User)
    query = (
        select(
            Attachment.id,
            Attachment.name,
            Attachment.size,
            Attachment.media_type,
            Attachment.uploaded_at,
            Attachment.comment_id,
            author.name.label("by"),
        )
        .outerjoin(author, author.id == Attachment.created_by_id)
        .where(Attachment.entity == record.__tablename__, Attachment.entity_id == record.id)
        .order_by(Attachment.uploaded_at.desc(), Attachment.id.desc())
    )
    return session.execute(query.limit(SHOWN)).all()


def count_documents(session: ActorSession, record: TenantModel) -> Select[int]:
    """How many files the record has."""
    here = Attachment.entity == record.__tablename__, Attachment.entity_id == record.id
    return select(func.count(Attachment.id)).where(*here)


def documents_tab(order: int = 0) -> DetailTab:
    """The tab Documents, for a resource with a discussion."""
    return DetailTab(
        "documents",
        _("Documents"),
        "discussion/documents.html",
        context=lambda session, record: {
            "documents": list_documents(session, record),
            "pictures": PICTURES,
            "most": SHOWN,
        },
        count=count_documents,
        order=order,
    )
