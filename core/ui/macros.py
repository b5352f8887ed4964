"""What the macro files under ``templates/ui`` need from Python."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask
from jinja2 import Environment, pass_environment
from markupsafe import Markup

from core.ui.assets import asset
from core.ui.rows import blank_entry
from core.ui.words import initials, tone_of

TEMPLATES = Path(__file__).parent / "templates"
SPRITE = "vendor/icons.svg"


def install_macros(app: Flask) -> None:
    """Add the macros' globals and the filter ``figure``. They also use ``_``, ``_n``, ``number`` and ``csrf_token``."""
    app.jinja_env.globals.update(
        asset=asset, blank_entry=blank_entry, initials=initials, menu_items=menu_items, svg=svg, tone_of=tone_of
    )
    app.jinja_env.filters["figure"] = figure


@pass_environment
def figure(environment: Environment, value: Any) -> str:
    """A number as the reader's language writes it; ready-made text ("10.000+") passes, nothing is a dash."""
    if value is None:
        return "—"
    if isinstance(value, str):
        return value
    return str(environment.filters["number"](value)).replace("-", "−")


SVG = Markup('<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>')


def svg(name: str, small: bool = False, class_: str = "") -> Markup:
    """An icon of the sprite. A function, because a page shows a hundred and a macro's call costs ten times as much."""
    return _svg(asset(SPRITE), name, small, class_)


@lru_cache(maxsize=1_000)
def _svg(sprite: str, name: str, small: bool, class_: str) -> Markup:
    classes = f"i{' i-sm' if small else ''}{f' {class_}' if class_ else ''}"
    return SVG.format(classes, sprite, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuLine:
    """An item of a menu: what a mapping says and, where it says nothing, what that means."""

    label: object = ""
    url: str = ""
    post: str = ""
    dialog: str = ""
    icon: str = ""
    confirm: object = ""
    attrs: Mapping[str, object] = field(default_factory=dict)
    fields: Mapping[str, object] = field(default_factory=dict)
    bad: bool = False
    current: bool = False
    divider: bool = False
    primary: bool = False


def menu_items(items: Iterable[Mapping[str, Any]]) -> list[MenuLine]:
    """The items of a menu, whole. TypeError for a word that no item has."""
    return [MenuLine(**item) for item in items]
