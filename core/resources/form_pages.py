"""New, edit and inline validation. A refused form loses nothing: not on an error, not on a stale copy, not on a race."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from werkzeug.datastructures import MultiDict
from wtforms import FieldList

from core.access.models import User
from core.clock import now
from core.db.mixins import Stamped
from core.db.session import ActorSession
from core.errors import Conflict, DomainError, Forbidden
from core.i18n import translator
from core.kernel import current_session
from core.resources.columns import near_text
from core.resources.merging import Merged, Pairs, merge, read_opened, sent_by, with_choices, write_opened
from core.web.answers import redirect_to, toast
from core.web.forms import check_fits
from core.web.rendering import render

if TYPE_CHECKING:
    from core.resources.base import Hint, Resource

_ = translator(__name__)

VERSION = "version"
"""The hidden field with the version that the form was opened on."""

ADD_ROW = "add_row"
"""The button that adds a sub-form where there is no JavaScript; its value names the list."""

AGAIN = "again"

OPENED = "opened"
"""The hidden field with what the form was opened with (``core.resources.merging``)."""

TRIES = 3
"""How often a change is merged into what others save at the same moment, before the user is asked to look."""


@dataclass
class FormView:
    """What the form's template shows. ``version`` and ``opened`` are of the record as the form was opened on it; ``merged`` is
    there where somebody else (``who``, ``when``) saved meanwhile.
    """

    resource: Resource[Any]
    session: ActorSession
    form: Any
    record: Any
    version: int | None = None
    opened: str = ""
    merged: Merged | None = None
    who: str = ""
    when: str = ""

    @property
    def is_new(self) -> bool:
        return self.record is None

    @property
    def title(self) -> str:
        if self.is_new:
            return str(_("Add %(name)s", name=str(self.resource.one)))
        return str(_("Edit %(name)s", name=self.resource.title_of(self.record)))

    @property
    def list_url(self) -> str:
        return url_for(self.resource.endpoint("list"))

    @property
    def cancel_url(self) -> str:
        return self.list_url if self.is_new else url_for(self.resource.endpoint("detail"), id=self.record.id)

    @property
    def action(self) -> str:
        if self.is_new:
            return url_for(self.resource.endpoint("new"))
        return url_for(self.resource.endpoint("edit"), id=self.record.id)

    @property
    def problems(self) -> list[str]:
        """What is wrong with the whole."""
        return [str(problem) for problem in self.form.form_errors]

    def groups(self) -> list[tuple[str, list[Any]]]:
        """(title, fields) in the order of the declaration."""
        return self._fields_of(self.resource.form_groups(self.form))

    def custom_groups(self) -> list[tuple[str, list[Any]]]:
        """The same of the custom fields."""
        return self._fields_of(self.resource.custom_groups(self.form))

    def _fields_of(self, named: Sequence[tuple[object, Sequence[str]]]) -> list[tuple[str, list[Any]]]:
        return [(str(title), [self.form[name] for name in names]) for title, names in named]

    def attrs(self, name: str) -> dict[str, str]:
        """Attributes that check the field when it is left."""
        if name not in self.resource.inline:
            return {}
        return {
            "hx-post": url_for(self.resource.endpoint("validate"), id=self.record.id if self.record else None),
            "hx-trigger": "change",
            "hx-target": "closest .field",
            "hx-swap": "outerHTML",
            "hx-include": "closest form",
        }

    def hint(self, name: str) -> Hint | None:
        """Something to know about a field of ``inline``: shown again with a refused form."""
        if name not in self.resource.inline or not self.form[name].data or self.form[name].errors:
            return None
        return self.resource.hint(self.session, self.form, name, self.record.id if self.record else None)


def answer_new(resource: Resource[Any]) -> ResponseReturnValue:
    """An empty form, and on POST a new record."""
    session = current_session()
    form = resource.make_form(session, None)
    view = FormView(resource, session, form, None)
    if request.method == "GET" or _add_row(form):
        if request.method == "GET":
            _fill_in(form)
        return _show(view)
    if not _is_valid(resource, form):
        return _show(view, 422)
    try:
        record = resource.create(session, form)
        session.flush()
    except (DomainError, IntegrityError) as refused:
        return _refuse(view, refused)
    toast(_("Added: %(name)s", name=resource.title_of(record)))
    if AGAIN in request.form:
        return redirect_to(url_for(resource.endpoint("new")))
    return redirect_to(resource.url_after_creation(record.id) or _shown_at(resource, session, record.id))


def _fill_in(form: Any) -> None:
    """What the address says of a new record: ``/new?relationship_id=…``. What does not fit is for the user to correct."""
    for name in request.args:
        if name in form:
            form[name].process(request.args)


def answer_edit(resource: Resource[Any], id: UUID) -> ResponseReturnValue:
    """The form of a record, and on POST its change. What somebody else saved meanwhile is merged in, and asked about where both
    changed the same.
    """
    session = current_session()
    record = resource.find(session, id)
    if not resource.can_edit(session, record):
        abort(403)
    if request.method == "GET":
        form = resource.make_form(session, record)
        opened = write_opened(form) if resource.is_versioned else ""
        return _show(FormView(resource, session, form, record, _version(resource, record), opened))
    opened = request.form.get(OPENED, "")
    chosen = with_choices(request.form, read_opened(opened))
    form = resource.make_form(session, record, sent=True if chosen is None else chosen)
    view = FormView(resource, session, form, record, request.form.get(VERSION, type=int), opened)
    if _add_row(form):
        return _show(view)
    for _try in range(TRIES):
        if not _is_valid(resource, view.form):
            return _show(view, 422)
        try:
            if resource.is_versioned:
                session.expect_version(view.record, -1 if view.version is None else view.version)
            resource.update(session, view.record, view.form)
            session.flush()
            _touch(view)
        except (DomainError, IntegrityError) as refused:
            if not _is_stale(refused):
                return _refuse(view, refused)
            if _merge(view, id).choices:
                break
        else:
            _tell_saved(view)
            return redirect_to(_shown_at(resource, session, id))
    return _show(view, 409)


def _touch(view: FormView) -> None:
    """A change of sub-forms alone is one of the record too: its version moves, so that nobody overwrites it unasked."""
    record: Any = view.record
    can_move = view.resource.is_versioned and issubclass(view.resource.model, Stamped)
    if can_move and record.version == view.version and sent_by(view.form) != read_opened(view.opened):
        record.updated_at = now()
        view.session.flush()


def _is_stale(refused: DomainError | IntegrityError) -> bool:
    return isinstance(refused, Conflict) and any(problem.code == "stale" for problem in refused.problems)


def _merge(view: FormView, id: UUID) -> Merged:
    """Put what stands in the database now and what was typed into one form, on the version of now."""
    session, resource = view.session, view.resource
    session.rollback()
    session.expunge_all()
    view.record = record = resource.find(session, id)
    view.who, view.when = _changed_by(session, record)

    def read(pairs: Pairs) -> Any:
        return resource.make_form(session, record, sent=MultiDict(pairs))

    opened, now_there = read_opened(view.opened), resource.make_form(session, record, sent=False)
    theirs = read(sent_by(now_there))
    taken = view.merged.taken if view.merged else []
    view.merged = merge(None if opened is None else read(opened), theirs, view.form)
    view.merged.taken = [*taken, *view.merged.taken]
    view.version, view.opened = _version(resource, record), write_opened(now_there)
    view.form = read(view.merged.sent)
    return view.merged


def _changed_by(session: ActorSession, record: Any) -> tuple[str, str]:
    """Who saved the record last, and when; empty texts where that is not known."""
    if not isinstance(record, Stamped):
        return "", ""
    name = session.scalar(select(User.name).where(User.id == record.updated_by_id)) if record.updated_by_id else None
    return name or str(_("The system")), near_text(record.updated_at)


def _tell_saved(view: FormView) -> None:
    name, taken = view.resource.title_of(view.record), view.merged.taken if view.merged else []
    if not taken:
        toast(_("Saved: %(name)s", name=name))
        return
    fields = ", ".join(dict.fromkeys(each.label for each in taken))
    who = view.who or _("Somebody else")
    toast(
        _(
            "Saved: %(name)s. What %(who)s changed meanwhile is kept: %(fields)s.",
            name=name,
            who=str(who),
            fields=fields,
        )
    )


def _shown_at(resource: Resource[Any], session: ActorSession, id: UUID) -> str:
    """The record's page; the list where saving put it out of the user's sight (handed to a colleague)."""
    model = resource.model
    seen = session.scalar(select(model.id).where(model.id == id, *resource.restrict(session)))
    return url_for(resource.endpoint("list")) if seen is None else url_for(resource.endpoint("detail"), id=id)


def _show(view: FormView, status: int = 200) -> ResponseReturnValue:
    page = render(view.resource.template_form, view=view, form=view.form, resource=view.resource, record=view.record)
    return page, status


def _version(resource: Resource[Any], record: Any) -> int | None:
    return record.version if resource.is_versioned else None


def _is_valid(resource: Resource[Any], form: Any) -> bool:
    is_valid = form.validate()
    return check_fits(form, resource.model) and is_valid


def _add_row(form: Any) -> bool:
    """Append the sub-form that the button without JavaScript asks for; whether it was pressed."""
    wanted = request.form.get(ADD_ROW)
    if wanted is None:
        return False
    rows = form._fields.get(wanted)
    if isinstance(rows, FieldList) and (not rows.max_entries or len(rows.entries) < rows.max_entries):
        rows.append_entry()
    return True


def _refuse(view: FormView, refused: DomainError | IntegrityError) -> ResponseReturnValue:
    """The form again, with what the service or the database refused; nothing of the attempt stays in the session."""
    session, resource = view.session, view.resource
    if isinstance(refused, Forbidden):
        raise refused
    session.rollback()
    session.expunge_all()
    if view.record is not None:
        id = UUID(str(request.view_args["id"])) if request.view_args else view.record.id
        view.record = resource.find(session, id)
    if isinstance(refused, IntegrityError):
        view.form.form_errors.append(
            _("This was changed by somebody else at the same moment, or is still in use. Check and save again.")
        )
        return _show(view, 409)
    view.form.refuse(refused)
    return _show(view, 409 if isinstance(refused, Conflict) else 422)


def answer_validate(resource: Resource[Any]) -> ResponseReturnValue:
    """One field as it stands, checked: what is wrong with it, or a hint. Nothing is saved.

    htmx names the field by its control (HX-Trigger-Name).
    """
    session = current_session()
    name = request.headers.get("HX-Trigger-Name", "")
    record_id = request.args.get("id", type=UUID)
    record = resource.find(session, record_id) if record_id else None
    form = resource.make_form(session, record)
    if name not in resource.inline or name not in form:
        abort(404)
    form[name].validate(form)
    view = FormView(resource, session, form, record)
    page = render("resource/field.html", view=view, one=form[name])
    session.rollback()
    return page
