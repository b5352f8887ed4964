"""The likely meaning of a mistyped name, for error messages. Knows nothing of what is named."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known name that looks most like ``word``, or None where nothing comes near."""
    names = sorted(known)
    lowered = {name.lower(): name for name in reversed(names)}
    matches = get_close_matches(word.lower(), lowered, n=1, cutoff=0.6)
    return lowered[matches[0]] if matches else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A sentence that proposes the right name, or lists the possible ones where no name comes near."""
    names = sorted(known)
    if match := closest(word, names):
        return f'Did you mean "{match}"?'
    return f"Known names: {', '.join(names)}." if names else "There is nothing to choose from."
