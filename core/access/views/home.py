"""The start page: what the user can open, by section, and what the addons put above it."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from core.web import SIGNED_IN, AddonViews, render

views = AddonViews(__name__)


@views.get("/", permission=SIGNED_IN)
def home() -> ResponseReturnValue:
    return render("core/home.html")
