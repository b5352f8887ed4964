"""The guide's example addon, in a root of its own as a third party's would be."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.testing.databases import AddonSet

ROOT = Path(__file__).parent / "root"


@pytest.fixture
def addons() -> AddonSet:
    return AddonSet(("visits",), (ROOT,))


@pytest.fixture
def traveller(world, tenant):
    return world.user(tenant, name="Trần Thị Mai", groups=("visits.traveller",))
