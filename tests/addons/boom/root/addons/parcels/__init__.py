"""Orders that came back, as a test says: customer → his returned orders."""

from __future__ import annotations

from typing import Any
from uuid import UUID

RETURNED: dict[UUID, list[Any]] = {}
