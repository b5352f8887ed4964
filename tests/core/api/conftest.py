"""A shelf of books again, now for programs: the addon of ``tests/core/resources``, one business, one librarian."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.testing.databases import AddonSet

ROOT = Path(__file__).parents[1] / "resources" / "shelf"
RIGHTS = ("shelf.read", "shelf.create", "shelf.edit", "shelf.delete")


@pytest.fixture
def addons() -> AddonSet:
    return AddonSet(("shelf",), (ROOT,))


@pytest.fixture
def librarian(world, tenant):
    return world.user(tenant, *RIGHTS, "core.use_api", name="Lê Thị Thủ Thư")


@pytest.fixture
def program(world, librarian):
    """A program that may do all that the librarian may."""
    return world.program(librarian)


@pytest.fixture
def book(program):
    """``book("Dế Mèn", pages=120)``: a new book as the API answers it."""
    number = iter(range(1, 1_000_000))

    def make(name: str, **values: Any) -> dict[str, Any]:
        answer = program.post("/shelf/books", {"name": name, "code": f"B{next(number):04}", **values})
        assert answer.status_code == 201, answer.text
        return answer.json

    return make
