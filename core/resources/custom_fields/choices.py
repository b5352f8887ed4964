"""The values to choose from, as a form sends them and as the field keeps them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from core.resources.custom_fields.naming import free_name
from core.text import clean

NO_KEYS = frozenset({"none"})
"""What no choice is called for programs: filters mean "without a value" by it."""


class ChoiceFields(TypedDict, total=False):
    """A choice as the form has it; without a known ``key`` it is a new one."""

    key: str
    vi: str
    en: str
    is_offered: bool


def merged_choices(present: Sequence[Mapping[str, Any]], given: Sequence[ChoiceFields]) -> list[dict[str, Any]]:
    """``given`` in its order, without blank ones; those that are there already keep their keys."""
    known = {choice["key"] for choice in present}
    made: list[dict[str, Any]] = []
    for each in given:
        vi, en = (" ".join(clean(text or "").split()) for text in (each.get("vi"), each.get("en")))
        if vi or en:
            key = each.get("key") or ""
            if key not in known:
                key = free_name(vi or en, "choice", {*known, *NO_KEYS, *(choice["key"] for choice in made)})
            made.append({"key": key, "vi": vi or en, "en": en, "is_offered": bool(each.get("is_offered", True))})
    return made
