"""What an avatar shows of a name: its initials, and a tone that stays with it."""

from __future__ import annotations

import zlib
from functools import lru_cache

KEPT = 10_000
"""Names whose initials and tones are remembered: a list shows fifty customers and, fifty times, who is in charge."""

TONES = ("teal", "blue", "violet", "amber", "orange", "green")


@lru_cache(KEPT)
def initials(name: object) -> str:
    """Two letters of the last two words, since a Vietnamese name is called by its end: "Lê Minh Quân" → MQ."""
    words = [word for word in str(name or "").replace("–", " ").split() if word[0].isalnum()]
    return "".join(word[0] for word in words[-2:]).upper() or "?"


@lru_cache(KEPT)
def tone_of(name: object) -> str:
    """A tone that stays with the name, so that a person is recognised by it."""
    return TONES[zlib.crc32(str(name or "").encode()) % len(TONES)]
