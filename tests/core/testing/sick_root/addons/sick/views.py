"""A page that remembers across businesses, one that fewer may open than see it, and one that writes."""

from __future__ import annotations

from uuid import UUID

from core.i18n import translator
from core.web import AddonViews

_ = translator(__name__)
views = AddonViews(__name__)
REMEMBERED: dict[UUID, str] = {}


@views.get("/peek/<uuid:id>", permission="sick.read")
def peek(id: UUID) -> str:
    return REMEMBERED.setdefault(id, eval("'seen'"))


@views.get("/ward", permission="sick.manage")
def ward() -> str:
    return str(_("A ward without Vietnamese"))


@views.post("/admit", permission="sick.manage")
def admit() -> str:
    from addons.hospital.services import admit as admit_elsewhere

    return str(admit_elsewhere)
