"""What machines ask: alive, ready, how busy."""

from __future__ import annotations

import hmac
from ipaddress import ip_address

from flask import Response, abort, jsonify, make_response, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST

from core.kernel import current_kernel
from core.operations.health import check_readiness
from core.operations.metrics import exposition
from core.web import AddonViews

views = AddonViews(__name__)

FORWARDED = ("X-Forwarded-For", "X-Real-IP", "Forwarded")
"""Headers that a proxy adds: then the address seen may be the proxy's, and a stranger asks."""


@views.get("/healthz", public="a supervisor asks whether the process lives; nothing is told", identifies=False)
def healthz() -> ResponseReturnValue:
    """200 as long as the process answers at all. Asks no database: restarting us would not help it."""
    return _plain("ok")


@views.get("/readyz", public="a load balancer asks whether to send visitors here; names no host", identifies=False)
def readyz() -> ResponseReturnValue:
    """200, or 503 with what is wrong, as JSON."""
    found = check_readiness(current_kernel())
    answer = {"ready": found.is_ready, "problems": found.problems, "warnings": found.warnings}
    return jsonify(answer), 200 if found.is_ready else 503


@views.get("/metrics", public="a monitor with the token, or on this machine, reads figures", identifies=False)
def metrics() -> ResponseReturnValue:
    """Figures for Prometheus; to everybody else there is nothing here."""
    if not _may_read_metrics():
        abort(404)
    response = make_response(exposition())
    response.headers["Content-Type"] = CONTENT_TYPE_LATEST
    return response


def _may_read_metrics() -> bool:
    token = current_kernel().config.metrics_token
    if token:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
    return _is_from_this_machine()


def _is_from_this_machine() -> bool:
    try:
        is_loopback = ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
    return is_loopback and not any(name in request.headers for name in FORWARDED)


def _plain(text: str) -> Response:
    return Response(f"{text}\n", mimetype="text/plain")
