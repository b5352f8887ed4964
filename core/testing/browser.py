"""A real browser for tests: pages that fail their test on whatever a user would not see but should not be there.

Every page watches for console errors, uncaught exceptions, violations of the content security policy and requests to
another host. The browser is the system's Chromium; nothing is downloaded.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from werkzeug.serving import BaseWSGIServer, make_server

from core.testing.outcomes import unavailable
from core.testing.programs import CHROMIUM, MissingProgram, provide

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication
    from playwright.sync_api import Browser, ConsoleMessage, Page, Request

DESKTOP = (1440, 900)
PHONE = (390, 844)
"""Viewports in CSS pixels; the phone also has touch. Its three device pixels to one would only cost nine times the drawing."""

CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
)

LOCAL_SCHEMES = {"data", "blob", "about"}

ACCEPTED_MESSAGES = (r"Failed to load resource: .* status of 4(09|22)", r"status of 404 .*/favicon\.ico\)$")
"""A refused form answers 422, or 409 where somebody else saved first, and the page shows why (architecture §5); Chromium logs
every such answer as an error. And it asks for ``/favicon.ico`` by itself, now and then, where a bare page names no icon."""

REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`content security policy: ${event.violatedDirective} refused ${event.blockedURI} ${event.sample}`));
"""

AXE_PATHS = ("node_modules/axe-core/axe.min.js", "core/ui/node_modules/axe-core/axe.min.js")
AXE_RUN = """async ([source, options]) => {
  if (!window.axe) (0, eval)(source);
  return (await window.axe.run(document, options)).violations;
}"""


@dataclass
class Watch:
    """What went wrong on the pages of one test; ``allow`` names by regular expression what it provokes."""

    problems: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=lambda: list(ACCEPTED_MESSAGES))

    def allow(self, pattern: str) -> None:
        self.allowed.append(pattern)

    def over(self, page: Page) -> None:
        page.add_init_script(REPORT_VIOLATIONS)
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self._note(f"uncaught: {error}"))
        page.on("request", self._requested)

    def verdict(self) -> list[str]:
        return [problem for problem in self.problems if not any(re.search(known, problem) for known in self.allowed)]

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._note(f"console: {message.text} ({message.location.get('url', '')})")

    def _requested(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in LOCAL_SCHEMES and address.hostname not in {"127.0.0.1", "localhost"}:
            self._note(f"request leaves the host: {request.url}")

    def _note(self, problem: str) -> None:
        self.problems.append(problem)


@dataclass(frozen=True, slots=True)
class LiveServer:
    """A running application; ``url`` has no slash at its end."""

    url: str


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, headless."""
    from playwright.sync_api import sync_playwright  # a third of a second that runs without a browser need not pay

    try:
        executable = provide(CHROMIUM)
    except MissingProgram as problem:
        unavailable(str(problem))
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=executable, args=list(CHROMIUM_ARGUMENTS))
        yield started
        started.close()


@pytest.fixture
def watch() -> Iterator[Watch]:
    """The record of what went wrong on this test's pages; anything not allowed fails the test at its end."""
    made = Watch()
    yield made
    problems = made.verdict()
    if problems:
        pytest.fail("the browser complained:\n" + "\n".join(f"  {problem}" for problem in problems), pytrace=False)


@pytest.fixture
def serve() -> Iterator[Callable[[WSGIApplication], LiveServer]]:
    """``serve(application)`` runs any WSGI application on a free port of this process until the test ends."""
    running: list[tuple[BaseWSGIServer, threading.Thread]] = []

    def start(application: WSGIApplication) -> LiveServer:
        server = make_server("127.0.0.1", 0, application, threaded=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        running.append((server, thread))
        return LiveServer(f"http://127.0.0.1:{server.server_port}")

    yield start
    for server, thread in running:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def open_page(
    browser: Browser,
    watch: Watch,
    serve: Callable[..., LiveServer],  # so that pages close before their server does
) -> Iterator[Callable[..., Page]]:
    """``open_page(viewport=DESKTOP, base_url=…, **context_options)``: a watched page with cookies of its own."""
    contexts = []

    def open_one(viewport: tuple[int, int] = DESKTOP, **options: Any) -> Page:
        width, height = viewport
        phone = {"is_mobile": True, "has_touch": True, "device_scale_factor": 1} if viewport == PHONE else {}
        locale = {"locale": "vi-VN", "timezone_id": "Asia/Ho_Chi_Minh"}
        context = browser.new_context(viewport={"width": width, "height": height}, **{**phone, **locale, **options})
        context.set_default_timeout(30_000)
        contexts.append(context)
        page = context.new_page()
        watch.over(page)
        return page

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A watched page of desktop size."""
    return open_page(DESKTOP)


@pytest.fixture
def phone_page(open_page: Callable[..., Page]) -> Page:
    """A watched page of phone size, with touch."""
    return open_page(PHONE)


@pytest.fixture
def axe(request: pytest.FixtureRequest) -> Callable[..., None]:
    """``axe(page, **options)`` fails with every accessibility rule that the page breaks, and on which elements."""
    source = _axe_source(request.config.rootpath)

    def check(page: Page, **options: Any) -> None:
        violations = page.evaluate(AXE_RUN, [source, options])
        assert not violations, "accessibility:\n" + "\n".join(_describe(violation) for violation in violations)

    return check


def _axe_source(root: Path) -> str:
    found = next((root / path for path in AXE_PATHS if (root / path).exists()), None)
    if found is None:
        unavailable("axe-core is missing; install it with: python -m core.ui.assets")
    return found.read_text(encoding="utf-8")


def _describe(violation: dict[str, Any]) -> str:
    targets = ", ".join(str(node["target"]) for node in violation["nodes"])
    return f"  {violation['id']} ({violation['impact']}): {violation['help']} at {targets}"
