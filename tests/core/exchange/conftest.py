"""Reading a hand-made workbook in the guarded process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from sqlalchemy import select

from core.exchange.rows import Row
from core.exchange.spooling import SheetInfo, read_spool
from core.exchange.xlsx import spool
from core.i18n import use_locale
from core.testing.databases import AddonSet
from tests.core.exchange.desk import Desk
from tests.core.exchange.handmade_workbooks import build

ROOT = Path(__file__).parent / "guestbook"
EVERYTHING = tuple(f"guestbook.{verb}" for verb in ("read", "create", "edit", "delete", "export", "import"))

Reader = Callable[..., tuple[SheetInfo, list[Row]]]


@pytest.fixture
def read(tmp_path: Path) -> Reader:
    """Spool a file, or the parts of one, and return the sheet's description and its rows."""

    def read(source: Path | Mapping[str, str | bytes], sheet: str | None = None) -> tuple[SheetInfo, list[Row]]:
        path = source if isinstance(source, Path) else build(tmp_path / "upload.xlsx", source)
        info = spool(path, tmp_path / "spool.jsonl", sheet)
        return info, list(read_spool(tmp_path / "spool.jsonl"))

    return read


@pytest.fixture(autouse=True)
def english() -> object:
    with use_locale("en"):
        yield


@pytest.fixture
def addons() -> AddonSet:
    return AddonSet(("guestbook",), (ROOT,))


@pytest.fixture
def clerk(world, tenant):
    """Somebody who may do everything with guests except manage their sources."""
    return world.user(tenant, *EVERYTHING, name="Lê Thị Nhập Liệu")


@pytest.fixture
def desk(world, tenant, clerk) -> Desk:
    return Desk(world, world.client(clerk), tenant)


@pytest.fixture
def guests(world, tenant):
    """All guests of the business, by row of creation."""

    def read() -> list[object]:
        from addons.guestbook.models import Guest

        with world.session(tenant) as session:
            return list(session.scalars(select(Guest).order_by(Guest.id)))

    return read
