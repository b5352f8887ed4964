"""The discussion panel beside a record, posting, whom to mention, and the files."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote
from uuid import UUID

from flask import Response, abort, request, send_file, url_for
from flask.typing import ResponseReturnValue

from core.attachments.models import Attachment
from core.attachments.services import path_of
from core.db.ids import uuid7
from core.db.session import ActorSession
from core.discussion.queries import SHOWS, read_stream
from core.discussion.services import post_comment
from core.discussion.sight import list_mentionable
from core.discussion.subjects import Subject, can_comment, find_subject
from core.errors import DomainError
from core.i18n import translator
from core.kernel import current_session
from core.resources.links import history_url
from core.web import SIGNED_IN, AddonViews, redirect_to, render
from core.web.answers import is_htmx

_ = translator(__name__)

views = AddonViews(__name__)

MAX_QUERY = 40
"""Characters of a name that count, as in the composer."""

SANDBOX = "default-src 'none'; sandbox"


@views.get("/discussion/<entity>/<uuid:id>", permission=SIGNED_IN)
def discussion_panel(entity: str, id: UUID) -> ResponseReturnValue:
    """The panel; ``?show=all|posts|logs``, ``?before=`` an ISO moment for earlier items."""
    session = current_session()
    return _panel(session, find_subject(session, entity, id))


@views.post("/discussion/<entity>/<uuid:id>", permission=SIGNED_IN)
def discussion_post(entity: str, id: UUID) -> ResponseReturnValue:
    """Post a comment (CUS-034); a refused one comes back with its text."""
    session = current_session()
    subject = find_subject(session, entity, id)
    body = request.form.get("body", "")
    try:
        post_comment(session, subject, body=body, files=request.files.getlist("files"), post_key=_post_key())
    except DomainError as refused:
        session.rollback()
        subject = find_subject(session, entity, id)
        return _panel(session, subject, body=body, error=str(refused)), refused.status
    if is_htmx():
        return _panel(session, subject)
    return redirect_to(url_for(subject.discussed.endpoint, id=id))


@views.get("/discussion/<entity>/<uuid:id>/people", permission=SIGNED_IN)
def discussion_people(entity: str, id: UUID) -> ResponseReturnValue:
    """Whom an @ may mean: active colleagues who see the record, as options for the composer."""
    session = current_session()
    subject = find_subject(session, entity, id)
    people = list_mentionable(session, subject, request.args.get("q", "")[:MAX_QUERY])
    return render("discussion/people.html", people=people)


@views.get("/files/<uuid:id>", permission=SIGNED_IN)
def attachment(id: UUID) -> ResponseReturnValue:
    """An attached file, as a download, for whoever may read its record."""
    session = current_session()
    file = session.need(Attachment, id)
    find_subject(session, file.entity, file.entity_id)
    path = path_of(file)
    if not path.is_file():
        abort(404)
    response: Response = send_file(path, mimetype=file.media_type, conditional=True)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name)}"
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _panel(session: ActorSession, subject: Subject, *, body: str = "", error: str = "") -> str:
    show = request.args.get("show", "all")
    stream = read_stream(session, subject, show=show if show in SHOWS else "all", before=_before())
    return render(
        "discussion/panel.html",
        subject=subject,
        stream=stream,
        show=show,
        is_earlier=_before() is not None,
        can_comment=can_comment(session, subject),
        history=history_url(session, subject.entity, subject.record.id),
        post_key=request.form.get("post_key") if error else uuid7(),
        body=body,
        error=error,
    )


def _post_key() -> UUID:
    try:
        return UUID(request.form.get("post_key", ""))
    except ValueError:
        return uuid7()


def _before() -> datetime | None:
    try:
        moment = datetime.fromisoformat(request.args.get("before", ""))
    except ValueError:
        return None
    return moment if moment.tzinfo else None
