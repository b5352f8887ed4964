"""Where the author of a comment is, as his device tells it with his consent (CUS-028)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from core.clock import now
from core.errors import DomainError
from core.i18n import translator

_ = translator(__name__)

FARTHEST = 20_000_000.0
"""Metres of inaccuracy that are believed: half the earth's girth."""


@dataclass(frozen=True, slots=True)
class Place:
    """A position: degrees, metres of accuracy, and when the device found it."""

    lat: float
    lng: float
    accuracy: float
    at: datetime

    @property
    def url(self) -> str:
        """The position on a map; the link is followed by who clicks it, nothing is fetched."""
        return f"https://www.google.com/maps?q={self.lat:.6f},{self.lng:.6f}"

    def as_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {"lat": self.lat, "lng": self.lng, "accuracy": self.accuracy, "at": self.at.isoformat()}

    @classmethod
    def of_json(cls, stored: Mapping[str, Any]) -> Place:
        """What :meth:`as_json` made."""
        return cls(stored["lat"], stored["lng"], stored["accuracy"], datetime.fromisoformat(stored["at"]))


def read_place(sent: Mapping[str, str]) -> Place | None:
    """The position of a form: ``lat``, ``lng``, ``accuracy`` and ``at`` (milliseconds since 1970); None where there is none.

    A moment that is missing, or is still to come by the server's clock, becomes the present one. DomainError for what is no
    position.
    """
    if not sent.get("lat") and not sent.get("lng"):
        return None
    try:
        lat, lng, accuracy = (float(sent.get(name) or "0") for name in ("lat", "lng", "accuracy"))
    except ValueError:
        lat = lng = accuracy = math.nan
    if not (abs(lat) <= 90 and abs(lng) <= 180 and 0 <= accuracy <= FARTHEST):
        raise DomainError.of("bad_place", _("The location cannot be read. Attach it again."), "place")
    return Place(round(lat, 6), round(lng, 6), round(accuracy, 1), _moment(sent.get("at", "")))


def _moment(text: str) -> datetime:
    try:
        return min(datetime.fromtimestamp(int(text) / 1000, UTC), now())
    except (ValueError, OverflowError, OSError):
        return now()
