"""The suite's fixtures are those of the plugin, so that addons outside this repository have the same."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from core.access import passwords

pytest_plugins = ["core.testing.plugin", "pytester"]

LONGEST = ("e2e", "isolation", "faults")
"""Folders whose tests begin a run, so that no worker is left with them at its end."""

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def rank(item: pytest.Item) -> int:
        return next((at for at, folder in enumerate(LONGEST) if folder in item.path.parts), len(LONGEST))

    items.sort(key=rank)
    walls = [at for at, item in enumerate(items) if "isolation" in item.path.parts]
    if walls:
        items.insert(0, items.pop(walls[0]))  # one worker builds the town while the others do something else


@pytest.fixture(autouse=True)
def quick_passwords(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashing is meant to be slow; what it costs is the subject of the tests marked ``real_password_cost`` alone."""
    if request.node.get_closest_marker("real_password_cost") is None:
        monkeypatch.setattr(passwords, "_hasher", QUICK)
        monkeypatch.setattr(passwords, "_NOBODY", QUICK.hash("nobody"))
