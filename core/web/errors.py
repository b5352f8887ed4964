"""What a person gets when something is refused or fails: what happened, what to do, and nothing half-written."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import Any

from flask import Flask, Response, g, make_response, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError, TimeoutError
from werkzeug.exceptions import HTTPException

from core.api.problems import answer_problem
from core.api.requests import is_api
from core.db.failures import Failure, failure_of
from core.errors import DomainError, Problem
from core.i18n import translator
from core.kernel import current_kernel, current_session
from core.operations.request_log import safe_path
from core.web.answers import is_htmx, toast
from core.web.rendering import render

_ = translator(__name__)
log = logging.getLogger(__name__)

UNAVAILABLE = {
    Failure.UNREACHABLE: _(
        "The system is not available just now. Try again in a few seconds; if you were saving, look first whether it is there."
    ),
    Failure.BUSY: _("The system is very busy. Nothing was changed; try again in a few seconds."),
    Failure.FULL: _(
        "The server has no room left, so nothing can be saved. Reading still works. Tell your administrator."
    ),
}

RETRY_AFTER_SECONDS = {Failure.UNREACHABLE: 5, Failure.BUSY: 5, Failure.FULL: 60}


def install(app: Flask) -> None:
    """Register the handlers of ``app``."""
    app.register_error_handler(DomainError, _domain_error)
    app.register_error_handler(IntegrityError, _integrity_error)
    for kind in (DBAPIError, TimeoutError, OSError):
        app.register_error_handler(kind, _failure)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def answer_problems(status: int, problems: list[Problem], *, bare: bool = False) -> Response:
    """The error page with these problems; for htmx they are a toast and nothing is swapped; for a program it is JSON.

    A ``bare`` page has no menu, so it needs no database.
    """
    with suppress(SQLAlchemyError):  # a lost connection cannot be rolled back, and need not be
        current_session().rollback()
    if is_api():
        return answer_problem(status, problems)
    if is_htmx():
        if message := "; ".join(str(problem) for problem in problems) or _reference_of(status):
            toast(message, "error")
        return make_response("", status, {"HX-Reswap": "none"})
    page = _bare(status, problems) if bare else render("error.html", **_context(status, problems))
    return make_response(page, status)


def _domain_error(error: DomainError) -> Response:
    response = answer_problems(error.status, list(error.problems))
    if wait := getattr(error, "wait", None):
        response.headers["Retry-After"] = str(wait)
    return response


def _integrity_error(error: IntegrityError) -> Response:
    """A constraint caught what two users did at the same moment; the form's own check answers better in all other cases."""
    log.info("integrity error: %s", error.orig)
    message = _("This was changed by somebody else at the same moment, or is still in use. Reload and try again.")
    return answer_problems(409, [Problem("conflict", message)])


def _failure(error: Exception) -> Response:
    """A database or disk that cannot just now is 503; what it refuses for another reason is our own fault."""
    failure = failure_of(error)
    if failure is None:
        return _unexpected(error)
    log.error("the database or the disk is %s: %s", failure.value, error)
    response = answer_problems(503, [Problem(failure.value, UNAVAILABLE[failure])], bare=True)
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS[failure])
    return response


def _csrf_error(error: CSRFError) -> Response:
    message = _("This page was open too long or comes from elsewhere. Reload it and try again; your entries are kept.")
    return answer_problems(403, [Problem("csrf", message)])


def _http_error(error: HTTPException) -> Response | HTTPException:
    if error.code is None or error.code < 400:
        return error
    response = answer_problems(error.code, _known_problems(error.code))
    for name, value in error.get_headers():
        if name not in {"Content-Type", "Content-Length"}:
            response.headers[name] = value
    return response


def _known_problems(status: int) -> list[Problem]:
    """What the error page cannot say by itself."""
    if status != 413 or is_api():
        return []
    return [Problem("too_large", _("At most %(n)s MB can be sent at a time.", n=current_kernel().config.max_upload_mb))]


def _unexpected(error: Exception) -> Response:
    log.exception("unexpected error in %s %s", request.method, safe_path(request))
    try:
        return answer_problems(500, [])
    except Exception:
        log.exception("the error page failed too")
        return make_response(_bare(500), 500)


def _bare(status: int, problems: list[Problem] | None = None) -> str:
    return render("error.html", shell=None, **_context(status, problems or []))


def _context(status: int, problems: list[Problem]) -> dict[str, Any]:
    reason = problems[0].code if problems else ""
    reference = g.get("request_id") if status >= 500 else ""
    return {"status": status, "problems": problems, "reason": reason, "reference": reference}


def _reference_of(status: int) -> str:
    """What somebody whose page stays as it is may quote to the support."""
    if status < 500:
        return ""
    return str(_("Something went wrong on our side. Number for the support: %(id)s", id=g.get("request_id")))
