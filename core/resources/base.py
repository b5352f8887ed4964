"""The declaration of a resource: one class per model that staff work with. What it says, ``pages.py`` shows.

Everything is replaceable: an attribute for what a page shows, a method for what a verb does, a template for how it looks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, ClassVar, Generic, TypeVar, cast
from uuid import UUID

from flask import current_app
from sqlalchemy import ColumnElement, Select, inspect, select
from werkzeug.datastructures import MultiDict

from core.api.declaration import Api
from core.contributions import providers
from core.db.base import TenantModel
from core.db.field_values import CustomFields
from core.db.mixins import Searchable, SoftDelete, Sortable, Versioned
from core.db.session import ActorSession
from core.errors import NotFound
from core.exchange import pages as exchange_pages
from core.exchange.by_form import store_by_form
from core.exchange.fields import ExchangeField, ImportOptions
from core.i18n import translator
from core.kernel import current_kernel
from core.resources import pages
from core.resources.board import Board
from core.resources.bulk import BulkAction
from core.resources.checking import check_resource
from core.resources.columns import Column, Fact, kind_of
from core.resources.contributions import extended, list_extensions
from core.resources.custom_fields.definitions import definitions_of
from core.resources.custom_fields.tailoring import tailored
from core.resources.filters import Filter
from core.resources.paging import Ordering
from core.resources.paths import Paths, read_path
from core.web.routes import Route

_ = translator(__name__)

M = TypeVar("M", bound=TenantModel)

RESOURCES = "banyan_resources"

Sent = bool | MultiDict[str, str]
"""What a form is filled with (:meth:`Resource.make_form`)."""


@dataclass(frozen=True, slots=True)
class Permissions:
    """Who may do what: ``Permissions("customer")`` means customer.read, customer.create, …

    Each verb can name another permission, or None: then nobody may, and its routes and buttons are not there.
    """

    addon: str
    read: str | None = ""
    create: str | None = ""
    edit: str | None = ""
    delete: str | None = ""
    export: str | None = ""
    import_: str | None = ""

    def __post_init__(self) -> None:
        for verb in ("read", "create", "edit", "delete", "export", "import_"):
            if getattr(self, verb) == "":
                object.__setattr__(self, verb, f"{self.addon}.{verb.rstrip('_')}")

    @classmethod
    def all(cls, permission: str) -> Permissions:
        """One permission for every verb."""
        return cls("", *[permission] * 6)


@dataclass(frozen=True, eq=False)
class Tab:
    """A view of the list with a count, ``?tab=key``. ``where`` gets the actor, or the session if it is named so.

    ``is_new`` makes the count a loud one: something waits for the user.
    """

    key: str
    label: object
    where: Callable[[Any], ColumnElement[bool] | None] | None = None
    is_new: bool = False


@dataclass(frozen=True, eq=False)
class DetailTab:
    """A tab of the detail page, loaded when it is opened.

    ``template`` is rendered with ``record`` and what ``context`` returns; ``count`` selects a number for the tab: those of
    all tabs are read in one statement. Tabs stand in their ``order``, among those of other addons (``[[slots]]``).
    """

    key: str
    label: object
    template: str
    context: Callable[[ActorSession, Any], Mapping[str, Any]] | None = None
    count: Callable[[ActorSession, Any], Select[int]] | None = None
    permission: str | None = None
    order: int = 0


@dataclass(frozen=True, eq=False)
class Action:
    """A link or button of the detail page to the route ``endpoint`` with the record's id; shown to whom the route admits.

    ``post`` sends it, after the question ``confirm`` if there is one; ``dialog`` opens the answer's block ``dialog``.
    ``place`` is "button", or "menu" for the … beside them; ``in_rows`` puts it into the row menu of the list too, where
    ``when`` is not asked.
    """

    label: object
    endpoint: str
    icon: str = ""
    primary: bool = False
    post: bool = False
    dialog: bool = False
    confirm: object = ""
    place: str = "button"
    in_rows: bool = False
    when: Callable[[Any], bool] | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hint:
    """Something to know about what was typed, which forbids nothing: a possible duplicate, with links to what was found."""

    text: object
    links: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Picker:
    """How pickers show a record: its name and, in grey, what tells it apart. Both are paths."""

    label: str = ""
    hint: tuple[str, ...] = ()


class Resource(Generic[M]):
    """What staff see of a model. Derive one class per model in ``resources.py`` and fill the attributes in."""

    model: type[M]
    name: ClassVar[str] = ""
    title: ClassVar[object] = ""
    one: ClassVar[object] = ""
    icon: ClassVar[str] = "list"
    permissions: ClassVar[Permissions]

    columns: ClassVar[tuple[Column, ...]] = ()
    tabs: ClassVar[tuple[Tab, ...]] = ()
    filters: ClassVar[tuple[Filter, ...]] = ()
    default_sort: ClassVar[str] = "-created_at"
    page_sizes: ClassVar[tuple[int, ...]] = (50, 25, 100)
    extra_args: ClassVar[tuple[str, ...]] = ()
    empty_text: ClassVar[object] = ""
    bulk_actions: ClassVar[tuple[BulkAction, ...]] = ()
    board: ClassVar[Board | None] = None
    exchange: ClassVar[tuple[ExchangeField, ...]] = ()
    exchange_key: ClassVar[str] = ""
    import_in_batches: ClassVar[bool] = False
    found_everywhere: ClassVar[bool] = False

    tags: ClassVar[tuple[Fact, ...]] = ()
    contacts: ClassVar[tuple[Fact, ...]] = ()
    facts: ClassVar[tuple[Fact, ...]] = ()
    actions: ClassVar[tuple[Action, ...]] = ()
    detail_tabs: ClassVar[tuple[DetailTab, ...]] = ()
    discussion: ClassVar[bool] = False
    picker: ClassVar[Picker] = Picker()

    api: ClassVar[Api | None] = Api()

    form: ClassVar[type[Any] | None] = None
    inline: ClassVar[tuple[str, ...]] = ()

    template_list: ClassVar[str] = "resource/list.html"
    template_detail: ClassVar[str] = "resource/detail.html"
    template_form: ClassVar[str] = "resource/form.html"
    template_delete: ClassVar[str] = "resource/delete.html"

    def __init__(self, addon: str) -> None:
        self.addon = addon

    # what a verb does

    def create(self, session: ActorSession, form: Any) -> M:
        """Make a record of a valid form. DomainError is shown on the form."""
        record = self.model()
        form.populate_obj(record)
        session.add(record)
        return record

    def update(self, session: ActorSession, record: M, form: Any) -> None:
        """Change the record as a valid form says."""
        form.populate_obj(record)

    def delete(self, session: ActorSession, record: M) -> None:
        """Delete the record; into the recycle bin where the model has one."""
        session.delete(record)

    def restore(self, session: ActorSession, record: M) -> None:
        """Bring a deleted record back. DomainError says what is in the way."""
        session.restore(record)

    def import_context(self, session: ActorSession, rows: Sequence[Mapping[str, Any]], options: ImportOptions) -> Any:
        """What ``import_row`` needs for these rows, loaded in a handful of queries; handed over as ``options.context``."""
        return None

    def import_row(
        self, session: ActorSession, values: Mapping[str, Any], *, existing: M | None, options: ImportOptions
    ) -> M:
        """Store a row of an import: create a record, or update ``existing``. DomainError for what is wrong with it.

        ``values`` has the keys of ``exchange`` without those of blank cells, which change nothing; those of custom fields
        (``x_…``) are among them and need no attention. By default the row goes
        through the form and ``create`` or ``update``. With ``import_in_batches`` up to 500 rows share a savepoint and a
        flush; then this method checks everything before it changes anything, and does not flush.
        """
        return cast(M, store_by_form(self, session, values, existing))

    def restrict(self, session: ActorSession) -> Sequence[ColumnElement[bool]]:
        """Which rows of the model this resource is about, beside what the user may see; all by default."""
        return ()

    def make_form(self, session: ActorSession, record: M | None, *, sent: Sent = True) -> Any:
        """The form of ``record`` (None: a new one), filled with what the request sent (True), with nothing (False), or with
        these parameters.
        """
        assert self.form is not None
        typed = {} if sent is True else {"formdata": None if sent is False else sent}
        return self.form(**typed, obj=record, data=dict(self.form_data(session, record)))

    def form_data(self, session: ActorSession, record: M | None) -> Mapping[str, Any]:
        """What the form starts with beside the record's own attributes: sub-forms, defaults of a new record."""
        return {}

    def form_groups(self, form: Any) -> Sequence[tuple[object, Sequence[str]]]:
        """(title, names of fields): how the form is arranged. One group without a title by default."""
        return [("", [each.name for each in form])]

    def custom_groups(self, form: Any) -> Sequence[tuple[object, Sequence[str]]]:
        """The same of the custom fields, which stand below the others."""
        return []

    def hint(self, session: ActorSession, form: Any, name: str, record_id: UUID | None) -> Hint | None:
        """Something to know about the field ``name`` of ``inline`` as it stands in ``form``; ``record_id`` when editing."""
        return None

    def can_edit(self, session: ActorSession, record: M) -> bool:
        """Whether this record in its state may be edited, beside the permission."""
        return True

    def can_delete(self, session: ActorSession, record: M) -> bool:
        """Whether this record in its state may be deleted, beside the permission."""
        return True

    def title_of(self, record: M) -> str:
        """What the record is called."""
        return str(read_path(record, self.title_path) or "")

    def extra_routes(self) -> list[Route]:
        """Further routes, beside those of the verbs."""
        return []

    # what follows from the declaration

    @property
    def full_name(self) -> str:
        """``customer.customers``: how jobs and pickers refer to it."""
        return f"{self.addon}.{self.name}"

    def endpoint(self, verb: str) -> str:
        """``customer.customers_list``."""
        return f"{self.full_name}_{verb}"

    @property
    def entity(self) -> str:
        """The table, which names the kind of record in audit, discussion and attachments."""
        return str(self.model.__tablename__)

    @property
    def slot(self) -> str:
        """Where other addons put tabs of the detail page: ``customer.tabs`` for the model that gives the addon its name,
        else ``order.quotations_tabs``.
        """
        return f"{self.addon}.tabs" if self.entity == self.addon else f"{self.addon}.{self.name}_tabs"

    @property
    def action_slot(self) -> str:
        """Where other addons put quick actions on a record, each a link to a page of theirs: ``customer.actions``."""
        return f"{self.slot.removesuffix('tabs')}actions"

    @property
    def shown_columns(self) -> tuple[Column, ...]:
        """The columns of a list whose reader chose none."""
        return tuple(column for column in self.all_columns if not column.optional)

    @cached_property
    def all_columns(self) -> tuple[Column, ...]:
        """The columns, each with the kind that follows from its type where it names none."""
        paths = Paths(self.model)
        return tuple(
            column if column.kind or column.expression else replace(column, kind=kind_of(paths.column(column.path)))
            for column in self.columns
        )

    @property
    def title_column(self) -> Column:
        """The column that names the record."""
        return next((column for column in self.columns if column.kind == "title"), self.columns[0])

    @property
    def title_path(self) -> str:
        return self.title_column.path

    @property
    def is_searchable(self) -> bool:
        return issubclass(self.model, Searchable)

    @property
    def is_versioned(self) -> bool:
        return issubclass(self.model, Versioned)

    @property
    def is_soft_deleted(self) -> bool:
        return issubclass(self.model, SoftDelete)

    def sort_attribute(self, column: Column) -> str:
        """The model's attribute by which ``column`` sorts; empty where it does not."""
        if not column.sort:
            return ""
        if isinstance(column.sort, str):
            return column.sort
        model: type[Any] = self.model
        return "sort_name" if issubclass(model, Sortable) and column.path == model.__sort__ else column.path

    def ordering(self, attribute: str) -> Ordering:
        """What a list sorted by the model's ``attribute`` is walked by."""
        model: Any = self.model
        return Ordering(getattr(model, attribute), model.id, bool(inspect(model).columns[attribute].nullable))

    def for_tenant(self, session: ActorSession) -> Resource[M]:
        """This resource as the session's tenant has it: with what enabled addons add, and with his custom fields. Whoever
        serves a resource asks for this one first.
        """
        resource: Resource[M] = extended(self, providers(list_extensions, session=session))
        fields = definitions_of(session, self.entity) if issubclass(self.model, CustomFields) else ()
        return tailored(resource, fields) if fields else resource

    def find(self, session: ActorSession, id: UUID, *options: Any) -> M:
        """The record, or NotFound: absent, deleted, invisible and another tenant's are all the same."""
        query = select(self.model).where(self.model.id == id, *self.restrict(session)).options(*options)
        record = session.scalar(query)
        if record is None:
            raise NotFound.of("not_found", _("This record does not exist, or you may not see it."))
        return record

    def url_after_creation(self, id: UUID) -> str:
        """Where the form of a new record leads once it is saved, by what else it was sent; empty: to the record."""
        return ""

    def moved_to(self, session: ActorSession, id: UUID) -> UUID | None:
        """Where the address of a record that is not found leads: the one that it was merged into."""
        return None

    @classmethod
    def routes(cls, addon: str) -> list[Route]:
        """The routes of this resource in ``addon``; none for a base class without a name. BootError for a wrong declaration."""
        if not cls.name:
            return []
        resource = instance_of(cls, addon)
        check_resource(resource)
        return [*pages.routes(resource), *exchange_pages.routes(resource), *resource.extra_routes()]


_instances: dict[tuple[Any, str], Resource[Any]] = {}


def instance_of(cls: type[Resource[Any]], addon: str) -> Resource[Any]:
    """The one instance of a resource in an addon."""
    return _instances.setdefault((cls, addon), cls(addon))


def all_resources() -> dict[str, Resource[Any]]:
    """The resources of all loaded addons by their full names, in load order."""
    known: dict[str, Resource[Any]] | None = current_app.extensions.get(RESOURCES)
    if known is None:
        declared = current_kernel().registry.subclasses(Resource)
        made = [instance_of(found.obj, found.addon) for found in declared if found.obj.name]
        known = current_app.extensions[RESOURCES] = {resource.full_name: resource for resource in made}
    return known


def find_resource(full_name: str) -> Resource[Any]:
    """The resource called ``addon.name``, as it is declared. KeyError where it is not loaded."""
    return all_resources()[full_name]
