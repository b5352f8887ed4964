"""The suite's fixtures are those of the plugin, so that addons outside this repository have the same."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from core.access import passwords

pytest_plugins = ["core.testing.plugin", "pytester"]

LONGEST = ("isolation", "e2e", "faults")
"""Folders whose tests begin a run, so that no worker is left with them at its end."""

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not set(LONGEST) & set(item.path.parts))


@pytest.fixture(autouse=True)
def quick_passwords(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashing is meant to be slow; what it costs is the subject of the tests marked ``real_password_cost`` alone."""
    if request.node.get_closest_marker("real_password_cost") is None:
        monkeypatch.setattr(passwords, "_hasher", QUICK)
        monkeypatch.setattr(passwords, "_NOBODY", QUICK.hash("nobody"))
