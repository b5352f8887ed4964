"""What was recorded is told once before the commit, whoever wrote it, and not where nothing was kept."""

from __future__ import annotations

from typing import Any

import pytest

from core.access.models import Department
from core.audit import CAUSE, announcing
from core.db import system

pytestmark = [pytest.mark.req("SYS-18"), pytest.mark.engine("sqlite")]


def test_a_transaction_tells_its_changes_once(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    tenant = world.tenant()
    user = world.user(tenant, name="Lê Hoa")
    told: list[Any] = []
    monkeypatch.setattr(announcing, "emit", lambda session, event: told.append(event.changes))

    with world.session(tenant, user) as session:
        made = Department(name="Kinh doanh")
        session.add(made)
        session.flush()
        id = made.id
        made.name = "Kinh doanh miền Bắc"
        session.info[CAUSE] = ["rule"]
        with system(session) as all_seeing:
            all_seeing.add(Department(name="Kho"))
        assert told == []
    (changes,) = told
    assert [(each.entity, each.action, each.cause) for each in changes] == [
        ("core_department", "create", None),
        ("core_department", "update", ["rule"]),
        ("core_department", "create", ["rule"]),
    ]
    assert changes[0].entity_id == changes[1].entity_id == id
    assert changes[1].fields == {"name"}

    told.clear()
    with pytest.raises(ZeroDivisionError), world.session(tenant, user) as session:
        session.add(Department(name="Không giữ"))
        session.flush()
        raise ZeroDivisionError
    with world.session(tenant, user) as session:
        assert session.find(Department, id) is not None
    assert told == []
