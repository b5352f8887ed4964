"""What is shown of a record: a column of the list, a fact of the detail page; and how a value becomes text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement

from core.clock import now, to_local
from core.dates import format_date
from core.db.session import ActorSession
from core.i18n import translator
from core.money import format_money
from core.phone import format_phone

_ = translator(__name__)

KINDS = frozenset(
    {"text", "title", "code", "tag", "flat", "person", "money", "number", "date", "datetime", "phone", "email",
     "boolean", "link"}
)  # fmt: skip
"""How a value looks. An empty kind follows the column's type."""

NUMERIC = frozenset({"money", "number"})

KIND_OF_TYPE = {
    "Money": "money",
    "PhoneNumber": "phone",
    "UtcDateTime": "datetime",
    "Date": "date",
    "Boolean": "boolean",
    "Integer": "number",
    "BigInteger": "number",
    "Numeric": "number",
    "Scaled": "number",
}

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, eq=False)
class Shown:
    """A value of a record. ``path`` is dotted along links (``owner.name``).

    ``tone`` colours a tag: a tone, a path to one, or a mapping from the value. ``labels`` names the values of a code.
    """

    path: str
    label: object = ""
    kind: str = ""
    tone: str | Mapping[Any, str] = ""
    labels: Mapping[Any, object] = field(default_factory=dict)
    icon: str = ""

    @property
    def tone_path(self) -> str:
        """The path that holds the tone; empty where the tone is fixed or mapped."""
        return self.tone if isinstance(self.tone, str) and "." in self.tone else ""

    def tone_of(self, value: Any, found: Any = None) -> str:
        """The tone of ``value``; ``found`` is what :attr:`tone_path` led to."""
        if isinstance(self.tone, str):
            return str(found or "grey") if self.tone_path else self.tone or "grey"
        return self.tone.get(value, "grey")


@dataclass(frozen=True, eq=False)
class Column(Shown):
    """A column of the list.

    ``subtitle`` are paths shown in grey under a title. ``sort`` is True, or the attribute to sort by; it must lead an index.
    ``wide`` (xl, 2xl, 3xl) shows the column from that width on. ``card`` keeps it on a phone's card. ``organisation`` is a
    path that says whether the title is a company, ``avatar`` whether it is somebody. ``expression`` computes the value in SQL
    instead of reading ``path``, which then only names it; it needs a ``kind``. An ``optional`` column shows where it is chosen.
    """

    subtitle: tuple[str, ...] = ()
    sort: bool | str = False
    wide: str = ""
    card: bool = False
    organisation: str = ""
    avatar: bool = True
    expression: Callable[[ActorSession], ColumnElement[Any]] | None = None
    optional: bool = False

    @cached_property
    def cell_css(self) -> str:
        """The classes of a cell of the list."""
        return f"{self.empty_css} {self.card_css}".strip()

    @cached_property
    def empty_css(self) -> str:
        """The classes of a cell without a value, which a phone's card leaves out."""
        return f"{'num ' if self.is_numeric else ''}{self.css}".strip()

    @property
    def css(self) -> str:
        """The classes of its cells: their figures, and from which width they show."""
        figures = "code" if self.kind in {"code", "phone", "datetime", "date"} else ""
        return " ".join(filter(None, (figures, f"from-{self.wide}" if self.wide else "")))

    @property
    def card_css(self) -> str:
        """Where its cells stand on a phone's card; empty where they are left out."""
        return {"tag": "state", "flat": "state", "money": "amount"}.get(self.kind, "meta" if self.card else "")

    @property
    def is_numeric(self) -> bool:
        return self.kind in NUMERIC


@dataclass(frozen=True, eq=False)
class Fact(Shown):
    """A line of the detail page: label and value."""


def kind_of(column: Any) -> str:
    """The kind that follows from an expression's type."""
    return KIND_OF_TYPE.get(type(column.type).__name__, "text")


def text_of(value: Any, kind: str, labels: Mapping[Any, object] | None = None) -> str:
    """``value`` as people read it; empty where there is none. Money in lists stands without its unit."""
    if value is None:
        return ""
    if labels and value in labels:
        return str(labels[value])
    match kind:
        case "money":
            return format_money(value)
        case "number":
            return str(current_app.jinja_env.filters["number"](value)).replace("-", "−")
        case "date":
            return format_date(value)
        case "datetime":
            return near_text(value)
        case "phone":
            return format_phone(value)
        case "boolean":
            return str(_("Yes") if value else _("No"))
        case _:
            return str(value)


def near_text(moment: datetime) -> str:
    """``Today 15:30``, ``Yesterday 09:00``, else ``21/11/2026 15:30``, on the Vietnamese wall clock."""
    local, today = to_local(moment), to_local(now()).date()
    clock = f"{local:%H:%M}"
    if local.date() == today:
        return str(_("Today %(time)s", time=clock))
    if local.date() == today - ONE_DAY:
        return str(_("Yesterday %(time)s", time=clock))
    return f"{format_date(moment)} {clock}"
