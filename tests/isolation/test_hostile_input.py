"""Whatever is sent, there is an answer: never a failure, never half a change, never markup made of data."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, quote_from_bytes

import pytest

import core
from core.testing.routes import SAFE, Target, targets_of
from tests.isolation.conftest import IS_THOROUGH
from tests.isolation.finding import Form, findings_of, send
from tests.isolation.hostility import BODIES, FILES, HEADERS, MARK, MARKUP, PAYLOADS, STRANGE_NAMES, injections
from tests.isolation.probing import Answer, Prober
from tests.isolation.test_town import CANARY_FREE
from tests.isolation.town import tenant_tables
from tests.isolation.trespass import LOT
from tests.isolation.walking import methods_of, own_arguments, own_path

ON_RECORD = {"core.login_submit", "core.account_password", "core.confirm_submit"}
"""Refused attempts to prove oneself are counted, in a transaction of their own (ASVS 5.0 §6.3)."""


ROUNDS = len(PAYLOADS) if IS_THOROUGH else 5
"""How many mixtures of payloads each set of parameters meets."""

Case = TypeVar("Case")


def drawn(prober: Prober, cases: Iterable[Case], wanted: int) -> list[Case]:
    """As many of the cases as the suite has time for, the same in every run; on PostgreSQL half as many."""
    listed = list(cases)
    wanted = wanted // 2 if prober.is_small else wanted
    return listed if IS_THOROUGH or len(listed) <= wanted else random.Random(LOT).sample(listed, wanted)


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


def mixtures(form: Form, turn: int) -> Iterator[list[tuple[str, str | bytes]]]:
    """All parameters hostile at once, each with another payload in every round; what a form steers by stays."""
    kept = [pair for pair in (*form.pairs, *form.query) if pair[0] in {"action", "key", "confirmed"}]
    for number in range(ROUNDS):
        at = turn * ROUNDS + number
        strange = STRANGE_NAMES[at % len(STRANGE_NAMES)]
        mixed = [(name, PAYLOADS[(at + place) % len(PAYLOADS)]) for place, name in enumerate(names_of(form))]
        yield [pair for pair in mixed if pair[0] not in dict(kept)] + kept + [(strange, PAYLOADS[at % len(PAYLOADS)])]


def test_hostile_queries(swift: Prober) -> None:
    forms = enumerate(distinct(swift, unsafe=False))
    cases = drawn(swift, ((form, pairs) for turn, form in forms for pairs in mixtures(form, turn)), 240)
    for at, (form, pairs) in enumerate(cases):
        look(swift, swift.send("GET", form.path, swift.town.here.boss, query=pairs, htmx=bool(at % 4)), form)

    swift.verdict(at_least=len(cases))


def test_hostile_forms(swift: Prober) -> None:
    forms = enumerate(distinct(swift, unsafe=True))
    cases = drawn(swift, ((form, pairs) for turn, form in forms for pairs in mixtures(form, turn)), 240)
    for at, (form, pairs) in enumerate(cases):
        look(swift, send(swift, form, pairs, htmx=bool(at % 4)), form)

    swift.verdict(at_least=len(cases))


def test_one_hostile_field_among_good_ones(swift: Prober) -> None:
    fields = enumerate((form, name) for form in distinct(swift, unsafe=True) for name in names_of(form))
    payloads = len(PAYLOADS) if IS_THOROUGH else 2
    cases = [
        (form, name, PAYLOADS[(turn + at) % len(PAYLOADS)]) for turn, (form, name) in fields for at in range(payloads)
    ]
    cases += [(form, name, MARKUP) for form, name, _payload in cases[::payloads]]
    cases = drawn(swift, cases, 320)
    for at, (form, name, payload) in enumerate(cases):
        value = dict(form.pairs).get(name, "1")
        values = (value, value, payload) if at % 4 == 0 else (payload,)
        look(swift, send(swift, form, form.changed(name, *values), htmx=bool(at % 8)), form)

    swift.verdict(at_least=len(cases))


@pytest.mark.engine("sqlite")
def test_parameters_that_nobody_asked_for(swift: Prober) -> None:
    """Beside good ones, in the query and in the form: they change nothing about what is written, and lead nowhere."""
    stranger = swift.town.there.tenant.id
    steering = ("endpoint", "_external", "_scheme", "_anchor", "id")
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
    for turn, form in enumerate(drawn(swift, distinct(swift, unsafe=True), 150)):
        more = [(name, MARK) for name in STRANGE_NAMES]
        look(swift, send(swift, form, form.pairs, query=[*form.query, *more], htmx=True), form)
        for name in steering if IS_THOROUGH else (steering[turn % len(steering)],):
            query = [*form.query, (name, "evil"), ("_external", "1")]
            look(swift, send(swift, form, form.pairs, query=query, htmx=True), form)
        written = [*form.pairs, *((name, f"qxmass{stranger.hex}") for name in columns)]
        answer = send(swift, form, written, htmx=True)
        if any("qxmass" in str(row) for rows in swift.watch.changed().values() for row in rows):
            swift.complain(answer, "wrote a column that its form does not have")
        look(swift, answer, form)

    swift.verdict(at_least=150)


@pytest.mark.engine("sqlite")
def test_bodies_that_are_no_forms(swift: Prober) -> None:
    targets = [(target, method) for target in targets_of(swift.app) for method in target.unsafe_methods]
    for turn, (target, method) in enumerate(targets):
        for at in range(len(BODIES) if IS_THOROUGH else 1):
            body, kind = BODIES[(turn + at) % len(BODIES)]
            path = own_path(swift, target)
            answer = swift.send(method, path, swift.town.here.boss, body=body, content_type=kind, htmx=True)
            look(swift, answer, endpoint=target.endpoint)

    swift.verdict(at_least=150)


def test_hostile_files(swift: Prober) -> None:
    for form in distinct(swift, unsafe=True):
        for field in form.files:
            for name, content in FILES.items():
                files = {field: (content, name)}
                look(swift, send(swift, form, form.pairs, files=files, htmx=True), form)

    swift.verdict(at_least=len(FILES) * 2)


@pytest.mark.engine("sqlite")
def test_hostile_paths_and_methods(swift: Prober) -> None:
    cases: list[tuple[Target, str, str]] = []
    for target, method in methods_of(targets_of(swift.app)):
        path = own_path(swift, target)
        cases += [(target, other, path) for other in ("PUT", "PATCH", "DELETE", "TRACE", "QUERY") if other != method]
        for name in target.arguments:
            for payload in PAYLOADS if target.arguments[name] != "uuid" else PAYLOADS[20:26]:
                raw = payload if isinstance(payload, bytes) else payload[:500].encode()
                text = quote_from_bytes(raw, safe="") or quote("\u202e")
                cases.append((target, method, target.path(**own_arguments(swift, target) | {name: text})))
    cases = drawn(swift, cases, 500)
    for at, (target, method, path) in enumerate(cases):
        answer = swift.send(method, path, swift.town.here.boss, form=(), htmx=bool(at % 8))
        look(swift, answer, endpoint=target.endpoint)

    swift.verdict(at_least=500)


@pytest.mark.engine("sqlite")
def test_hostile_headers_and_every_fragment(swift: Prober) -> None:
    blocks = sorted(_blocks(swift))
    for turn, target in enumerate(each for each in targets_of(swift.app) if "GET" in each.methods):
        path, boss = own_path(swift, target), swift.town.here.boss
        for at in range(len(HEADERS) if IS_THOROUGH else 1):
            headers = HEADERS[(turn + at) % len(HEADERS)]
            look(swift, swift.send("GET", path, boss, headers=headers), endpoint=target.endpoint)
        drawn_blocks = [blocks[(turn + at) % len(blocks)] for at in range(len(blocks) if IS_THOROUGH else 1)]
        for block in dict.fromkeys([*drawn_blocks, ("content", "list")[turn % 2]]):
            look(swift, swift.send("GET", path, boss, htmx=block), endpoint=target.endpoint)

    swift.verdict(at_least=350)


def _blocks(prober: Prober) -> set[str]:
    folders = [Path(core.__file__).parent, Path(core.__file__).parent.parent / "addons"]
    files = [file for folder in folders for file in folder.rglob("templates/**/*.html")]
    return {name for file in files for name in re.findall(r"{%-? block (\w+)", file.read_text(encoding="utf-8"))}


def poison(prober: Prober) -> None:
    """Put markup into every text that somebody may have typed, past all checks: what is stored may be older than they are."""
    live = prober.watch._live
    for (trigger,) in live.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        live.execute(f'DROP TRIGGER "{trigger}"')  # a record of changes is append-only
    for table in tenant_tables(prober.watch.base):
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
    forms = drawn(prober, [form for form in findings_of(prober).forms if form.method == "GET"], 150)
    poison(prober)
    prober.watch.rebase()
    paths = [own_path(prober, target) for target in targets_of(prober.app) if "GET" in target.methods]
    asked = [(path, ()) for path in paths] + [(form.path, form.pairs) for form in forms]
    for path, pairs in asked:
        answer = prober.send("GET", path, prober.town.here.boss, query=pairs)
        shown += MARK in answer.text.lower()
        look(prober, answer)
    for form in drawn(prober, distinct(prober, unsafe=True), 200):
        answer = send(prober, form, form.pairs, htmx=True)
        shown += MARK in answer.text.lower()
        look(prober, answer, form)
    return shown


@pytest.mark.req("CUS-034")
@pytest.mark.engine("sqlite")
def test_stored_markup_is_shown_as_text(own_prober: Prober) -> None:
    shown = read_poisoned(own_prober)

    own_prober.verdict(at_least=200)
    assert shown > 100


@pytest.mark.engine("sqlite")
def test_a_template_that_does_not_escape_is_noticed(own_prober: Prober) -> None:
    findings_of(own_prober)
    own_prober.app.jinja_env.cache.clear()
    own_prober.app.jinja_env.autoescape = False
    own_prober.app.jinja_env.bytecode_cache = None

    look(own_prober, own_prober.send("GET", "/search", own_prober.town.here.boss, query=[("q", MARKUP)]))

    found = "\n".join(own_prober.complaints)
    assert all(word in found for word in ("an element from a text", "a script in the page", "an attribute from a text"))


@pytest.mark.engine("sqlite")
def test_a_view_that_fails_or_writes_by_halves_is_noticed(own_prober: Prober) -> None:
    from core.kernel import current_session
    from core.tenancy.models import TenantAddon

    def fail() -> Any:
        return int("²")

    def write_and_refuse() -> Any:
        current_session().add(TenantAddon(addon="mutant"))
        current_session().commit()
        return "refused", 422

    boss = own_prober.town.here.boss
    own_prober.app.view_functions["core.search"] = fail
    look(own_prober, own_prober.send("GET", "/search", boss))
    own_prober.app.view_functions["core.preferences"] = write_and_refuse
    look(own_prober, own_prober.send("POST", "/preferences", boss, form=()))

    found = "\n".join(own_prober.complaints)
    assert "answers 500" in found
    assert "changed + core_tenant_addon" in found


@pytest.mark.engine("sqlite")
def test_a_way_that_leads_to_another_host_is_noticed(prober: Prober, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.access.views.account.local_path", lambda url: url)

    form = [("next", "//evil.example/")]
    look(prober, prober.send("POST", "/preferences", prober.town.here.boss, form=form))

    assert any("leads away" in complaint for complaint in prober.complaints)
