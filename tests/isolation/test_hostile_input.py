"""Whatever is sent, there is an answer: never a failure, never half a change, never markup made of data."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_from_bytes

import pytest

import core
from tests.isolation.finding import Form, findings_of, send
from tests.isolation.hostility import BODIES, FILES, HEADERS, MARK, MARKUP, PAYLOADS, STRANGE_NAMES, injections
from tests.isolation.probing import SAFE, Answer, Prober, targets_of
from tests.isolation.test_town import CANARY_FREE
from tests.isolation.town import tenant_tables
from tests.isolation.walking import methods_of, own_arguments, own_path

ON_RECORD = {"core.login_submit", "core.account_password"}
"""Refused attempts to prove oneself are counted, in a transaction of their own (ASVS 5.0 §6.3)."""


@pytest.fixture
def rounds(breadth: int) -> int:
    """How many of the payloads each set of parameters meets."""
    return len(PAYLOADS) if breadth > 2 else 5


def look(prober: Prober, answer: Answer, form: Form | None = None, *, endpoint: str = "") -> None:
    """Complain about markup from data; about what was written although the answer refuses; put all back."""
    for problem in injections(answer):
        prober.complain(answer, problem)
    if answer.status >= 400 and (form.target.endpoint if form else endpoint) not in ON_RECORD:
        prober.expect_unchanged(answer)
    prober.watch.restore()


def distinct(prober: Prober, *, unsafe: bool) -> list[Form]:
    """The forms that differ in where they go and what they have, each once."""
    found: dict[object, Form] = {}
    for form in findings_of(prober).forms:
        if (form.method in SAFE) is unsafe:
            continue
        key = (
            form.target.endpoint,
            dict(form.button).get("action"),
            tuple(each.value for each in form.fields if each.name in {"action", "key"} and each.is_sent),
        )
        if key not in found or len(form.fields) > len(found[key].fields):
            found[key] = form
    return list(found.values())


def names_of(form: Form) -> list[str]:
    return list(
        dict.fromkeys([*(each.name for each in form.fields if each.kind != "file"), *(n for n, _ in form.query)])
    )


def mixtures(form: Form, turn: int, rounds: int) -> Iterator[list[tuple[str, str | bytes]]]:
    """All parameters hostile at once, each with another payload in every round; what a form steers by stays."""
    names, kept = (
        names_of(form),
        [pair for pair in (*form.pairs, *form.query) if pair[0] in {"action", "key", "confirmed"}],
    )
    for number in range(rounds):
        at = turn * rounds + number
        strange = STRANGE_NAMES[at % len(STRANGE_NAMES)]
        mixed = [(name, PAYLOADS[(at + place) % len(PAYLOADS)]) for place, name in enumerate(names)]
        yield [pair for pair in mixed if pair[0] not in dict(kept)] + kept + [(strange, PAYLOADS[at % len(PAYLOADS)])]


def test_hostile_queries(prober: Prober, rounds: int) -> None:
    for turn, form in enumerate(distinct(prober, unsafe=False)):
        for at, pairs in enumerate(mixtures(form, turn, rounds)):
            look(prober, prober.send("GET", form.path, prober.town.here.boss, query=pairs, htmx=bool(at % 2)), form)

    prober.verdict(at_least=350)


def test_hostile_forms(prober: Prober, rounds: int) -> None:
    for turn, form in enumerate(distinct(prober, unsafe=True)):
        for at, pairs in enumerate(mixtures(form, turn, rounds)):
            look(prober, send(prober, form, pairs, htmx=bool(at % 2)), form)

    prober.verdict(at_least=250)


@pytest.mark.engine("sqlite")
def test_one_hostile_field_among_good_ones(prober: Prober, breadth: int) -> None:
    turn = 0
    for form in distinct(prober, unsafe=True):
        for name in names_of(form):
            for payload in (MARKUP, *(PAYLOADS[(turn + each) % len(PAYLOADS)] for each in range(breadth - 1))):
                look(prober, send(prober, form, form.changed(name, payload)), form)
            turn += 1
            value = dict(form.pairs).get(name, "1")
            look(prober, send(prober, form, form.changed(name, value, value, MARKUP)), form)

    prober.verdict(at_least=600)


@pytest.mark.engine("sqlite")
def test_parameters_that_nobody_asked_for(prober: Prober) -> None:
    """Beside good ones, in the query and in the form: they change nothing about what is written, and lead nowhere."""
    stranger = prober.town.there.tenant.id
    for form in distinct(prober, unsafe=True):
        more = [(name, MARK) for name in STRANGE_NAMES]
        look(prober, send(prober, form, form.pairs, query=[*form.query, *more]), form)
        for name in ("endpoint", "_external", "_scheme", "_anchor", "id"):
            look(prober, send(prober, form, form.pairs, query=[*form.query, (name, "evil"), ("_external", "1")]), form)
        columns = (
            "tenant_id",
            "id",
            "created_by_id",
            "created_at",
            "deleted_at",
            "password_hash",
            "is_active",
            "version_id",
        )
        answer = send(prober, form, [*form.pairs, *((name, f"qxmass{stranger.hex}") for name in columns)])
        after = prober.watch.read() if prober.watch.has_changed() else {}
        if any("qxmass" in str(row) for rows in after.values() for row in rows):
            prober.complain(answer, "wrote a column that its form does not have")
        look(prober, answer, form)

    prober.verdict(at_least=350)


@pytest.mark.engine("sqlite")
def test_bodies_that_are_no_forms(prober: Prober) -> None:
    for target, method in methods_of(targets_of(prober.app)):
        if method in SAFE:
            continue
        for body, kind in BODIES:
            answer = prober.send(method, own_path(prober, target), prober.town.here.boss, body=body, content_type=kind)
            look(prober, answer, endpoint=target.endpoint)

    prober.verdict(at_least=500)


def test_hostile_files(prober: Prober) -> None:
    for form in distinct(prober, unsafe=True):
        for field in form.files:
            for name, content in FILES.items():
                files = {field: (content, name)}
                look(prober, send(prober, form, form.pairs, files=files, htmx=True), form)

    prober.verdict(at_least=len(FILES) * 2)


@pytest.mark.engine("sqlite")
def test_hostile_paths_and_methods(prober: Prober) -> None:
    for target, method in methods_of(targets_of(prober.app)):
        path = own_path(prober, target)
        for other in {"PUT", "PATCH", "DELETE", "TRACE", "QUERY"} - {method}:
            look(prober, prober.send(other, path, prober.town.here.boss), endpoint=target.endpoint)
        for name in target.arguments:
            for payload in PAYLOADS if target.arguments[name] != "uuid" else PAYLOADS[20:26]:
                raw = payload if isinstance(payload, bytes) else payload[:500].encode()
                text = quote_from_bytes(raw, safe="") or quote("\u202e")
                moved = target.path(**own_arguments(prober, target) | {name: text})
                look(prober, prober.send(method, moved, prober.town.here.boss, form=()), endpoint=target.endpoint)

    prober.verdict(at_least=900)


@pytest.mark.engine("sqlite")
def test_hostile_headers_and_every_fragment(prober: Prober, breadth: int) -> None:
    blocks = sorted(_blocks(prober))
    for turn, target in enumerate(targets_of(prober.app)):
        if "GET" not in target.methods:
            continue
        path = own_path(prober, target)
        for at in range(4 if breadth == 2 else len(HEADERS)):
            headers = HEADERS[(turn * 3 + at) % len(HEADERS)]
            look(prober, prober.send("GET", path, prober.town.here.boss, headers=headers), endpoint=target.endpoint)
        for at in range(5 if breadth == 2 else len(blocks)):
            block = blocks[(turn * 5 + at) % len(blocks)]
            look(prober, prober.send("GET", path, prober.town.here.boss, htmx=block), endpoint=target.endpoint)
        for block in ("content", "dialog", "list"):
            look(prober, prober.send("GET", path, prober.town.here.boss, htmx=block), endpoint=target.endpoint)

    prober.verdict(at_least=500)


def _blocks(prober: Prober) -> set[str]:
    folders = [Path(core.__file__).parent, Path(core.__file__).parent.parent / "addons"]
    files = [file for folder in folders for file in folder.rglob("templates/**/*.html")]
    return {name for file in files for name in re.findall(r"{%-? block (\w+)", file.read_text(encoding="utf-8"))}


def poison(prober: Prober) -> None:
    """Put markup into every text that somebody may have typed, past all checks: what is stored may be older than they are."""
    live = prober.watch._live
    for (trigger,) in live.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        live.execute(f'DROP TRIGGER "{trigger}"')  # a record of changes is append-only
    for table in tenant_tables(prober.watch.columns):
        for column in table.columns:
            kind = column.type._type_affinity.__name__
            if column.name in CANARY_FREE.get(table.name, ()) or column.name.endswith(("_raw", "_key")):
                continue
            named = f'"{table.name}" SET "{column.name}"'
            if kind in {"String", "Text"}:
                limit = getattr(column.type, "length", None) or 10_000
                text = MARKUP if limit >= len(MARKUP) + 33 else MARKUP[: limit - 33] if limit > 60 else ""
                if text:
                    live.execute(f'UPDATE {named} = ? || hex(id) WHERE "{column.name}" IS NOT NULL', (text,))
            elif kind == "JSON" and column.name in {"changes", "result", "value"}:
                text = json.dumps({"changes": {"note": [MARKUP, MARKUP], MARKUP: [None, MARKUP]}, "result": {MARKUP: MARKUP},
                                   "value": MARKUP}[column.name])  # fmt: skip
                live.execute(
                    f'UPDATE {named} = ? WHERE "{column.name}" IS NOT NULL AND json_valid("{column.name}")', (text,)
                )
    live.execute("UPDATE customer SET website = 'javascript:xssq(1)', email = 'a@b\"onxssq=1'")
    live.execute("UPDATE core_setting SET value = '\"javascript:xssq(1)\"' WHERE \"key\" = 'core.help_url'")
    live.execute("UPDATE core_notification SET url = 'javascript:xssq(1)'")


def read_poisoned(prober: Prober) -> int:
    """Open every page and every link; the number of answers that show what was stored."""
    shown = 0
    forms = [form for form in findings_of(prober).forms if form.method == "GET"]
    poison(prober)
    prober.watch.rebase()
    paths = [own_path(prober, target) for target in targets_of(prober.app) if "GET" in target.methods]
    asked = [(path, ()) for path in paths] + [(form.path, form.pairs) for form in forms]
    for path, pairs in asked:
        answer = prober.send("GET", path, prober.town.here.boss, query=pairs)
        shown += MARK in answer.text.lower()
        look(prober, answer)
    for form in distinct(prober, unsafe=True):
        answer = send(prober, form, form.pairs, htmx=True)
        shown += MARK in answer.text.lower()
        look(prober, answer, form)
    return shown


@pytest.mark.req("CUS-034")
@pytest.mark.engine("sqlite")
def test_stored_markup_is_shown_as_text(prober: Prober) -> None:
    shown = read_poisoned(prober)

    prober.verdict(at_least=200)
    assert shown > 100


@pytest.mark.engine("sqlite")
def test_a_template_that_does_not_escape_is_noticed(prober: Prober) -> None:
    findings_of(prober)
    prober.app.jinja_env.cache.clear()
    prober.app.jinja_env.autoescape = False
    prober.app.jinja_env.bytecode_cache = None

    look(prober, prober.send("GET", "/search", prober.town.here.boss, query=[("q", MARKUP)]))

    found = "\n".join(prober.complaints)
    assert all(word in found for word in ("an element from a text", "a script in the page", "an attribute from a text"))


@pytest.mark.engine("sqlite")
def test_a_view_that_fails_or_writes_by_halves_is_noticed(prober: Prober) -> None:
    from core.kernel import current_session
    from core.tenancy.models import TenantAddon

    def fail() -> Any:
        return int("²")

    def write_and_refuse() -> Any:
        current_session().add(TenantAddon(addon="mutant"))
        current_session().commit()
        return "refused", 422

    boss = prober.town.here.boss
    prober.app.view_functions["core.search"] = fail
    look(prober, prober.send("GET", "/search", boss))
    prober.app.view_functions["core.preferences"] = write_and_refuse
    look(prober, prober.send("POST", "/preferences", boss, form=()))

    found = "\n".join(prober.complaints)
    assert "answers 500" in found
    assert "changed + core_tenant_addon" in found


@pytest.mark.engine("sqlite")
def test_a_way_that_leads_to_another_host_is_noticed(prober: Prober, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.access.views.account.local_path", lambda url: url)

    form = [("next", "//evil.example/")]
    look(prober, prober.send("POST", "/preferences", prober.town.here.boss, form=form))

    assert any("leads away" in complaint for complaint in prober.complaints)
