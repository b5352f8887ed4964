"""``banyan shell``: one actor's view, no change without --write, and the audit says who was at the keyboard."""

from __future__ import annotations

import os
import pwd
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from core.access.models import Department
from core.audit import AuditEntry
from core.cli.main import banyan
from core.testing.world import SECRET_KEY, World

ACCOUNT = pwd.getpwuid(os.getuid()).pw_name


@pytest.fixture
def shell(database: Any, tmp_path: Path) -> Callable[..., Result]:
    """``shell("line", "line", options=[…])`` types lines; what was said, with the errors among it."""
    environ = {
        "DATABASE_URL": database.url,
        "BANYAN_DATA": str(tmp_path),
        "BANYAN_SECRET_KEY": SECRET_KEY,
        "BANYAN_ADDONS": ",",
        "SUDO_USER": "",
    }

    def type_in(*lines: str, options: list[str], **changes: str) -> Result:
        typed = "".join(f"{line}\n" for line in lines)
        return CliRunner(env={**environ, **changes}).invoke(banyan, ["shell", *options], input=typed)

    return type_in


MAKE = "session.add(Department(name='Kho'))"


def departments(world: World, tenant: Any) -> list[str]:
    with world.session(tenant) as session:
        return list(session.scalars(select(Department.name)))


def test_a_shell_sees_what_its_actor_sees(shell: Callable[..., Result], world: World) -> None:
    here, there = world.tenant("here"), world.tenant("there")
    user = world.user(here, "core.manage_users", name="Lê Hoa")
    world.user(there, name="Ở Nơi Khác")

    as_user = shell(
        "session.actor.can('core.manage_users'), session.actor.can('core.manage_groups')",
        "session.scalars(select(User.name)).all()",
        options=["--tenant", "here", "--user", user.username],
    )
    as_system = shell("session.actor.is_system", options=["--tenant", "there", "--system"])

    assert "Here, as Lê Hoa" in as_user.output
    assert "(True, False)" in as_user.output
    assert "['Lê Hoa']" in as_user.output
    assert "True" in as_system.output
    assert "There, as system" in as_system.output


def test_nothing_can_be_changed_without_write(shell: Callable[..., Result], world: World) -> None:
    tenant = world.tenant("here")
    ways = [
        f"{MAKE}; session.commit()",
        "from core.db.session import open_session",
        "with open_session(session.actor) as other: other.add(Department(name='Kho'))",
        "",
        "from core.tenancy.services import create_tenant; create_tenant('new', 'New')",
        "print('still', 'here')",
    ]

    told = shell(*ways, options=["--system"])

    assert "still here" in told.output
    assert "read-only" in told.output
    assert told.output.count("readonly database") + told.output.count("read-only transaction") >= 3
    assert departments(world, tenant) == []


def test_what_is_written_is_audited_with_who_was_at_the_keyboard(shell: Callable[..., Result], world: World) -> None:
    tenant = world.tenant("here")
    user = world.user(tenant, "core.manage_users", name="Lê Hoa")

    as_user = shell(MAKE, "session.commit()", options=["--user", user.username, "--write"], SUDO_USER="anna")
    as_system = shell(MAKE.replace("Kho", "Xưởng"), "session.commit()", options=["--system", "--write"])

    assert "WRITING" in as_user.output
    assert "Not committed" not in as_user.output + as_system.output
    assert sorted(departments(world, tenant)) == ["Kho", "Xưởng"]
    with world.session(tenant) as session:
        query = select(AuditEntry.user_id, AuditEntry.user_name).where(AuditEntry.entity == "core_department")
        told = session.execute(query.order_by(AuditEntry.id)).all()
    assert [tuple(row) for row in told] == [
        (user.id, f"Lê Hoa (banyan shell: anna as {ACCOUNT})"),
        (None, f"system (banyan shell: {ACCOUNT})"),
    ]


def test_what_is_not_committed_is_dropped_and_told(shell: Callable[..., Result], world: World) -> None:
    tenant = world.tenant("here")

    told = shell(MAKE, "session.flush()", options=["--system", "--write"])

    assert "Not committed" in told.output
    assert departments(world, tenant) == []


def test_who_it_is_for_has_to_be_said(shell: Callable[..., Result], world: World) -> None:
    world.tenant("here")
    assert "--user NAME, or --system" in shell(options=[]).output
    assert "--user NAME, or --system" in shell(options=["--system", "--user", "x"]).output
    assert "nobody" in str(shell(options=["--user", "nobody"]).exception)
    world.tenant("there")
    assert "--tenant here|there" in shell(options=["--system"]).output
