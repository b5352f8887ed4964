"""New, edit and inline validation. A refused form loses nothing: not on an error, not on a stale copy, not on a race."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from wtforms import FieldList

from core.db.session import ActorSession
from core.errors import Conflict, DomainError, Forbidden
from core.i18n import translator
from core.kernel import current_session
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


@dataclass
class FormView:
    """What the form's template shows. ``theirs`` is what somebody else saved meanwhile, by field."""

    resource: Resource[Any]
    session: ActorSession
    form: Any
    record: Any
    is_stale: bool = False
    theirs: dict[str, str] = field(default_factory=dict)
    version: int | None = None

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
    return redirect_to(_shown_at(resource, session, record.id))


def _fill_in(form: Any) -> None:
    """What the address says of a new record: ``/new?relationship_id=…``. What does not fit is for the user to correct."""
    for name in request.args:
        if name in form:
            form[name].process(request.args)


def answer_edit(resource: Resource[Any], id: UUID) -> ResponseReturnValue:
    """The form of a record, and on POST its change."""
    session = current_session()
    record = resource.find(session, id)
    if not resource.can_edit(session, record):
        abort(403)
    view = FormView(resource, session, resource.make_form(session, record), record, version=_version(resource, record))
    if request.method == "GET" or _add_row(view.form):
        if request.method == "POST":
            view.version = request.form.get(VERSION, type=int)
        return _show(view)
    if not _is_valid(resource, view.form):
        view.version = request.form.get(VERSION, type=int)
        return _show(view, 422)
    try:
        if resource.is_versioned:
            session.expect_version(record, request.form.get(VERSION, -1, type=int))
        resource.update(session, record, view.form)
        session.flush()
    except (DomainError, IntegrityError) as refused:
        return _refuse(view, refused)
    toast(_("Saved: %(name)s", name=resource.title_of(record)))
    return redirect_to(_shown_at(resource, session, id))


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
        view.version = request.form.get(VERSION, type=int)
    if isinstance(refused, IntegrityError):
        view.form.form_errors.append(
            _("This was changed by somebody else at the same moment, or is still in use. Check and save again.")
        )
        return _show(view, 409)
    if isinstance(refused, Conflict) and any(problem.code == "stale" for problem in refused.problems):
        _compare(view)
        return _show(view, 409)
    view.form.refuse(refused)
    return _show(view, 409 if isinstance(refused, Conflict) else 422)


def _compare(view: FormView) -> None:
    """Put what stands in the database beside what was typed; saving this form again overwrites knowingly."""
    view.is_stale = True
    view.version = _version(view.resource, view.record)
    theirs = view.resource.make_form(view.session, view.record, sent=False)
    for mine in view.form:
        if mine.name in theirs and theirs[mine.name].data != mine.data:
            view.theirs[mine.name] = _text_of(theirs[mine.name])


def _text_of(one: Any) -> str:
    """A field's value as its control would show it."""
    if hasattr(one, "chosen"):
        return ", ".join(text for _value, text in one.chosen)
    if getattr(one, "ui", "") == "picker":
        return str(one.text)
    if hasattr(one, "iter_choices"):
        return ", ".join(str(choice[1]) for choice in one.iter_choices() if choice[2] and choice[0] != "")
    if isinstance(one.data, bool):
        return str(_("Yes") if one.data else _("No"))
    if isinstance(one, FieldList):
        return str(_.n("1 entry", "%(n)s entries", len(one.entries)))
    return str(one._value()) if hasattr(one, "_value") else ""


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
