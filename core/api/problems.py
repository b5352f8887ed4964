"""What a program gets when something is refused or fails: RFC 9457, with codes that stay."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response, g
from werkzeug.http import HTTP_STATUS_CODES

from core.errors import Problem
from core.i18n import translator

_ = translator(__name__)

PROBLEM_JSON = "application/problem+json"

# What a status says by itself, where nothing more is known.
KNOWN = {
    400: Problem("bad_request", _("The request cannot be read.")),
    403: Problem("forbidden", _("You lack the right to do this. Ask an administrator.")),
    404: Problem("not_found", _("This record does not exist, or you may not see it.")),
    405: Problem("method_not_allowed", _("This address does not take this method.")),
    413: Problem("too_large", _("The request is too large.")),
    500: Problem("internal_error", _("Something failed on our side. Nothing was changed.")),
    503: Problem("unavailable", _("The database does not answer. Try again in a moment.")),
}
UNNAMED = Problem("error", _("The request failed."))
INVALID = "invalid"
"""The code of the whole where only fields are wrong; each has a code of its own."""


def answer_problem(status: int, problems: Sequence[Problem], headers: Mapping[str, str] | None = None) -> Response:
    """The problem document of a refusal, in the language of the request."""
    whole = [problem for problem in problems if problem.field is None]
    told = whole or list(problems) or [KNOWN.get(status, UNNAMED)]
    document: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTP_STATUS_CODES.get(status, "Unknown"),
        "status": status,
        "code": INVALID if problems and not whole else told[0].code,
        "detail": " ".join(str(problem) for problem in told),
        "request_id": g.get("request_id", ""),
    }
    fields = [problem for problem in problems if problem.field is not None]
    if fields:
        document["errors"] = [{"field": each.field, "code": each.code, "message": str(each)} for each in fields]
    response = Response(json.dumps(document, ensure_ascii=False), status, content_type=PROBLEM_JSON)
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    response.headers.extend(headers or {})
    return response
