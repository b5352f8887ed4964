"""Names for programs, made of what people call a thing."""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import chain, count

from core.text import fold

LENGTH = 30
"""Characters of a name, without the number that may follow it."""

_NO_WORD = re.compile(r"[^a-z0-9]+")


def free_name(text: str, instead: str, taken: Collection[str]) -> str:
    """``Hạng thẻ`` → ``hang_the``, or ``hang_the_2``; ``instead`` where nothing of the text can stand in a name."""
    base = _NO_WORD.sub("_", fold(text)).strip("_")[:LENGTH].strip("_") or instead
    return next(name for name in chain([base], (f"{base}_{number}" for number in count(2))) if name not in taken)
