"""The routes of saved views and columns: forms in the list's dialog that are pages without JavaScript."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue

from core.db.session import ActorSession
from core.errors import DomainError, Forbidden
from core.i18n import translator
from core.kernel import current_session
from core.resources.chosen_columns import MAX_COLUMNS, chosen_keys, columns_of
from core.resources.columns import Column
from core.resources.filters import Args
from core.resources.links import with_args
from core.resources.listing import VIEW, ListState, read_state
from core.resources.saved_views import services
from core.resources.saved_views.forms import ViewForm
from core.resources.saved_views.models import SavedView
from core.resources.saved_views.queries import SHARE_VIEWS, groups_with, personal_list
from core.web.answers import redirect_to, toast
from core.web.rendering import render

if TYPE_CHECKING:
    from core.resources.base import Resource

_ = translator(__name__)

ACTION = "action"


def answer_views(resource: Resource[Any]) -> ResponseReturnValue:
    """The form of a new view of what the list shows; POST makes it, or with ``action=plain`` opens the list without one."""
    session = current_session()
    if request.form.get(ACTION) == "plain":
        services.begin_with(session, resource=resource.full_name, view_id=None)
        toast(_("This list now opens without a view."))
        return redirect_to(url_for(resource.endpoint("list")))
    state = _readable_state(resource, session)
    asked = Asked(resource, _form(session), _("Save as a view"), "views", state.args())
    if request.method == "GET":
        return asked.show()
    columns = _columns(resource, session, state)
    return asked.answer(
        lambda said: services.create_view(
            session, resource=resource.full_name, args=state.own_args(), columns=columns, **said
        )
    )


def answer_view(resource: Resource[Any], id: UUID) -> ResponseReturnValue:
    """The form of a view: its name and who gets it. POST changes that, or does what ``action`` says."""
    session = current_session()
    line = personal_list(session, resource.full_name).view(str(id))
    if request.form.get(ACTION) == "begin":
        services.begin_with(session, resource=resource.full_name, view_id=id)
        toast(_("This list now opens with “%(name)s”.", name=line.name))
        return redirect_to(url_for(resource.endpoint("list"), view=id))
    if not line.may_change:
        abort(403)
    view = session.need(SavedView, id)
    match request.form.get(ACTION):
        case "save":
            return _save(resource, session, view)
        case "delete":
            services.delete_view(session, view)
            toast(_("View deleted: %(name)s", name=line.name))
            return redirect_to(with_args(url_for(resource.endpoint("list")), [("q", "")]))
    asked = Asked(resource, _form(session, view), _("View “%(name)s”", name=line.name), "view", [(VIEW, str(id))], id)
    if request.method == "GET":
        return asked.show()

    def describe(said: Mapping[str, Any]) -> SavedView:
        services.describe_view(session, view, **said)
        return view

    return asked.answer(describe)


def _save(resource: Resource[Any], session: ActorSession, view: SavedView) -> ResponseReturnValue:
    """Make the view what its list shows now."""
    state = _readable_state(resource, session)
    columns = _columns(resource, session, state)
    services.save_view(session, view, args=state.own_args(), columns=columns)
    services.choose_columns(session, resource=resource.full_name, view_id=view.id, columns=None)
    toast(_("View saved: %(name)s", name=view.name))
    return redirect_to(url_for(resource.endpoint("list"), view=view.id))


@dataclass(frozen=True)
class Asked:
    """The form of a view, new or not, as a page or in the dialog. ``args``: the list behind it."""

    resource: Resource[Any]
    form: Any
    title: object
    verb: str
    args: Args
    id: UUID | None = None

    @property
    def url(self) -> str:
        if self.id is not None:
            return url_for(self.resource.endpoint(self.verb), id=self.id)
        return with_args(url_for(self.resource.endpoint(self.verb)), self.args)

    @property
    def list_url(self) -> str:
        return with_args(url_for(self.resource.endpoint("list")), self.args)

    def show(self, status: int = 200) -> ResponseReturnValue:
        return render("resource/view_form.html", resource=self.resource, asked=self, form=self.form), status

    def answer(self, keep: Callable[[Mapping[str, Any]], SavedView]) -> ResponseReturnValue:
        """Do it with what the form says and open the view, or show what is wrong."""
        if not self.form.validate():
            return self.show(422)
        said = {each.name: each.data for each in self.form if each.name in ViewForm.said}
        try:
            view = keep(said)
        except Forbidden:
            raise
        except DomainError as refused:
            self.form.refuse(refused)
            return self.show(422)
        toast(_("View saved: %(name)s", name=view.name))
        return redirect_to(url_for(self.resource.endpoint("list"), view=view.id))


@dataclass(frozen=True)
class ColumnsView:
    """What the column picker shows: all columns in order, those of ``ticked`` shown."""

    resource: Resource[Any]
    columns: Sequence[Column]
    ticked: frozenset[str]
    url: str
    back: str

    @property
    def fixed(self) -> str:
        """The column that names the record: always shown, and first."""
        return self.resource.title_column.path


def answer_columns(resource: Resource[Any]) -> ResponseReturnValue:
    """The column picker. Up and down move a column in the form; nothing is kept before it is saved."""
    session = current_session()
    state = read_state(resource, request.args, session)
    back = with_args(url_for(resource.endpoint("list")), state.args() or [("q", "")])
    url = with_args(url_for(resource.endpoint("columns")), state.args())
    view_id = state.view.id if state.view else None
    if request.method == "GET":
        shown = columns_of(resource, chosen_keys(personal_list(session, resource.full_name), state.view))
        return _pick(resource, [each.path for each in shown], {each.path for each in shown}, url, back)
    if "reset" in request.form:
        services.choose_columns(session, resource=resource.full_name, view_id=view_id, columns=None)
        return redirect_to(back)
    order, ticked = _moved(request.form.getlist("order")), set(request.form.getlist("show"))
    if "save" not in request.form:
        return _pick(resource, order, ticked, url, back)
    known = {each.path for each in resource.all_columns}
    keys = [
        key for key in dict.fromkeys(order) if key in known and (key in ticked or key == resource.title_column.path)
    ]
    if len(keys) > MAX_COLUMNS:
        raise DomainError.of("too_many", _("A list shows at most %(n)s columns.", n=MAX_COLUMNS))
    services.choose_columns(session, resource=resource.full_name, view_id=view_id, columns=keys)
    return redirect_to(back)


def _moved(order: list[str]) -> list[str]:
    """``order`` with one column moved up or down, if a button asks for it."""
    for button, step in (("up", -1), ("down", 1)):
        key = request.form.get(button)
        if key in order:
            at = order.index(key)
            to = min(max(at + step, 1), len(order) - 1)
            order.insert(to, order.pop(at))
    return order


def _pick(resource: Resource[Any], order: list[str], ticked: set[str], url: str, back: str) -> ResponseReturnValue:
    known = {each.path: each for each in resource.all_columns}
    title = resource.title_column.path
    listed = dict.fromkeys([title, *(key for key in order if key in known), *known])
    view = ColumnsView(resource, [known[key] for key in listed], frozenset({*ticked, title}), url, back)
    return render("resource/columns.html", resource=resource, view=view)


def _readable_state(resource: Resource[Any], session: ActorSession) -> ListState:
    """The list's state. DomainError where a part of it means nothing: the view would keep something else."""
    state = read_state(resource, request.args, session)
    if state.notices and not (state.view and not state.is_changed):
        raise DomainError.of("bad_filter", state.notices[0])
    return replace(state, cursor=None)


def _columns(resource: Resource[Any], session: ActorSession, state: ListState) -> list[str]:
    """The keys of the columns that the list shows; none where nobody chose them."""
    keys = chosen_keys(personal_list(session, resource.full_name), state.view)
    return [column.path for column in columns_of(resource, keys)] if keys else []


def _form(session: ActorSession, view: SavedView | None = None) -> ViewForm:
    data = {"group_ids": groups_with(session, view) if view is not None else []}
    form = ViewForm(obj=view, data=data)
    if not session.actor.can(SHARE_VIEWS):
        del form.group_ids
        if view is None or not view.is_shared:
            del form.is_shared
    return form
