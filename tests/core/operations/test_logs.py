"""The log: one line an answer and a failed step, enough to find what happened, nothing that anybody typed."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select

from core import logs
from core.access.models import User
from core.db.actor import Actor
from core.db.session import open_session
from core.jobs import enqueue
from core.jobs.execution import run_due_jobs
from core.tenancy.models import Tenant

SECRET = "sesame-0901234567"


class Said:
    """What the log has said, as an operator's tools read it."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]

    def about(self, logger: str) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["logger"] == logger]


@pytest.fixture
def said() -> Iterator[Said]:
    heard = Said()
    handler = logging.StreamHandler(heard.stream)
    handler.setFormatter(logs.JsonFormatter())
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield heard
    root.removeHandler(handler)
    root.setLevel(before)


def test_an_answer_is_one_line_with_all_that_finds_it_again(world: Any, tenant: Any, said: Said) -> None:
    user = world.user(tenant, "core.manage_users")
    answer = world.client(user).get(f"/core/departments/?q={SECRET}")

    (line,) = said.about("banyan.request")
    assert answer.status_code == 200
    assert line["time"].endswith("Z")
    assert line["level"] == "info"
    assert (line["method"], line["path"], line["status"]) == ("GET", "/core/departments/", 200)
    assert (line["tenant"], line["user"]) == (str(tenant.id), str(user.id))
    assert line["request_id"] == answer.headers["X-Request-ID"]
    assert line["ms"] > 0
    assert 2 <= line["statements"] <= 8
    assert SECRET not in said.text


def test_a_request_id_is_believed_only_if_it_is_one(world: Any, said: Said) -> None:
    client = world.client()
    asked = ["abc-123_.DEF", "short", "x" * 65, "a b c d e f", 'quote"quote', "đường-dẫn-dài", "<script>1</script>"]
    given = [client.get("/login", headers={"X-Request-Id": id}).headers["X-Request-ID"] for id in asked]

    assert given[0] == asked[0]
    assert all(len(id) == 32 and id.isalnum() for id in given[1:])
    assert len(set(given)) == len(given)
    assert [line["request_id"] for line in said.about("banyan.request")] == given


def test_what_is_asked_for_often_and_says_nothing_is_left_out(world: Any, said: Said) -> None:
    client = world.client()
    for path in ("/healthz", "/readyz", "/metrics", "/static/tokens.css"):
        assert client.get(path).status_code == 200
    client.get("/static/nothing.css")

    assert [line["path"] for line in said.about("banyan.request")] == ["/static/nothing.css"]


@pytest.mark.engine("sqlite")
def test_no_line_can_be_forged_and_no_word_of_a_path_is_told(app: Any, world: Any, tenant: Any, said: Said) -> None:
    client = world.client()
    client.get('/nothing%0A{"level": "forged"}%1B[2J')
    world.client(world.user(tenant)).get(f"/discussion/{SECRET}/00000000-0000-0000-0000-000000000001")

    first, second = said.about("banyan.request")
    assert first["path"].startswith("/nothing\n")
    assert second["path"] == "/discussion/<entity>/00000000-0000-0000-0000-000000000001"
    assert second["status"] == 404
    record = logging.LogRecord("n", logging.INFO, "", 1, "GET %s", (first["path"],), None)
    text = logs.TextFormatter().format(record)
    assert "\n" not in text
    assert "\x1b" not in text


def test_neither_forms_nor_cookies_nor_values_of_statements_are_told(
    app: Any, world: Any, tenant: Any, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = world.user(tenant, "core.manage_users")
    client = world.client(user)
    cookie = world.cookie(user)[1].partition(".")[2]

    def break_a_constraint() -> str:
        # A table outside row security: of those inside, PostgreSQL itself keeps the values back.
        with open_session(Actor.platform()) as session:
            for _ in range(2):
                session.add(Tenant(slug=SECRET, name=SECRET))
                session.flush()
        return ""

    def make_a_mistake() -> str:
        with open_session(Actor.system(tenant.id)) as session:
            return str(session.scalar(select(func.no_such_function(SECRET)).where(User.name == SECRET)))

    monkeypatch.setitem(app.view_functions, "core.account", break_a_constraint)
    assert client.get("/account").status_code == 409
    monkeypatch.setitem(app.view_functions, "core.account", make_a_mistake)
    assert client.get("/account").status_code == 500
    client.post("/login", data={"tenant": "x", "username": "somebody", "password": SECRET})
    client.get("/account", headers={"Authorization": f"Bearer {SECRET}", "Cookie": f"x={SECRET}"})

    assert "integrity error" in said.text
    assert "unexpected error in GET /account" in said.text
    assert "Traceback" in said.text
    assert SECRET not in said.text
    assert cookie not in said.text


def test_an_error_page_shows_the_number_that_stands_in_the_log(
    app: Any, world: Any, tenant: Any, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = world.client(world.user(tenant))
    monkeypatch.setitem(app.view_functions, "core.account", lambda: 1 / 0)

    page, fragment = client.get("/account"), client.get("/account", htmx=True)

    failed = [line for line in said.lines if line["level"] == "error"]
    assert [line["request_id"] for line in failed] == [page.headers["X-Request-ID"], fragment.headers["X-Request-ID"]]
    assert all("ZeroDivisionError" in line["error"] for line in failed)
    assert failed[0]["request_id"] in page.text
    assert failed[1]["request_id"] in fragment.headers["HX-Trigger"]


def test_a_failed_step_of_a_job_is_one_line(
    app: Any, world: Any, tenant: Any, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("the step broke")

    monkeypatch.setattr("core.jobs.execution._work", fail)
    with world.session(tenant) as session:
        id = enqueue(session, "core.purge_jobs").id
    with app.app_context():
        assert run_due_jobs(limit=1) == 1

    (line,) = said.about("core.jobs.execution")
    assert (line["job"], line["job_name"], line["tenant"]) == (str(id), "core.purge_jobs", str(tenant.id))
    assert "the step broke" in line["error"]


def test_a_streamed_answer_is_told_when_its_last_byte_has_gone(
    app: Any, world: Any, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.view_functions, "core.login", lambda: iter(["one ", "two"]))

    answer = world.client().get("/login")
    before = said.about("banyan.request")
    assert answer.text == "one two"
    answer.close()

    assert before == []
    assert [line["status"] for line in said.about("banyan.request")] == [200]


@pytest.mark.engine("sqlite")
def test_a_process_logs_as_its_configuration_says(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    config = app.extensions["banyan"].config

    def formatter(**changes: str) -> Any:
        return logs.settings(replace(config, **changes))["formatters"]["line"]["()"]

    monkeypatch.setattr("sys.stderr", io.StringIO())
    assert formatter(log_format="auto") is logs.JsonFormatter
    assert formatter(log_format="text") is logs.TextFormatter
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    assert formatter(log_format="auto") is logs.TextFormatter
    assert logs.settings(replace(config, log_level="ERROR"))["root"]["level"] == "ERROR"
