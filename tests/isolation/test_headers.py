"""The headers of every answer, of those above all that no view has made: refusals, redirects, failures, static files."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from core.access.services import create_user
from core.testing.routes import targets_of
from core.testing.world import World
from core.web import requests
from tests.isolation.probing import HEADERS, Answer, Prober, context_of, header_problems
from tests.isolation.walking import own_path

PASSWORD = "bờ biển rất dài"


def ask_for_every_status(prober: Prober) -> dict[int, Answer]:
    """One answer of each kind that the application gives."""
    boss, nobody = prober.town.here.boss, World(prober.app).user(prober.town.here.tenant)
    prober.town.cookies[nobody.id] = World(prober.app).cookie(nobody)[1]
    huge = b"x=" + b"1" * (3 << 20)
    urlencoded = "application/x-www-form-urlencoded"

    def fail(error: Exception) -> Callable[[], Any]:
        def view() -> Any:
            raise error

        return view

    answers = [
        prober.send("GET", "/", boss),
        prober.send("GET", "/account"),
        prober.send("GET", "/account", htmx=True),
        prober.send("GET", "/apps", nobody),
        prober.send("GET", "/no/such/page", boss),
        prober.send("GET", "/no/such/page"),
        prober.send("DELETE", "/account", boss),
        prober.send("POST", "/preferences", boss, csrf=False, form=()),
        prober.send("POST", "/account/password", boss, form=()),
        prober.send("POST", "/preferences", boss, body=huge, content_type=urlencoded),
        prober.send("OPTIONS", "/account", boss),
        prober.send("HEAD", "/account", boss),
        prober.send("GET", "/customer/customers", boss),
    ]
    prober.app.view_functions["core.search"] = fail(RuntimeError("a mistake"))
    answers += [prober.send("GET", "/search", boss), prober.send("GET", "/search", boss, htmx=True)]
    locked = sqlite3.OperationalError("database is locked")
    locked.sqlite_errorcode = sqlite3.SQLITE_BUSY
    prober.app.view_functions["core.search"] = fail(OperationalError("SELECT", {}, locked))
    answers.append(prober.send("GET", "/search", boss))
    prober.complaints = [each for each in prober.complaints if "answers 50" not in each]
    return {answer.status: answer for answer in answers}


@pytest.mark.engine("sqlite")
def test_every_kind_of_answer_has_the_headers(own_prober: Prober) -> None:
    answers = ask_for_every_status(own_prober)

    assert answers.keys() >= {200, 303, 308, 401, 403, 404, 405, 413, 422, 500, 503}
    own_prober.verdict(at_least=16)


@pytest.mark.engine("sqlite")
def test_every_page_has_the_headers_and_no_link_leads_to_whom_the_request_names(swift: Prober) -> None:
    for target in targets_of(swift.app):
        if "GET" in target.methods:
            path = own_path(swift, target)
            answer = swift.send("GET", path, swift.town.here.boss, headers={"Host": "evil.example"})
            if "evil.example" in f"{answer.text}{answer.headers}":
                swift.complain(answer, f"repeats the host: {context_of('evil.example', answer)}")

    swift.verdict(at_least=50)


@pytest.mark.engine("sqlite")
def test_static_files_are_cached_and_nothing_else(prober: Prober) -> None:
    answer = prober.send("GET", "/static/banyan.css")

    assert answer.status == 200
    assert "max-age" in answer.header("Cache-Control")
    assert all(answer.header(name) == value for name, value in HEADERS.items())
    assert "default-src 'self'" in answer.header("Content-Security-Policy")
    assert not answer.headers.getlist("Set-Cookie")
    assert "immutable" in prober.send("GET", "/static/banyan.css", query=(("v", "1"),)).header("Cache-Control")


@pytest.mark.engine("sqlite")
def test_cookies_of_a_visitor_and_of_an_employee_are_kept_from_scripts_and_other_sites(
    open_town: Callable[..., Any],
) -> None:
    with open_town(cookie_secure=True) as prober:
        with World(prober.app).session(prober.town.here.tenant) as session:
            create_user(session, username="lehoa", name="Lê Hoa", password=PASSWORD)
        entered = {"tenant": prober.town.here.word, "username": "lehoa", "password": PASSWORD}
        answers = [
            prober.send("POST", "/login", form=list(entered.items())),
            prober.send("GET", "/login", query=(("language", "en"),)),
            prober.send("POST", "/logout", prober.town.here.boss, form=()),
            prober.send("GET", "/login", headers={"Cookie": ""}),
        ]
        sent = [cookie for answer in answers for cookie in answer.headers.getlist("Set-Cookie")]
        cookies = [cookie for cookie in sent if "Max-Age=0" not in cookie]

        prober.verdict(at_least=4)
    names = {cookie.partition("=")[0] for cookie in cookies}
    assert names >= {"banyan_session", "banyan_device", "banyan_language", "banyan_page"}
    assert all("Secure" in cookie for cookie in cookies)
    assert all("SameSite=Lax" in cookie or "SameSite=Strict" in cookie for cookie in cookies)


@pytest.mark.engine("sqlite")
def test_a_forgotten_header_is_noticed(prober: Prober, monkeypatch: pytest.MonkeyPatch) -> None:
    functions = [each for each in prober.app.after_request_funcs[None] if each is not requests._finish]
    monkeypatch.setitem(prober.app.after_request_funcs, None, functions)

    problems = "\n".join(header_problems(prober.send("GET", "/login")))

    assert all(word in problems for word in ("Content-Security-Policy", "nosniff", "Cache-Control", "Vary"))


@pytest.mark.engine("sqlite")
def test_a_cookie_that_scripts_can_read_is_noticed(prober: Prober, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(prober.app.config, "SESSION_COOKIE_HTTPONLY", False)

    prober.send("GET", "/login", headers={"Cookie": ""})

    assert any("a cookie lacks attributes" in complaint for complaint in prober.complaints)
