"""A page that remembers across businesses, one that fewer may open than see it, and one that writes."""

from __future__ import annotations

from uuid import UUID

from addons.sick.models import Patient
from sqlalchemy import select

from core.i18n import translator
from core.kernel import current_session
from core.web import AddonViews

_ = translator(__name__)
views = AddonViews(__name__)
REMEMBERED: dict[UUID, str] = {}
REMEMBERED_NAMES: list[str] = []


@views.get("/peek/<uuid:id>", permission="sick.read")
def peek(id: UUID) -> str:
    return REMEMBERED.setdefault(id, eval("'seen'"))


@views.get("/roll", permission="sick.read")
def roll() -> str:
    REMEMBERED_NAMES.extend(current_session().scalars(select(Patient.name)))
    return ", ".join(REMEMBERED_NAMES)


@views.get("/faint", permission="sick.read")
def faint() -> str:
    raise ZeroDivisionError("no pulse")


@views.get("/ward", permission="sick.manage")
def ward() -> str:
    return str(_("A ward without Vietnamese"))


@views.post("/admit", permission="sick.manage")
def admit() -> str:
    from addons.hospital.services import admit as admit_elsewhere

    return str(admit_elsewhere)
