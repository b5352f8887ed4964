"""What the macro files under ``templates/ui`` need from Python."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask
from jinja2 import Environment, pass_environment

from core.ui.assets import asset
from core.ui.rows import blank_entry
from core.ui.words import initials, tone_of

TEMPLATES = Path(__file__).parent / "templates"


def install_macros(app: Flask) -> None:
    """Add the macros' globals and the filter ``figure``. They also use ``_``, ``_n``, ``number`` and ``csrf_token``."""
    app.jinja_env.globals.update(asset=asset, blank_entry=blank_entry, initials=initials, tone_of=tone_of)
    app.jinja_env.filters["figure"] = figure


@pass_environment
def figure(environment: Environment, value: Any) -> str:
    """A number as the reader's language writes it; ready-made text ("10.000+") passes, nothing is a dash."""
    if value is None:
        return "—"
    if isinstance(value, str):
        return value
    return str(environment.filters["number"](value)).replace("-", "−")
