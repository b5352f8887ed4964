"""Requests that go in the way a browser's do, and what is asked of every answer, whatever it was sent for."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import quote_from_bytes, unquote_plus
from zipfile import ZipFile

import pytest
from flask import Flask, g
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import EnvironBuilder, run_wsgi_app

from core.access.signing_in import SESSION_COOKIE
from core.api.requests import PREFIX
from core.api.requests import VARY as API_VARY
from core.testing.routes import SAFE
from core.web import requests
from core.web.requests import VARY
from tests.isolation.town import PHONES, STRANGERS
from tests.isolation.watching import PostgresWatch, describe

SURVIVES_A_REFUSAL = re.compile(r"[+-] core_login_attempt\(|\+ core_audit\(.*'proof_refused'")
"""Throttle and security log are written although the request is refused (architecture §3)."""

PAGE_TOKEN = "0123456789abcdef0123456789abcdef01234567"

Pairs = Sequence[tuple[str, "str | bytes"]]


@dataclass(frozen=True)
class Answer:
    """What came back, and what for."""

    asked: str
    status: int
    headers: Any
    body: bytes
    traceback: str = ""

    @property
    def text(self) -> str:
        """The body; of a workbook, its parts one after the other without the moment at which it was made."""
        if not self.body.startswith(b"PK"):
            return self.body.decode("utf-8", "replace")
        with ZipFile(BytesIO(self.body)) as book:
            parts = [name for name in sorted(book.namelist()) if not name.startswith("docProps")]
            return "\n".join(book.read(name).decode("utf-8", "replace") for name in parts)

    def header(self, name: str) -> str:
        return str(self.headers.get(name, ""))

    def shows(self, word: str) -> bool:
        """Whether a canary stands anywhere in the answer, in its words or in its telephone numbers."""
        everything = f"{self.text}\n{self.headers}".lower()
        number = PHONES[word][1:]
        return word in everything or (number in everything or f"{number[:2]} {number[2:5]} {number[5:]}" in everything)


UUIDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}", re.I)
TOKENS = re.compile(r"\.?[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{20,}")
ONE_TIME = re.compile(r'(?:id="password-link">|<li>(?=[a-z2-9]{5}-[a-z2-9]{5}<))([^<]+)<')
"""A link or a recovery code that the answer makes up."""
COMPARED_HEADERS = (
    "Content-Type",
    "Location",
    "HX-Redirect",
    "HX-Trigger",
    "HX-Reswap",
    "Content-Disposition",
    "Allow",
)


def essence(answer: Answer, *echoed: str) -> tuple[object, ...]:
    """What two answers must have in common to tell nothing: all but ids, tokens and the ``echoed`` words that were sent.

    A page may call a record that it cannot name by the end of its id.
    """
    words = [*echoed, *(each[-8:] for each in echoed if UUIDS.fullmatch(each))]

    def plain(text: str) -> str:
        text = UUIDS.sub("ID", text)
        for word in words:
            text = re.sub(re.escape(word), "ECHO", text, flags=re.I)
        for secret in ONE_TIME.findall(text):
            text = text.replace(secret, "SECRET")
        return TOKENS.sub("TOKEN", text)

    headers = [plain(answer.header(name)) for name in COMPARED_HEADERS]
    cookies = sorted(each.partition("=")[0] for each in answer.headers.getlist("Set-Cookie"))
    return (answer.status, *headers, *cookies, plain(answer.text))


def difference(one: Answer, other: Answer, *echoed: str) -> str:
    """Where two answers begin to differ, for the report; empty where they say the same."""
    first, second = essence(one, *echoed), essence(other, *echoed)
    for left, right in zip(first, second, strict=False):
        if left != right:
            left, right = str(left), str(right)
            at = next((at for at, pair in enumerate(zip(left, right, strict=False)) if pair[0] != pair[1]), 0)
            return f"{left[max(0, at - 60) : at + 100]!r} against {right[max(0, at - 60) : at + 100]!r}"
    return "" if first == second else f"{first[:9]} against {second[:9]}"


@dataclass
class Prober:
    """Sends requests and keeps account: how many, and what was wrong with any answer."""

    app: Flask
    town: Any
    watch: Any
    forbidden: tuple[str, ...] = STRANGERS
    strangers: frozenset[str] = frozenset()
    seeing: tuple[str, ...] = ()
    """Paths that may show what is forbidden elsewhere, by a reviewed declaration."""
    sent: int = 0
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        serializer = SecureCookieSessionInterface().get_signing_serializer(self.app)
        assert serializer is not None
        self._page_cookie = f"{self.app.config['SESSION_COOKIE_NAME']}={serializer.dumps({'csrf_token': PAGE_TOKEN})}"
        signer = URLSafeTimedSerializer(str(self.app.secret_key), salt="wtf-csrf-token")
        self.csrf_token = str(signer.dumps(PAGE_TOKEN))
        self._caught = _Tracebacks()

    @property
    def is_small(self) -> bool:
        """On PostgreSQL, where a probe costs twice as much, few of them show that the engine behaves the same."""
        return isinstance(self.watch, PostgresWatch)

    def send(
        self,
        method: str,
        path: str,
        user: Any = None,
        *,
        query: Pairs = (),
        form: Pairs | None = None,
        files: Mapping[str, tuple[bytes, str]] | None = None,
        body: bytes = b"",
        content_type: str = "",
        htmx: str | bool = False,
        csrf: bool = True,
        headers: Mapping[str, str] | None = None,
        cookie: str | None = None,
    ) -> Answer:
        """One request of ``user`` (None: nobody), each with cookies of its own as at its beginning."""
        sent = {"Accept-Language": "en", **(headers or {})}
        cookies = [self._page_cookie]
        if cookie is not None or user is not None:
            cookies.append(f"{SESSION_COOKIE}={self.town.cookie(user) if cookie is None else cookie}")
        sent.setdefault("Cookie", "; ".join(cookies))
        if csrf and method not in SAFE:
            sent.setdefault("X-CSRFToken", self.csrf_token)
        if htmx:
            sent.setdefault("HX-Request", "true")
            sent.setdefault("HX-Target", htmx if isinstance(htmx, str) else "content")
        if files:
            body, content_type = multipart(form or (), files)
        elif form is not None and not body:
            body, content_type = encoded(form), content_type or "application/x-www-form-urlencoded"
        path, _mark, given = path.partition("?")
        text = "&".join(filter(None, (given, encoded(query).decode())))
        environ = EnvironBuilder(
            path, method=method, query_string=text, headers=sent, content_type=content_type or None
        ).get_environ()
        if body:
            environ |= {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        said = f"{path}?{unquote_plus(text)} {dict(sent)} {unquote_plus(body.decode('utf-8', 'replace'))}"
        return self._run(environ, f"{method} {path}?{text[:200]} {_shown(form or ())}"[:400], said)

    def _run(self, environ: Any, asked: str, said: str) -> Answer:
        self.sent += 1
        with self._caught as caught:
            chunks, status, headers = run_wsgi_app(self.app, environ, buffered=True)
        body = b"".join(chunks)
        if hasattr(chunks, "close"):
            chunks.close()
        answer = Answer(asked, int(status.split()[0]), headers, body, caught.take())
        self._inspect(answer, said)
        return answer

    def _inspect(self, answer: Answer, said: str) -> None:
        """What is asked of every answer. ``said`` is all that the request contained: that may come back."""
        may_see = said.partition("?")[0] in self.seeing
        for word in () if may_see else self.forbidden:
            if word not in said.lower() and PHONES[word] not in said and answer.shows(word):
                self.complain(answer, f"shows {word}: {context_of(word, answer)}")
        if self.strangers and not may_see:
            spoken = {each.replace("-", "").lower() for each in UUIDS.findall(answer.text)}
            heard = {each.replace("-", "").lower() for each in UUIDS.findall(said)}
            for id in (spoken & self.strangers) - heard:
                self.complain(answer, f"shows the strange id {id}")
        if answer.status >= 500:
            self.complain(answer, f"answers {answer.status}: {answer.traceback[-600:]}")
        for problem in header_problems(answer):
            self.complain(answer, problem)

    def complain(self, answer: Answer | str, problem: str) -> None:
        """Note that something is wrong with an answer."""
        asked = answer if isinstance(answer, str) else f"{answer.asked} → {answer.status}"
        self.complaints.append(f"{asked}: {problem}")

    def expect_unchanged(self, answer: Answer) -> None:
        """Complain where the database is not as it was, and put it back."""
        changes = [
            each for each in describe(self.watch.base, self.watch.changed()) if not SURVIVES_A_REFUSAL.match(each)
        ]
        if changes:
            self.complain(answer, "changed " + "; ".join(changes[:4])[:600])
        self.watch.restore()

    def verdict(self, *, at_least: int = 0) -> None:
        """Fail with everything that was wrong, or because too little was asked."""
        found = list(dict.fromkeys(self.complaints))
        assert not found, f"{len(found)} of {self.sent} probes:\n" + "\n".join(found[:25])
        assert self.sent >= at_least, f"only {self.sent} probes were sent; the net has a hole"


def know_everybody(patch: pytest.MonkeyPatch) -> None:
    """Let the application ask its database only once who a cookie belongs to and what he may."""
    identify: Any = requests.identify
    known: dict[tuple[str, str], Any] = {}

    def remember(session: Any, request: Any) -> Any:
        shown = request.cookies.get(SESSION_COOKIE, ""), request.headers.get("Authorization", "")
        if shown not in known:
            actor = identify(session, request)
            known[shown] = g.get("me"), actor, session.info.get("addons")
            return actor
        me, actor, addons = known[shown]
        if actor is None:
            return identify(session, request)
        g.me, session.info["addons"] = me, addons
        session.become(actor)
        return actor

    patch.setattr(requests, "identify", remember)


def context_of(word: str, answer: Answer) -> str:
    """Where in an answer a word stands, for the report."""
    at = answer.text.lower().find(word)
    return repr(answer.text[max(0, at - 80) : at + 40]) if at >= 0 else "in its headers or as a telephone number"


HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
POLICY = ("default-src 'self'", "object-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'")
SANDBOXED = "default-src 'none'; sandbox"


def header_problems(answer: Answer) -> Iterator[str]:
    """What is missing in the headers of an answer that came past the static files."""
    for name, value in HEADERS.items():
        if answer.header(name) != value:
            yield f"{name} is {answer.header(name)!r}, not {value}"
    policy = answer.header("Content-Security-Policy")
    if (policy != SANDBOXED and not all(part in policy for part in POLICY)) or "unsafe" in policy:
        yield f"Content-Security-Policy is {policy!r}"
    if "no-store" not in answer.header("Cache-Control"):
        yield f"Cache-Control is {answer.header('Cache-Control')!r}"
    varying = API_VARY if f" {PREFIX}" in answer.asked else VARY
    missing = {each.lower() for each in varying} - {each.strip().lower() for each in answer.header("Vary").split(",")}
    if missing:
        yield f"Vary lacks {sorted(missing)}"
    for cookie in answer.headers.getlist("Set-Cookie"):
        attributes = {part.strip().partition("=")[0].lower() for part in cookie.split(";")[1:]}
        if not {"httponly", "samesite", "path"} <= attributes and "Max-Age=0" not in cookie:
            yield f"a cookie lacks attributes: {cookie}"


def encoded(pairs: Pairs) -> bytes:
    """Names and values as a browser encodes them; bytes go in as they are."""

    def quoted(value: str | bytes) -> str:
        return quote_from_bytes(value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value)

    return "&".join(f"{quoted(name)}={quoted(value)}" for name, value in pairs).encode()


BOUNDARY = b"----isolation"


def multipart(pairs: Pairs, files: Mapping[str, tuple[bytes, str]]) -> tuple[bytes, str]:
    """A form with files: name → (content, file name)."""
    parts = []
    for name, value in pairs:
        raw = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
        parts.append(b'Content-Disposition: form-data; name="%s"\r\n\r\n%s' % (name.encode(), raw))
    for name, (content, file_name) in files.items():
        safe = file_name.encode("utf-8", "surrogatepass").replace(b'"', b"%22").replace(b"\r", b"").replace(b"\n", b"")
        head = b'Content-Disposition: form-data; name="%s"; filename="%s"\r\nContent-Type: text/plain' % (
            name.encode(),
            safe,
        )
        parts.append(head + b"\r\n\r\n" + content)
    body = b"".join(b"--" + BOUNDARY + b"\r\n" + part + b"\r\n" for part in parts) + b"--" + BOUNDARY + b"--\r\n"
    return body, f"multipart/form-data; boundary={BOUNDARY.decode()}"


def _shown(pairs: Iterable[tuple[str, Any]]) -> str:
    return " ".join(f"{name}={str(value)[:40]!r}" for name, value in list(pairs)[:12])


class _Tracebacks(logging.Handler):
    """Keeps what the application logs when it fails, for the report."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, log_record: logging.LogRecord) -> None:
        self.found.append(logging.Formatter().format(log_record))

    def take(self) -> str:
        text = "\n".join(self.found)
        self.found.clear()
        return text

    def __enter__(self) -> _Tracebacks:
        logging.getLogger("core").addHandler(self)
        return self

    def __exit__(self, *error: object) -> None:
        logging.getLogger("core").removeHandler(self)
