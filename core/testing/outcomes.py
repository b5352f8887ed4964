"""What becomes of a test that this machine cannot run: skipped on a developer's machine, failed where ``CI=true``."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def in_ci() -> bool:
    """Whether nothing may be skipped."""
    return os.environ.get("CI", "").lower() in {"1", "true"}


def unavailable(reason: str) -> NoReturn:
    """End the test that needs what this machine does not have; the reason says how to bring it."""
    if in_ci():
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
