"""The doctor finds what operators get wrong, says how to put it right, and is quiet where all is well."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url, update

from core.clock import now
from core.db import Actor, open_session
from core.jobs import enqueue_at
from core.operations.doctor import Finding, examine
from core.tenancy.models import Tenant
from core.testing.world import World

KEY = "4f1d0c7b9a2e86355e0d7c1b8f3a6294"


@pytest.fixture
def environ(database: Any, tmp_path: Path) -> dict[str, str]:
    """A deployment of the kernel alone that is in order."""
    data = tmp_path / "data"
    data.mkdir(mode=0o750)
    set_up = {"DATABASE_URL": database.url, "BANYAN_DATA": str(data), "BANYAN_SECRET_KEY": KEY, "BANYAN_ADDONS": ","}
    if database.engine_name == "postgresql":
        set_up["DATABASE_OWNER_URL"] = database.owner_url
    return set_up


def findings(environ: dict[str, str], **changes: str) -> dict[str, Finding]:
    """What is not in order, by check."""
    found = examine({**environ, **changes})
    assert all(each.why and each.fix for each in found if each.level != "ok")
    return {each.check: each for each in found if each.level != "ok"}


def levels(environ: dict[str, str], **changes: str) -> dict[str, str]:
    return {
        check: each.level for check, each in findings(environ, **changes).items() if check not in {"user", "tenants"}
    }


def as_owner(database: Any, *statements: str) -> None:
    url = make_url(database.owner_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def test_a_deployment_in_order_is_told_so(environ: dict[str, str], world: World) -> None:
    tenant = world.tenant()
    world.user(tenant, groups=("core.administrator",))

    found = examine(environ)

    assert {each.check for each in found if each.level != "ok"} <= {"user"}
    assert {"secret-key", "data-folder", "disk", "assets", "database", "migrations", "jobs"} <= {e.check for e in found}


@pytest.mark.engine("sqlite")
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"BANYAN_SECRET_KEY": "ab" * 20}, {"secret-key": "error"}),
        ({"BANYAN_SECRET_KEY": "change-me-to-something-long-and-random"}, {"secret-key": "error"}),
        ({"BANYAN_PORT": "x", "BANYAN_BSE_URL": "y"}, {"configuration": "error"}),
        ({"BANYAN_ADDONS": "nothing"}, {"addons": "error"}),
        ({"BANYAN_HOST": "0.0.0.0"}, {"base-url": "error"}),
        ({"BANYAN_BASE_URL": "http://crm.example.vn"}, {"base-url": "warning"}),
        ({"BANYAN_BASE_URL": "https://crm.example.vn"}, {"proxy": "error"}),
        ({"BANYAN_BASE_URL": "https://crm.example.vn", "BANYAN_TRUSTED_PROXIES": "1"}, {}),
        (
            {"BANYAN_BASE_URL": "https://a.vn", "BANYAN_TRUSTED_PROXIES": "1", "BANYAN_COOKIE_SECURE": "false"},
            {"cookies": "error"},
        ),
        (
            {"BANYAN_BASE_URL": "http://a.vn", "BANYAN_COOKIE_SECURE": "true"},
            {"base-url": "warning", "cookies": "error"},
        ),
        (
            {"BANYAN_BASE_URL": "https://a.vn", "BANYAN_TRUSTED_PROXIES": "1", "BANYAN_HOST": "0.0.0.0"},
            {"proxy": "warning"},
        ),
        ({"BANYAN_BASE_URL": "http://localhost:8000", "BANYAN_DEBUG": "true"}, {"debug": "warning"}),
        ({"BANYAN_RUNNER": "none"}, {"runner": "error"}),
        ({"REDIS_URL": "redis://127.0.0.1:9/0"}, {"redis": "error"}),
    ],
    ids=str,
)
def test_what_does_not_go_together_is_found(
    environ: dict[str, str], changes: dict[str, str], expected: dict[str, str]
) -> None:
    assert levels(environ, **changes) == expected


@pytest.mark.engine("sqlite")
def test_redis_without_a_worker_is_found(environ: dict[str, str], redis_url: str) -> None:
    del environ["BANYAN_SECRET_KEY"]

    assert levels(environ, REDIS_URL=redis_url) == {"secret-key": "warning", "workers": "error"}


@pytest.mark.engine("sqlite")
def test_a_folder_that_is_open_or_gone_is_found(environ: dict[str, str], tmp_path: Path) -> None:
    Path(environ["BANYAN_DATA"]).chmod(0o755)

    assert levels(environ) == {"data-folder": "warning"}
    assert levels(environ, BANYAN_DATA=str(tmp_path / "gone" / "deep"))["data-folder"] == "error"


@pytest.mark.engine("sqlite")
def test_missing_assets_and_a_full_disk_are_found(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.operations.doctor.files.is_built", lambda: False)
    monkeypatch.setattr("core.operations.doctor.files.NOTHING", 1 << 62)

    assert levels(environ) == {"assets": "error", "disk": "error"}


def test_a_database_that_is_away_or_behind_is_found(
    environ: dict[str, str], empty_database: Any, tmp_path: Path
) -> None:
    away = "postgresql://banyan_app:hidden-word@127.0.0.1:9/gone"
    if "DATABASE_OWNER_URL" in environ:
        told = findings(environ, DATABASE_URL=away)
        assert told["database"].level == "error"
        assert "hidden-word" not in str(told)
    else:
        assert levels(environ, DATABASE_URL=f"sqlite:///{tmp_path}/no/such/folder.sqlite3") == {"database": "error"}

    assert levels(environ, DATABASE_URL=empty_database.url) == {"migrations": "error"}


@pytest.mark.engine("postgresql")
def test_holes_in_the_wall_are_found(environ: dict[str, str], database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    as_owner(
        database,
        "ALTER TABLE core_user NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY tenant ON core_department",
        "GRANT DELETE ON core_audit TO banyan_app",
    )
    monkeypatch.setattr("core.operations.doctor.database.now", lambda: now() + timedelta(seconds=30))

    told = findings(environ)

    assert told["row-security"].level == "error"
    assert all(name in told["row-security"].what for name in ("core_user:", "core_department:", "core_audit:"))
    assert told["clock"].what == "The database's clock is 30 s away from this one's."
    assert levels(environ, DATABASE_URL=database.owner_url)["database-role"] == "error"


@pytest.mark.engine("postgresql")
def test_powers_and_missing_limits_of_the_role_that_serves_are_found(
    environ: dict[str, str], database: Any, test_run: Any
) -> None:
    administrator = make_url(test_run.url("postgresql")).set(drivername="postgresql")
    with psycopg.connect(administrator.render_as_string(hide_password=False), autocommit=True) as connection:
        role = f"banyan_doctor_{os.getpid()}"  # roles belong to the whole server, which other runs may share
        made = f"CREATE ROLE {role} LOGIN CREATEDB PASSWORD 'doctor' IN ROLE banyan_app, banyan_owner"
        connection.execute(made.encode())
        try:
            url = make_url(database.url).set(username=role, password="doctor")
            told = findings(environ, DATABASE_URL=url.render_as_string(hide_password=False))
        finally:
            connection.execute(f"DROP ROLE {role}".encode())

    assert told["database-role"].what == (
        "The role that serves may make databases, may act as the owner or the search role."
    )
    assert "lock_timeout" in told["limits"].what


def test_businesses_that_nobody_administers_or_that_use_what_is_gone_are_found(
    environ: dict[str, str], world: World
) -> None:
    from core.tenancy.models import TenantAddon

    haidang, other = world.tenant("haidang"), world.tenant()
    with world.session(other) as session:
        session.add(TenantAddon(addon="gone"))
        enqueue_at(session, "core.purge_jobs", now() - timedelta(minutes=5))

    told = findings(environ)

    assert haidang.slug in told["administrators"].what
    assert other.slug in told["administrators"].what
    assert told["addons"].what == f"Switched on and not loaded: gone of {other.slug}."
    assert told["demo"].level == "error"
    assert told["jobs"].what.startswith("A job has been due for 5 minutes")
    assert ("tenants" in told) == environ["DATABASE_URL"].startswith("sqlite")


def test_a_scheduler_that_does_not_run_is_found(environ: dict[str, str], app: Any, world: World) -> None:
    from core.jobs.scheduler import Scheduler

    tenant = world.tenant()
    world.user(tenant, groups=("core.administrator",))
    assert "scheduler" not in levels(environ)  # nothing was due since the business is there
    with app.app_context(), open_session(Actor.platform()) as session:
        session.execute(update(Tenant).values(created_at=now() - timedelta(days=2)))

    told = findings(environ)["scheduler"]

    assert told.level == "error"
    assert re.search(r"core\.\w+ was due at .* UTC, and nobody asked for it, and \d more\.", told.what)
    with app.app_context():
        Scheduler().tick(now())
    assert "scheduler" not in levels(environ)


@pytest.mark.engine("sqlite")
def test_the_command_tells_people_and_programs_and_exits_accordingly(environ: dict[str, str]) -> None:
    def run(*options: str, **changes: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "core.cli", "doctor", *options]
        surroundings = {"PATH": os.environ["PATH"], **environ, **changes}
        return subprocess.run(command, env=surroundings, capture_output=True, text=True, check=False)

    well, wrong = run("--json"), run(BANYAN_HOST="0.0.0.0")

    told = json.loads(well.stdout)
    assert (well.returncode, told["errors"]) == (0, 0)
    assert {"check", "level", "what", "why", "fix"} == set(told["findings"][0])
    assert wrong.returncode == 1
    assert "ERROR   base-url" in wrong.stdout
    assert "fix Set BANYAN_BASE_URL" in wrong.stdout
    assert KEY not in well.stdout + well.stderr + wrong.stdout + wrong.stderr
