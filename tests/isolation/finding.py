"""The forms that the pages show, and the parameters that the views read: found by walking, so a new one is probed by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import has_request_context, request
from lxml import html
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import HTTPException

from core.testing.routes import Target, target_at, targets_of
from tests.isolation.probing import Answer, Pairs, Prober
from tests.isolation.walking import methods_of, own_path, own_paths

PASSWORD = "bờ biển rất dài"
SUGGESTIONS = {
    "name": "Người Thử", "username": "nguoi.thu", "password": PASSWORD, "old": PASSWORD, "new": PASSWORD * 2,
    "again": PASSWORD * 2, "body": "Xin chào", "position": "7",
}  # fmt: skip
"""What a form without values is filled with, so that it might be accepted."""

NOTHING = {"csrf_token"}
STEERING = {"action", "key", "tab", "show", "state", "step"}
"""Parameters whose value decides what else a view reads."""


@dataclass(frozen=True)
class Field:
    """A control: what it would send, and what else it offers. ``kind``: text, choice, tick, hidden, picker or file."""

    name: str
    value: str
    kind: str
    offered: tuple[str, ...] = ()
    is_sent: bool = True


@dataclass(frozen=True)
class Form:
    """A form, or a button that sends something by itself, as a visitor could send it to ``target``."""

    target: Target
    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    fields: tuple[Field, ...] = ()
    button: tuple[tuple[str, str], ...] = ()
    trigger: str = ""

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """What it sends when nobody touches it, with the button that was pressed."""
        sent = [(each.name, each.value) for each in self.fields if each.is_sent and each.kind != "file"]
        return [*sent, *self.button]

    @property
    def files(self) -> list[str]:
        return [each.name for each in self.fields if each.kind == "file"]

    def changed(self, name: str, *values: str | bytes) -> Pairs:
        """The pairs with these values instead of the field's own."""
        kept: list[tuple[str, str | bytes]] = [pair for pair in self.pairs if pair[0] != name]
        return [*kept, *((name, value) for value in values)]

    @cached_property
    def key(self) -> tuple[object, ...]:
        """Forms with the same key are the same form."""
        names = tuple(sorted({each.name for each in self.fields})) if self.method != "GET" else ()
        chosen = tuple((each.name, each.value) for each in self.fields if each.name in STEERING and each.is_sent)
        return self.target.endpoint, self.method, names, self.button, self.trigger, chosen


@dataclass
class Findings:
    """What a walk through the application has found."""

    forms: list[Form] = field(default_factory=list)
    keys: set[tuple[object, ...]] = field(default_factory=set)
    read: dict[str, set[str]] = field(default_factory=dict)
    """Endpoint → names of query parameters, form fields and files that its view asked for."""

    def names(self, target: Target) -> list[str]:
        return sorted(self.read.get(target.endpoint, set()) - NOTHING)


def findings_of(prober: Prober, user: Any = None) -> Findings:
    """What ``user`` of one's own business (the boss) finds. All copies of the town are alike: one walk does."""
    boss = prober.town.here.boss
    user = user or boss
    known: dict[Any, Findings] = prober.town.findings
    if user.id not in known:
        known[user.id] = walk(prober, user) if user is boss else glance(prober, user, findings_of(prober).read)
    return known[user.id]


def walk(prober: Prober, user: Any) -> Findings:
    """Open every page of one's own business, follow its links, send every form once and open what comes back."""
    found = Findings()
    with _recording(prober, found.read):
        for target in targets_of(prober.app):
            if "GET" not in target.methods:
                continue
            for path in own_paths(prober, target, user):
                _note(found, prober, prober.send("GET", path, user), path)
            if target.access.public:
                _note(found, prober, prober.send("GET", own_path(prober, target)), own_path(prober, target))
        for form in list(found.forms):
            _note(found, prober, send(prober, form, form.pairs, user, htmx=True), form.path)
            prober.watch.restore()
        known = {(form.target.endpoint, form.method) for form in found.forms}
        for target in targets_of(prober.app):
            for method in target.methods:
                form = Form(target, method, own_path(prober, target, user), ())
                send(prober, form, (), user, htmx=True)
                prober.watch.restore()
                if (target.endpoint, method) not in known:
                    found.forms.append(form)
    asked_by_all = set.intersection(*found.read.values())
    for names in found.read.values():
        names -= asked_by_all
    found.forms[:] = [_with_read_names(found, form) for form in found.forms]
    return found


def glance(prober: Prober, user: Any, read: dict[str, set[str]]) -> Findings:
    """Open each page once, as somebody else than who walked: forms with his own rows; what the views ask for is known."""
    found = Findings(read=read)
    targets = targets_of(prober.app)
    for target in targets:
        if "GET" in target.methods:
            path = own_path(prober, target, user)
            _note(found, prober, prober.send("GET", path, user), path)
    known = {(form.target.endpoint, form.method) for form in found.forms}
    for target, method in methods_of(targets):
        if (target.endpoint, method) not in known:
            found.forms.append(Form(target, method, own_path(prober, target, user), ()))
    found.forms[:] = [_with_read_names(found, form) for form in found.forms]
    return found


def send(prober: Prober, form: Form, pairs: Pairs, user: Any = None, **options: Any) -> Answer:
    """Send a form as somebody (the boss)."""
    options = {"query": form.query, **options}
    if form.trigger:
        options.setdefault("headers", {"HX-Trigger-Name": form.trigger})
        options.setdefault("htmx", True)
    files = dict.fromkeys(form.files, (b"text of a file", "file.txt"))
    if files and form.method != "GET":
        options.setdefault("files", files)
    if form.method == "GET":
        return prober.send("GET", form.path, user or prober.town.here.boss, **{**options, "query": pairs})
    return prober.send(form.method, form.path, user or prober.town.here.boss, form=pairs, **options)


def _with_read_names(found: Findings, form: Form) -> Form:
    """With the names that the view asks for and no control has."""
    have = {each.name for each in form.fields} | {name for name, _value in (*form.button, *form.query)}
    more = [name for name in found.names(form.target) if name not in have and not name.endswith("_text")]
    return replace(form, fields=(*form.fields, *(Field(name, "", "hidden", is_sent=False) for name in more)))


def _note(found: Findings, prober: Prober, answer: Answer, path: str) -> None:
    for form in forms_in(prober, answer, path):
        if form.key not in found.keys:
            found.keys.add(form.key)
            found.forms.append(form)


def forms_in(prober: Prober, answer: Answer, path: str) -> Iterator[Form]:
    """Every form of a page, once for each button that can send it, and every element that posts by itself."""
    if not answer.header("Content-Type").startswith("text/html") or not answer.body.strip():
        return
    page = html.document_fromstring(f"<body>{answer.text}" if "<html" not in answer.text else answer.text)
    for template in page.iter("template"):
        template.clear()
    for element in page.iter("form"):
        yield from _forms_of(prober, page, element, path)
    for element in page.xpath("//*[@hx-post and not(self::form)]"):
        around = next(element.iterancestors("form"), None)
        fields = () if around is None else tuple(_filled(_fields(list(around.iter("input", "select", "textarea")))))
        made = _form(prober, element.get("hx-post"), "POST", path, fields)
        if made is not None:
            yield replace(made, trigger=element.get("name", ""))
    for address in {*page.xpath("//a/@href"), *page.xpath("//@hx-get")}:
        parts = urlsplit(address)
        given = tuple(Field(name, value, "hidden") for name, value in parse_qsl(parts.query, keep_blank_values=True))
        made = _form(prober, parts.path, "GET", path, given) if given and not parts.scheme else None
        if made is not None:
            yield made


def _forms_of(prober: Prober, page: Any, element: Any, path: str) -> Iterator[Form]:
    controls = [each for each in element.iter("input", "select", "textarea", "button") if not each.get("form")]
    if element.get("id"):
        controls += page.xpath(f"//*[@form='{element.get('id')}']")
    fields = tuple(_filled(_fields(controls)))
    method = str(element.get("method", "get")).upper()
    action = element.get("action") or element.get("hx-post") or path
    plain = _form(prober, action, method, path, fields)
    buttons = [each for each in controls if each.tag == "button" and each.get("type", "submit") == "submit"]
    if plain is not None and (not buttons or any(not each.get("name") for each in buttons)):
        yield plain
    for each in buttons:
        made = _form(prober, each.get("formaction") or action, method, path, fields)
        if made is not None and (each.get("name") or each.get("formaction")):
            yield replace(made, button=((each.get("name"), each.get("value", "")),) if each.get("name") else ())


def _form(prober: Prober, action: str, method: str, path: str, fields: tuple[Field, ...]) -> Form | None:
    parts = urlsplit(action)
    target_path = parts.path or path.partition("?")[0]
    try:
        target = target_at(prober.app, target_path, method)
    except HTTPException:
        return None
    return target and Form(target, method, target_path, tuple(parse_qsl(parts.query)), fields)


def _fields(controls: list[Any]) -> Iterator[Field]:
    for element in controls:
        name, kind = element.get("name"), element.get("type", "text")
        if not name or name in NOTHING or element.tag == "button" or kind in {"submit", "button", "reset"}:
            continue
        if element.tag == "select":
            offered = tuple(option.get("value", option.text or "") for option in element.iter("option"))
            chosen = [
                option.get("value", "") for option in element.iter("option") if option.get("selected") is not None
            ]
            yield Field(name, chosen[0] if chosen else offered[0] if offered else "", "choice", offered)
        elif element.tag == "textarea":
            yield Field(name, (element.text or "").lstrip("\n"), "text")
        elif kind in {"checkbox", "radio"}:
            value = element.get("value", "on")
            yield Field(name, value, "tick", (value,), is_sent=element.get("checked") is not None)
        elif kind == "file":
            yield Field(name, "", "file")
        elif element.get("data-picker-value") is not None or element.getparent().get("class") == "chip":
            yield Field(name, element.get("value", ""), "picker")
        else:
            yield Field(name, element.get("value", ""), "hidden" if kind == "hidden" else "text")


def _filled(fields: Iterator[Field]) -> Iterator[Field]:
    """With something in each field that has nothing: a first choice, a first tick, a suggested word."""
    listed = list(fields)
    ticked = {each.name for each in listed if each.kind == "tick" and each.is_sent}
    for each in listed:
        if each.kind == "tick" and not each.is_sent and each.name not in ticked and each.name not in {"all", "confirm"}:
            ticked.add(each.name)
            yield replace(each, is_sent=True)
        elif each.kind == "choice" and not each.value:
            yield replace(each, value=next(filter(None, each.offered), ""))
        elif each.kind == "text" and not each.value:
            yield replace(each, value=SUGGESTIONS.get(each.name.rpartition("-")[2], ""))
        else:
            yield each


class _recording:
    """While entered, every name that a view looks up in its query, form or files is written down under its endpoint."""

    def __init__(self, prober: Prober, read: dict[str, set[str]]) -> None:
        self.app, self.kept = prober.app, prober.app.request_class

        class Recorder(ImmutableMultiDict):  # type: ignore[type-arg]
            def __getitem__(self, key: Any) -> Any:
                _write_down(read, key)
                return super().__getitem__(key)

            def __contains__(self, key: Any) -> bool:
                _write_down(read, key)
                return super().__contains__(key)

            def getlist(self, key: Any, *options: Any, **more: Any) -> Any:
                _write_down(read, key)
                return super().getlist(key, *options, **more)

        self.recording = type("RecordingRequest", (self.kept,), {"parameter_storage_class": Recorder})

    def __enter__(self) -> None:
        self.app.request_class = self.recording

    def __exit__(self, *error: object) -> None:
        self.app.request_class = self.kept


def _write_down(read: Mapping[str, set[str]], key: Any) -> None:
    if has_request_context() and request.endpoint and isinstance(key, str):
        read.setdefault(request.endpoint, set()).add(key)  # type: ignore[attr-defined]
