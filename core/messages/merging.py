"""``{{ name }}`` in a text becomes a value. There is nothing else: no expressions, no filters, no second round.

A value that holds braces itself stays as it is, because a text is walked once.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from core.errors import Problem
from core.i18n import translator
from core.text import clean

_ = translator(__name__)

PLACE = re.compile(r"\{\{\s*([A-Za-z][A-Za-z0-9_]*)\s*\}\}")
"""A variable: letters, digits and _ between two pairs of braces."""

BRACES = re.compile(r"\{\{.{0,40}|\}\}", re.DOTALL)


def merge(text: str, values: Mapping[str, str]) -> str:
    """``text`` with its variables filled in; one without a value is empty."""
    return PLACE.sub(lambda place: values.get(place[1], ""), text)


def merge_line(text: str, values: Mapping[str, str]) -> str:
    """The same in one line, as a subject is: a value's line breaks become spaces."""
    return clean(merge(text, values))


def merge_problems(text: str, allowed: Collection[str], field: str) -> list[Problem]:
    """What in ``text`` would not be filled in: unknown names, braces around anything else."""
    unknown = dict.fromkeys(name for name in PLACE.findall(text) if name not in allowed)
    known = ", ".join(f"{{{{ {name} }}}}" for name in allowed)
    problems = [
        Problem(
            "unknown_variable",
            _("There is no variable %(name)s here. There are: %(known)s", name=f"{{{{ {name} }}}}", known=known),
            field,
        )
        for name in unknown
    ]
    if left := BRACES.search(PLACE.sub("", text)):
        message = _("“%(text)s”: two braces hold the name of a variable and nothing else.", text=left[0].strip())
        problems.append(Problem("bad_variable", message, field))
    return problems
