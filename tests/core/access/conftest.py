"""Employees with passwords, and clients that log in as people do: through the form."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.access.models import User
from core.access.services import create_user
from core.tenancy.models import Tenant
from core.testing.databases import AddonSet
from core.testing.world import Client, World

SHOP_ROOT = Path(__file__).parent / "shop_root"
PASSWORD = "bờ biển rất dài"


@pytest.fixture
def employee(world: World, tenant: Tenant) -> Callable[..., User]:
    """``employee("hoa", administrator=True, …)``: an account with the password :data:`PASSWORD`."""

    def make(username: str = "hoa", at: Tenant | None = None, **options: Any) -> User:
        with world.session(at or tenant) as session:
            wanted = {"name": f"Nguyễn Thị {username.title()}", "password": PASSWORD, "language": "en", **options}
            return create_user(session, username=username, **wanted)

    return make


@pytest.fixture
def log_in() -> Callable[..., Any]:
    """``log_in(client, username, password)``: what the log-in form answers."""

    def post(client: Client, username: str = "hoa", password: str = PASSWORD, **fields: Any) -> Any:
        return client.post("/login", data={"username": username, "password": password, **fields})

    return post


@pytest.fixture
def stall_addons() -> AddonSet:
    """The addons ``stall`` and ``till`` (which needs it), for tests that name it as their ``addons``."""
    return AddonSet(("stall", "till"), (SHOP_ROOT,))
