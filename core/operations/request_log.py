"""Each answer is told once: a line in the log, and a figure in the metrics."""

from __future__ import annotations

import logging
import re
import time
from uuid import UUID

from flask import Flask, Request, Response, g, request

from core import logs
from core.db.engines import statements
from core.operations.metrics import note_request

log = logging.getLogger("banyan.request")

QUIET = frozenset({"static", "core.healthz", "core.readyz", "core.metrics"})
"""Endpoints whose answers are logged at DEBUG unless they are errors: they would drown the rest."""

LONGEST_PATH = 200
ARGUMENT = re.compile(r"<(?:[^<>]*:)?(\w+)>")
"""A part of a rule that the visitor chooses: ``<uuid:id>``, ``<token>``."""


def install(app: Flask) -> None:
    """Watch every request of ``app``. Installed before all else, so that it begins first and sees the finished answer."""
    app.before_request(_begin)
    app.after_request(_tell)


def _begin() -> None:
    g.started = time.perf_counter()
    g.statements = [0]
    statements.set(g.statements)


def _tell(response: Response) -> Response:
    """Told at once, or when the last byte of a streamed answer has gone."""
    started, counted, path = g.get("started"), g.get("statements", [0]), safe_path(request)
    endpoint, method, status = request.endpoint, request.method, response.status_code
    bound = logs.fields()
    level = logging.DEBUG if endpoint in QUIET and status < 400 else logging.INFO

    def tell() -> None:
        seconds = time.perf_counter() - started if started else 0.0
        fields = {
            "method": method,
            "path": path,
            "status": status,
            "ms": round(seconds * 1000, 1),
            "statements": counted[0],
        }
        log.log(level, "%s %s %s", method, path, status, extra={"fields": {**bound, **fields}})
        note_request(endpoint, method, status, seconds, counted[0])

    if response.is_streamed and not response.direct_passthrough:
        response.call_on_close(tell)
    else:
        tell()
    return response


def safe_path(request: Request) -> str:
    """The path without its query. A part that is a word may be a token (an invitation, a reset): its name stands there."""
    rule = request.url_rule
    if rule is None or request.endpoint == "static":
        return request.path[:LONGEST_PATH]
    values = request.view_args or {}
    return ARGUMENT.sub(lambda part: _harmless(part[1], values.get(part[1])), rule.rule)


def _harmless(name: str, value: object) -> str:
    return str(value) if isinstance(value, UUID | int | float) else f"<{name}>"
