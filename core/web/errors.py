"""What a person gets when something is refused or fails: what happened, what to do, and nothing half-written."""

from __future__ import annotations

import logging

import psycopg
from flask import Flask, Response, g, make_response, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError, TimeoutError
from werkzeug.exceptions import HTTPException

from core.errors import DomainError, Problem
from core.i18n import translator
from core.kernel import current_kernel, current_session
from core.web.answers import is_htmx, toast
from core.web.rendering import render

_ = translator(__name__)
log = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = 5


def install(app: Flask) -> None:
    """Register the handlers of ``app``."""
    app.register_error_handler(DomainError, _domain_error)
    app.register_error_handler(IntegrityError, _integrity_error)
    app.register_error_handler(OperationalError, _operational_error)
    app.register_error_handler(TimeoutError, _database_unavailable)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)


def answer_problems(status: int, problems: list[Problem]) -> Response:
    """The error page with these problems; for htmx the first as a toast and nothing swapped."""
    current_session().rollback()
    if is_htmx():
        toast("; ".join(str(problem) for problem in problems), "error")
        return make_response("", status, {"HX-Reswap": "none"})
    reason = problems[0].code if problems else ""
    reference = g.get("request_id") if status >= 500 else ""
    page = render("error.html", status=status, problems=problems, reason=reason, reference=reference)
    return make_response(page, status)


def _domain_error(error: DomainError) -> Response:
    return answer_problems(error.status, list(error.problems))


def _integrity_error(error: IntegrityError) -> Response:
    """A constraint caught what two users did at the same moment; the form's own check answers better in all other cases."""
    log.info("integrity error in %s: %s", g.get("request_id"), error.orig)
    message = _("This was changed by somebody else at the same moment, or is still in use. Reload and try again.")
    return answer_problems(409, [Problem("conflict", message)])


def _operational_error(error: OperationalError) -> Response:
    """A lost or busy database is 503; what the database refuses for another reason is our own fault."""
    is_busy = any(word in str(error.orig) for word in ("database is locked", "database table is locked"))
    if error.connection_invalidated or is_busy or isinstance(error.orig, psycopg.OperationalError):
        return _database_unavailable(error)
    return _unexpected(error)


def _database_unavailable(error: SQLAlchemyError) -> Response:
    log.error("database unavailable in %s: %s", g.get("request_id"), error)
    response = make_response(_bare(503), 503)
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
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
    if status != 413:
        return []
    return [Problem("too_large", _("At most %(n)s MB can be sent at a time.", n=current_kernel().config.max_upload_mb))]


def _unexpected(error: Exception) -> Response:
    log.exception("unexpected error in %s %s %s", g.get("request_id"), request.method, request.path)
    try:
        return answer_problems(500, [])
    except Exception:
        log.exception("the error page failed too")
        return make_response(_bare(500), 500)


def _bare(status: int) -> str:
    """The page without menu, which needs no database."""
    return render("error.html", status=status, shell=None, reference=g.get("request_id"))
