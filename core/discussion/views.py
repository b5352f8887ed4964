"""The discussion panel beside a record, posting, whom to mention, and the files."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from flask import Response, abort, request, send_file, url_for
from flask.typing import ResponseReturnValue

from core.attachments.models import Attachment
from core.attachments.services import path_of
from core.clock import now
from core.db.ids import uuid7
from core.db.session import ActorSession
from core.discussion.places import read_place
from core.discussion.queries import SHOWS, read_stream
from core.discussion.reading import count_unread, mark_read
from core.discussion.services import edit_comment, post_comment, remove_comment, set_like
from core.discussion.sight import list_mentionable
from core.discussion.subjects import Subject, can_comment, find_comment, find_subject
from core.errors import DomainError
from core.i18n import translator
from core.kernel import current_kernel, current_session
from core.resources.base import all_resources
from core.resources.links import history_url, quick_actions
from core.web import SIGNED_IN, AddonViews, redirect_to, render
from core.web.answers import is_htmx

_ = translator(__name__)

views = AddonViews(__name__)

MAX_QUERY = 40
"""Characters of a name that count, as in the composer."""

SANDBOX = "default-src 'none'; sandbox"


@views.get("/discussion/<entity>/<uuid:id>", permission=SIGNED_IN)
def discussion_panel(entity: str, id: UUID) -> ResponseReturnValue:
    """The panel; ``?show=all|posts|logs``, ``?before=`` an ISO moment for earlier items, ``?edit=`` a comment to change."""
    session = current_session()
    return _panel(session, find_subject(session, entity, id))


@views.post("/discussion/<entity>/<uuid:id>", permission=SIGNED_IN)
def discussion_post(entity: str, id: UUID) -> ResponseReturnValue:
    """Post a comment (CUS-034); a refused one comes back with its text."""
    session = current_session()
    subject = find_subject(session, entity, id)
    body, files = request.form.get("body", ""), request.files.getlist("files")
    try:
        place = read_place(request.form)
        post_comment(session, subject, body=body, files=files, post_key=_post_key(), place=place)
    except DomainError as refused:
        session.rollback()
        subject = find_subject(session, entity, id)
        return _panel(session, subject, body=body, error=str(refused)), refused.status
    return _answer(session, subject)


@views.post("/discussion/<entity>/<uuid:id>/read", permission=SIGNED_IN)
def discussion_read(entity: str, id: UUID) -> ResponseReturnValue:
    """What an open panel says by itself: its comments up to the moment ``until`` have been seen (CUS-056)."""
    session = current_session()
    subject = find_subject(session, entity, id)
    until = _moment(request.form.get("until", ""))
    if until is not None:
        mark_read(session, subject.discussed.model, id, min(until, now()))
    return "" if is_htmx() else redirect_to(url_for(subject.discussed.endpoint, id=id))


@views.post("/comments/<uuid:id>", permission=SIGNED_IN)
def comment_edit(id: UUID) -> ResponseReturnValue:
    """Change one's comment (CUS-023); what was typed stays to be copied when it is refused."""
    session = current_session()
    comment, subject = find_comment(session, id)
    body = request.form.get("body", "")
    try:
        edit_comment(session, subject, comment, body=body)
    except DomainError as refused:
        session.rollback()
        _comment, subject = find_comment(session, id)
        return _panel(session, subject, editing=id, edited=body, edit_error=str(refused)), refused.status
    return _answer(session, subject)


@views.post("/comments/<uuid:id>/remove", permission=SIGNED_IN)
def comment_remove(id: UUID) -> ResponseReturnValue:
    """Delete one's comment (CUS-024)."""
    session = current_session()
    comment, subject = find_comment(session, id)
    remove_comment(session, comment)
    return _answer(session, subject)


@views.post("/comments/<uuid:id>/like", permission=SIGNED_IN)
def comment_like(id: UUID) -> ResponseReturnValue:
    """Like a comment, or with ``likes=0`` no more (CUS-022): a double click is no change of mind."""
    session = current_session()
    comment, subject = find_comment(session, id)
    set_like(session, comment, likes=request.form.get("likes") != "0")
    return _answer(session, subject)


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


def _answer(session: ActorSession, subject: Subject) -> ResponseReturnValue:
    """What follows a change: the panel as it is now, or without JavaScript the record."""
    if is_htmx():
        return _panel(session, subject)
    return redirect_to(url_for(subject.discussed.endpoint, id=subject.record.id))


def _panel(
    session: ActorSession,
    subject: Subject,
    *,
    body: str = "",
    error: str = "",
    editing: UUID | None = None,
    edited: str = "",
    edit_error: str = "",
) -> str:
    show = request.args.get("show", "all")
    stream = read_stream(session, subject, show=show if show in SHOWS else "all", before=_before())
    return render(
        "discussion/panel.html",
        subject=subject,
        stream=stream,
        unread=count_unread(session, subject.discussed.model, subject.record.id),
        show=show,
        is_earlier=_before() is not None,
        state={name: value for name in ("show", "before") if (value := request.args.get(name))},
        can_comment=can_comment(session, subject),
        quick=_quick(session, subject),
        history=history_url(session, subject.entity, subject.record.id),
        max_mb=current_kernel().config.max_upload_mb,
        post_key=request.form.get("post_key") if error else uuid7(),
        body=body,
        error=error,
        editing=editing or request.args.get("edit", type=UUID),
        edited=edited,
        edit_error=edit_error,
    )


def _quick(session: ActorSession, subject: Subject) -> list[dict[str, Any]]:
    """The quick actions of the record's page, as links beside the composer (CUS-026)."""
    page = (each for each in all_resources().values() if each.endpoint("detail") == subject.discussed.endpoint)
    found = next(page, None)
    return [item for item in quick_actions(found, session, subject.record) if "url" in item] if found else []


def _post_key() -> UUID:
    try:
        return UUID(request.form.get("post_key", ""))
    except ValueError:
        return uuid7()


def _before() -> datetime | None:
    return _moment(request.args.get("before", ""))


def _moment(text: str) -> datetime | None:
    """An ISO moment that names its zone."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
