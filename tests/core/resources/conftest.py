"""A shelf of books: the tiny addon beside this file, one business, one librarian who may do everything."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.testing.databases import AddonSet
from tests.core.resources.fields import EVERY_TYPE, shelf_of, typed_values

ROOT = Path(__file__).parent / "shelf"
EVERYTHING = ("shelf.read", "shelf.create", "shelf.edit", "shelf.delete")


@pytest.fixture
def addons() -> AddonSet:
    return AddonSet(("shelf",), (ROOT,))


@pytest.fixture
def librarian(world, tenant):
    return world.user(tenant, *EVERYTHING, name="Lê Thị Thủ Thư")


@pytest.fixture
def client(world, librarian):
    return world.client(librarian)


@pytest.fixture
def shelf(world, tenant, librarian):
    """A business whose administrator adds fields to its books."""
    admin = world.user(tenant, "core.manage_fields", *EVERYTHING, name="Trần Quản Trị")
    return shelf_of(world, tenant, librarian, world.client(admin))


@pytest.fixture
def full(shelf):
    """The same with a field of every type."""
    shelf.ids = {kind: shelf.add(kind) for kind in EVERY_TYPE}
    shelf.typed = typed_values(shelf)
    return shelf


@pytest.fixture
def shelve(world, tenant) -> Callable[..., Any]:
    """``shelve("Dế Mèn", pages=120)``: a book on the shelf; its id."""
    number = iter(range(1, 1_000_000))

    def put(*names: str, **values: Any) -> Any:
        from addons.shelf.models import Book

        books = [Book(**{"name": name, "code": f"B{next(number):04}", **values}) for name in names]
        with world.session(tenant) as session:
            session.add_all(books)
        return books[0].id if len(books) == 1 else [book.id for book in books]

    return put
