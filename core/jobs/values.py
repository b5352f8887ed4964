"""What a job may keep: JSON. Lazy texts become plain ones in the language of the moment."""

from __future__ import annotations

from typing import Any

from core.i18n import LazyString


def plain_json(value: Any, place: str) -> Any:
    """``value`` as JSON can hold it; TypeError names ``place`` for what it cannot (a date, a UUID, an object)."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, LazyString):
        return str(value)
    if isinstance(value, list | tuple):
        return [plain_json(each, place) for each in value]
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {key: plain_json(each, f"{place}.{key}") for key, each in value.items()}
    raise TypeError(f"{place}: a job keeps JSON, not {type(value).__name__}; hand over str(…) or an id")
