"""What a supervisor, a load balancer and a monitor are told."""

from __future__ import annotations

import re
import resource
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import create_engine, select, text

from core.access.models import UserSession
from core.jobs import enqueue
from core.operations import health, metrics
from core.testing.queries import recorded_statements

NOBODY = "postgresql+psycopg://nobody:hidden@127.0.0.1:9/gone"


@pytest.fixture
def broken(app_factory: Any, addons: Any, database: Any, tmp_path: Any) -> Any:
    """An application whose database cannot be reached."""
    (tmp_path / "file").touch()
    nowhere = NOBODY if database.engine_name == "postgresql" else f"sqlite:///{tmp_path}/file/gone.sqlite3"
    return app_factory(addons.names, database=replace(database, url=nowhere))


def ready(app: Any) -> tuple[int, dict[str, Any]]:
    answer = app.test_client().get("/readyz")
    return answer.status_code, answer.get_json()


def change(app: Any, **changes: Any) -> None:
    kernel = app.extensions["banyan"]
    app.extensions["banyan"] = replace(kernel, config=replace(kernel.config, **changes))


def figures(answer: Any) -> dict[str, float]:
    lines = [line.rpartition(" ") for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in lines}


def test_alive_means_that_the_process_answers_whatever_the_database_does(broken: Any) -> None:
    client = broken.test_client()
    client.set_cookie("banyan_session", f"{'0' * 32}.token")

    answer = client.get("/healthz")

    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert client.get("/login").status_code == 503


def test_ready_means_that_all_a_request_needs_is_there(app: Any) -> None:
    with recorded_statements() as statements:
        assert ready(app) == (200, {"ready": True, "problems": {}, "warnings": {}})

    assert len(statements) <= 3


def test_without_a_database_it_is_not_ready_and_says_no_more_than_that(broken: Any) -> None:
    status, told = ready(broken)

    assert status == 503
    assert told["problems"] == {"database": "The database does not answer."}


def test_behind_in_migrations_it_is_not_ready(app: Any, app_factory: Any, database: Any, empty_database: Any) -> None:
    assert ready(app_factory((), database=empty_database))[1]["problems"].keys() == {"migrations"}
    engine = create_engine(database.owner_url)
    with app_factory((), database=database).app_context(), engine.begin() as connection:
        connection.execute(text("UPDATE core_version SET version_num = '0000'"))
    engine.dispose()

    status, told = ready(app_factory((), database=database))

    assert status == 503
    assert "core" in told["problems"]["migrations"]


@pytest.mark.engine("sqlite")
def test_a_data_folder_that_cannot_be_written_is_a_problem_and_redis_only_a_warning(app: Any, tmp_path: Any) -> None:
    change(app, data=tmp_path / "gone", redis_url="redis://:secret@127.0.0.1:9/0")

    status, told = ready(app)

    assert status == 503
    assert told["problems"].keys() == {"disk"}
    assert told["warnings"].keys() == {"redis"}
    assert "secret" not in str(told)
    change(app, data=tmp_path)
    assert ready(app)[0] == 200


@pytest.mark.engine("sqlite")
def test_a_full_disk_is_noticed(tmp_path: Any) -> None:
    assert health.can_write(tmp_path)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (health.PROBE_BYTES - 1, limits[1]))
    try:
        assert not health.can_write(tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.mark.engine("sqlite")
def test_figures_are_for_this_machine_or_for_who_has_the_token(app: Any) -> None:
    client = app.test_client()

    def status(address: str, **headers: str) -> int:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return int(client.get("/metrics", headers=sent, environ_base={"REMOTE_ADDR": address}).status_code)

    assert status("127.0.0.1") == status("::1") == 200
    assert status("192.0.2.1") == status("") == status("127.0.0.1", X_Forwarded_For="127.0.0.1") == 404
    change(app, metrics_token="0123456789abcdef")
    assert status("127.0.0.1") == 404
    assert status("127.0.0.1", Authorization="Bearer 0123456789abcdeF") == 404
    assert status("192.0.2.1", Authorization="Bearer 0123456789abcdef", X_Forwarded_For="192.0.2.7") == 200


def test_figures_of_requests_have_names_that_no_visitor_can_make_up(app: Any, world: Any, tenant: Any) -> None:
    client = world.client(world.user(tenant))
    before = figures(client.get("/metrics"))
    for path in ("/account", "/account", "/made/up", "/made/up/too"):
        client.get(path)
    client.open("/account", method="MADEUP", csrf=False)
    after = figures(client.get("/metrics"))

    def grown(name: str, **labels: str) -> float:
        told = ",".join(f'{label}="{value}"' for label, value in sorted(labels.items()))
        return after.get(f"{name}{{{told}}}", 0) - before.get(f"{name}{{{told}}}", 0)

    count = "banyan_request_seconds_count"
    assert grown(count, endpoint="core.account", method="GET", status="200") == 2
    assert grown(count, endpoint="none", method="GET", status="404") == 2
    assert grown("banyan_sql_statements_total", endpoint="core.account") >= 4
    assert not re.search("made|MADEUP", str(after))


def test_figures_of_jobs_and_sessions_are_those_of_all_businesses(
    app: Any, world: Any, tenant: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics, "_database", metrics._Database())
    other = world.tenant()
    for each in (tenant, tenant, other):
        world.client(world.user(each))
        with world.session(each) as session:
            enqueue(session, "core.purge_jobs")
    with world.session(other) as session:
        ended = session.scalars(select(UserSession)).one()
        ended.expires_at = ended.created_at

    told = figures(app.test_client().get("/metrics"))

    assert told["banyan_database_up"] == 1
    assert told['banyan_jobs{state="queued"}'] == 3
    assert told['banyan_jobs{state="failed"}'] == 0
    assert 0 < told["banyan_jobs_oldest_waiting_seconds"] < 60
    assert told["banyan_sessions"] == 2


def test_figures_are_there_without_a_database(broken: Any) -> None:
    told = figures(broken.test_client().get("/metrics"))

    assert told["banyan_database_up"] == 0
    assert "banyan_sessions" not in told
