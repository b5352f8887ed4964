"""Declarations without global state: decorators write a mark on the object, the registry reads the marks at boot."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any

_ATTRIBUTE = "__banyan_marks__"


def mark(obj: Any, kind: str, value: Any) -> None:
    """Write a mark of this kind on a function or class. One object may carry several, of one kind too.

    Raises TypeError for objects that cannot carry attributes.
    """
    own = _own_marks(obj)
    try:
        setattr(obj, _ATTRIBUTE, (*own, (kind, value)))
    except AttributeError as error:
        raise TypeError(f"{obj!r} cannot carry a mark: decorate a function or a class") from error


def marks_of(module: ModuleType) -> Iterator[tuple[str, Any, Any]]:
    """The marks ``(kind, value, object)`` of what this module itself defines, in the order of definition.

    What the module imports from elsewhere is left to the module that defines it, so nothing is collected twice.
    """
    seen: set[int] = set()
    for obj in list(vars(module).values()):
        if getattr(obj, "__module__", None) != module.__name__ or id(obj) in seen:
            continue
        seen.add(id(obj))
        for kind, value in _own_marks(obj):
            yield kind, value, obj


def _own_marks(obj: Any) -> tuple[tuple[str, Any], ...]:
    """The object's own marks: a subclass does not inherit those of its base."""
    marks: tuple[tuple[str, Any], ...] = getattr(obj, "__dict__", {}).get(_ATTRIBUTE, ())
    return marks
