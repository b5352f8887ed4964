"""Two businesses with an employee each, and specimens of both."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from core.testing.databases import AddonSet
from core.testing.world import World

ROOT = Path(__file__).parent / "root"


@pytest.fixture
def addons() -> AddonSet:
    return AddonSet(("lab",), (ROOT,))


@dataclass
class Side:
    """One business: its tenant, an employee with own rights, and the ids of three specimens."""

    tenant: Any
    user: Any
    own: UUID
    shared: UUID
    hidden: UUID


def make_side(world: World, slug: str) -> Side:
    from addons.lab.models import Loan, Specimen

    tenant = world.tenant(slug)
    user = world.user(tenant, "lab.read")
    with world.session(tenant) as session:
        rows = [
            Specimen(name=f"{slug} own", owner_id=user.id),
            Specimen(name=f"{slug} shared"),
            Specimen(name=f"{slug} hidden"),
        ]
        session.add_all(rows)
        session.flush()
        session.add(Loan(specimen_id=rows[1].id, user_id=user.id))
    return Side(tenant, user, *(row.id for row in rows))


@pytest.fixture
def here(world: World) -> Side:
    return make_side(world, "here")


@pytest.fixture
def there(world: World) -> Side:
    return make_side(world, "there")
