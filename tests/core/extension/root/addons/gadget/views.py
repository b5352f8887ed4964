"""What the slot fetches."""

from __future__ import annotations

from flask import request

from core.web import AddonViews

views = AddonViews(__name__)


@views.get("/of-stall", permission="gadget.read")
def of_stall() -> str:
    return f"gadgets of {request.args['stall']}"
