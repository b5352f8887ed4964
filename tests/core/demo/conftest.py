"""Comparing workbooks by what they say."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def same_bytes() -> Callable[[Path, Path], bool]:
    """Whether two workbooks have the same sheet, byte by byte; their time stamps may differ."""

    def sheet(path: Path) -> bytes:
        with zipfile.ZipFile(path) as archive:
            return archive.read("xl/worksheets/sheet1.xml")

    return lambda one, other: sheet(one) == sheet(other)
