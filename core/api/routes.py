"""The routes of a resource below ``/api/v1``: each verb with the permission that its page has."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Response, abort, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict
from wtforms import SelectField, SelectMultipleField

from core.api.bodies import read_object
from core.api.reading import JsonRows, find_record, plain
from core.api.repeating import once
from core.api.shapes import Shape, object_misfits, python_value, shapes_of
from core.api.writing import store
from core.db.session import STALE, ActorSession
from core.errors import Conflict, DomainError, NotFound, Problem
from core.exchange.by_form import fill_field, form_problems
from core.i18n import translator
from core.kernel import current_session
from core.resources.bulk import SYNC_LIMIT, BulkAction
from core.resources.listing import PAGING, criteria, read_page, read_state
from core.resources.pages import bind
from core.resources.recycle_bin.restoring import bring_back
from core.web.access import Access
from core.web.routes import Route

if TYPE_CHECKING:
    from core.resources.base import Resource

_ = translator(__name__)

BASE = "/api/v1"
LIMIT, MAX_LIMIT = 50, 200
"""Rows of a page where nothing is said, and at most."""

VERSION = "version"
IDS: Shape = {"type": "array", "items": {"type": "string", "format": "uuid"}, "maxItems": SYNC_LIMIT, "minItems": 1}

View = Callable[..., ResponseReturnValue]


class StaleMatch(Conflict):
    """The version in If-Match is not the record's (412)."""

    status = 412


class VersionRequired(DomainError):
    """A change that does not say on which version it was made (428)."""

    status = 428


def routes(resource: Resource[Any]) -> list[Route]:
    """The API routes of ``resource``, with their whole path; none where it is taken out."""
    if not resource.name or resource.api is None:
        return []
    base = f"{BASE}/{resource.addon}/{resource.name}"
    return [
        Route(f"{base}{rule}", f"{resource.name}_api_{verb}", view, (method,), Access.of(permission, None))
        for method, rule, verb, view, permission in _declared(resource)
        if permission
    ]


Declared = tuple[str, str, str, View, "str | tuple[str, ...] | None"]
"""Method, rule, verb, view, and the permission (or several of which one suffices)."""


def _declared(resource: Resource[Any]) -> list[Declared]:
    may = resource.permissions
    reads: list[Declared] = [
        ("GET", "", "list", bind(answer_list, resource), may.read),
        ("GET", "/<uuid:id>", "record", bind(answer_record, resource), may.read),
    ]
    if resource.api is None or resource.api.read_only:
        return reads
    has_form = resource.form is not None
    writes = tuple(dict.fromkeys(filter(None, (may.create, may.edit)))) if has_form else None
    restores = may.delete if resource.is_soft_deleted else None
    return [
        *reads,
        ("GET", "/choices", "choices", bind(answer_choices, resource), writes),
        ("POST", "", "create", bind(answer_create, resource), may.create if has_form else None),
        ("PATCH", "/<uuid:id>", "update", bind(answer_update, resource), may.edit if has_form else None),
        ("DELETE", "/<uuid:id>", "delete", bind(answer_delete, resource), may.delete),
        ("POST", "/<uuid:id>/restore", "restore", bind(answer_restore, resource), restores),
        *(
            (
                "POST",
                f"/bulk/{action.key}",
                f"bulk_{action.key}",
                bind(partial(answer_bulk, action=action), resource),
                action.permission,
            )
            for action in resource.bulk_actions
            if not action.page
        ),
    ]


def answer_json(document: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A document as the API answers it."""
    text = json.dumps(document, ensure_ascii=False, default=str)
    return Response(text, status, headers=dict(headers or {}), content_type="application/json")


# Reading


def answer_list(resource: Resource[Any]) -> Response:
    """A page of the list, by the parameters of the list page. What cannot be read is refused: a filter that is left out
    would give more than was asked for.
    """
    session = current_session()
    args = request.args.copy()
    limit = _read_limit(args)
    state = read_state(resource, args, session)
    problems = [Problem("bad_parameter", notice) for notice in state.notices]
    problems += [Problem("bad_parameter", message, name) for name, message in _unusable(resource, args)]
    if problems:
        raise DomainError(*problems)
    keep = criteria(resource, state, session)
    page = read_page(resource, replace(state, size=limit), session, keep, JsonRows(resource, session))
    return answer_json({
        "items": page.rows,
        "next": _page_url(args, limit, "after", page.after),
        "previous": _page_url(args, limit, "before", page.before),
    })  # fmt: skip


def _read_limit(args: MultiDict[str, str]) -> int:
    text = args.pop("limit", "") or str(LIMIT)
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= MAX_LIMIT):
        raise DomainError.of("bad_parameter", _("Give a number from 1 to %(n)s.", n=MAX_LIMIT), "limit")
    return int(text)


def _unusable(resource: Resource[Any], args: MultiDict[str, str]) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    if "size" in args:
        found.append(("size", _("The API says limit.")))
    if "q" in args and not resource.is_searchable:
        found.append(("q", _("This list cannot be searched.")))
    return found


def _page_url(args: MultiDict[str, str], limit: int, way: str, cursor: str) -> str | None:
    if not cursor:
        return None
    kept = [(name, value) for name, value in args.items(multi=True) if name not in PAGING]
    return f"{request.path}?{urlencode([*kept, ('limit', limit), (way, cursor)])}"


def answer_record(resource: Resource[Any], id: UUID) -> Response:
    """One record."""
    return _answer_found(find_record(resource, current_session(), id))


def _answer_found(found: Mapping[str, Any], status: int = 200, **headers: str) -> Response:
    tag = {"ETag": f'"{found[VERSION]}"'} if VERSION in found else {}
    return answer_json(found, status, {**tag, **headers})


def answer_choices(resource: Resource[Any]) -> Response:
    """What can be chosen in the fields of a new record: value and text, as its form offers them."""
    assert resource.api is not None
    form = resource.make_form(current_session(), None, sent=False)
    offered = {
        resource.api.name_of(field.name): [
            {"value": plain(value), "text": str(text)} for value, text, *_rest in field.iter_choices() if value != ""
        ]
        for field in form
        if isinstance(field, SelectField | SelectMultipleField) and field.name not in resource.api.hidden
    }
    return answer_json({"choices": offered})


# Writing


def answer_create(resource: Resource[Any]) -> Response:
    """A new record."""
    session = current_session()
    body = read_object()

    def create() -> Response:
        record = store(resource, session, body, None)
        return _answer_stored(resource, session, record.id, 201)

    return once(session, body, create)


def answer_update(resource: Resource[Any], id: UUID) -> Response:
    """Change the named fields of a record, of the version that the program has seen."""
    session = current_session()
    body = read_object()
    record = resource.find(session, id)
    if not resource.can_edit(session, record):
        abort(403)
    version = body.pop(VERSION, None) if resource.is_versioned else None
    _expect_version(resource, session, record, version, is_needed=True)
    try:
        store(resource, session, body, record)
    except Conflict as conflict:
        raise _as_precondition(conflict) from None
    return _answer_stored(resource, session, id, 200)


def answer_delete(resource: Resource[Any], id: UUID) -> Response:
    """Delete a record; into the recycle bin where the model has one."""
    session = current_session()
    record = resource.find(session, id)
    if not resource.can_delete(session, record):
        abort(403)
    _expect_version(resource, session, record, None, is_needed=False)
    resource.delete(session, record)
    session.flush()
    return Response(status=204)


def answer_restore(resource: Resource[Any], id: UUID) -> Response:
    """Bring a deleted record back; one that is back already stays as it is. The session is bound anew to see deleted rows."""
    session = current_session()

    def restore() -> Response:
        session.become(session.actor, with_deleted=True)
        record = resource.find(session, id)
        if record.deleted_at is not None:
            bring_back(resource, session, record)
        session.expunge_all()
        session.become(session.actor)
        return _answer_stored(resource, session, id, 200)

    return once(session, {}, restore)


def _answer_stored(resource: Resource[Any], session: ActorSession, id: UUID, status: int) -> Response:
    """The record as it stands now; its id alone where saving put it out of the caller's sight (handed to a colleague)."""
    session.expire_all()
    created = {"Location": f"{BASE}/{resource.addon}/{resource.name}/{id}"} if status == 201 else {}
    try:
        return _answer_found(find_record(resource, session, id), status, **created)
    except NotFound:
        return answer_json({"id": str(id)}, status)


def _expect_version(
    resource: Resource[Any], session: ActorSession, record: Any, version: Any, *, is_needed: bool
) -> None:
    """Refuse a change of another version than the record's: 412 for If-Match, 409 for ``version`` in the body."""
    if not resource.is_versioned:
        return
    match = request.if_match
    if version is not None:
        if type(version) is not int:
            raise DomainError.of("wrong_type", _("Give a whole number."), VERSION)
        session.expect_version(record, version)
    elif is_needed and "If-Match" not in request.headers:
        raise VersionRequired.of(
            "version_required", _("Say which version you change: If-Match, or version in the body.")
        )
    if "If-Match" in request.headers and not match.contains(str(record.version)):
        raise StaleMatch.of("stale", STALE)


def _as_precondition(conflict: Conflict) -> Conflict:
    """A stale record that the flush has found is 412 to whoever sent If-Match."""
    is_stale = any(problem.code == "stale" for problem in conflict.problems)
    return StaleMatch(*conflict.problems) if is_stale and "If-Match" in request.headers else conflict


# Bulk actions


def bulk_shapes(action: BulkAction) -> dict[str, Shape]:
    """What a bulk action is sent: ids, and the fields of its form."""
    return {"ids": IDS, **(shapes_of(action.form) if action.form else {})}


def answer_bulk(resource: Resource[Any], action: BulkAction) -> Response:
    """One action over up to 500 records. Those that it cannot change are skipped, each with the reason."""
    session = current_session()
    body = read_object()
    shapes = bulk_shapes(action)
    problems = list(object_misfits(body, shapes))
    if not body.get("ids"):
        problems.append(Problem("required", _("Name at least one record."), "ids"))
    if problems:
        raise DomainError(*problems)

    def act() -> Response:
        ids = list(dict.fromkeys(UUID(id) for id in body["ids"]))
        result = action.run(session, ids, **_form_data(action, shapes, body))
        session.flush()
        skipped = [{"name": each.name, "reason": each.reason} for each in result.skipped]
        return answer_json({"changed": result.changed, "skipped": skipped})

    return once(session, body, act)


def _form_data(action: BulkAction, shapes: Mapping[str, Shape], body: Mapping[str, Any]) -> dict[str, Any]:
    """The data of the action's form, filled and checked as in its dialog."""
    if action.form is None:
        return {}
    sent: MultiDict[str, str] = MultiDict()
    for name, value in body.items():
        if name != "ids":
            fill_field(sent, name, python_value(value, shapes[name]))
    form = action.form(formdata=sent)
    if not form.validate():
        raise DomainError(*form_problems(form))
    data: dict[str, Any] = form.data
    return data
