"""What the audit trail calls tables, fields and actions: from resources, discussions and ``Recorded`` declarations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import current_app
from sqlalchemy import inspect

from core.audit.recorded import Recorded
from core.db.base import Model, TenantModel
from core.db.mixins import Audited
from core.db.session import ActorSession
from core.discussion.subjects import Discussed
from core.i18n import LazyString, in_domain, translator
from core.kernel import current_kernel
from core.resources.base import Resource, all_resources
from core.resources.columns import Shown, kind_of
from core.tenancy.addons import enabled_addons

_ = translator(__name__)

EXTENSION = "banyan_audit_kinds"

TITLES = ("name", "title", "code", "key")
"""Attributes that name a record which no resource shows."""

ACTIONS: dict[str, object] = {
    "create": _("New record"),
    "update": _("Changed"),
    "delete": _("Deleted"),
    "restore": _("Restored"),
    "purge": _("Deleted for good"),
    "import": _("Imported"),
    "export": _("Exported"),
}
TONES = {
    "create": "green",
    "import": "green",
    "restore": "teal",
    "update": "blue",
    "delete": "red",
    "purge": "red",
    "export": "amber",
}
"""Of the tag that shows an action; the others are grey."""

COMMON: dict[str, object] = {
    "rows": _("Rows"),
    "columns": _("Columns"),
    "ticked": _("Ticked rows"),
    "filter": _("Filter"),
}
"""Fields that entries of any kind may have: what an export tells of itself."""


@dataclass(frozen=True, eq=False)
class Kind:
    """A kind of record, as people speak of it. ``fields`` by column or by the name given to ``record``."""

    entity: str
    addon: str
    one: object
    icon: str = "list"
    model: type[TenantModel] | None = None
    resource: Resource[Any] | None = None
    endpoint: str = ""
    fields: Mapping[str, Shown] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)

    @property
    def title_path(self) -> str:
        """The path to a record's name; empty where it has none."""
        if self.resource is not None:
            return self.resource.title_path
        columns = inspect(self.model).columns if self.model is not None else ()
        return next((name for name in TITLES if name in columns), "")

    def shown(self, name: str) -> Shown:
        """How the field ``name`` reads; keys of settings and permissions read as those do."""
        return self.fields.get(name) or _declared(name) or Shown(name, name.replace("_", " ").capitalize())


class Words(Mapping[Any, object]):
    """A mapping that is made when it is read: class bodies are run before the registry stands."""

    def __init__(self, make: Callable[[], Mapping[Any, object]]) -> None:
        self._make = make

    def __getitem__(self, key: Any) -> object:
        return self._make()[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._make())

    def __len__(self) -> int:
        return len(self._make())

    def __bool__(self) -> bool:
        return True  # without making it: the kinds themselves are made of declarations that hold such a mapping


def all_kinds() -> Mapping[str, Kind]:
    """The kinds of all loaded addons by their tables, in load order."""
    known: Mapping[str, Kind] | None = current_app.extensions.get(EXTENSION)
    if known is None:
        known = current_app.extensions[EXTENSION] = {kind.entity: kind for kind in _make_kinds()}
    return known


def find_kind(entity: str) -> Kind:
    """The kind of the table ``entity``; a bare one for a table that nothing loaded knows."""
    return all_kinds().get(entity) or Kind(entity, "", entity.replace("_", " "))


def list_kinds(session: ActorSession) -> list[tuple[str, str]]:
    """(table, name) of the kinds that the tenant's addons have, by name."""
    enabled = enabled_addons(session)
    named = [(kind.entity, _capital(kind.one)) for kind in all_kinds().values() if kind.addon in enabled]
    return sorted(named, key=lambda pair: pair[1].casefold())


def all_actions() -> dict[str, object]:
    """What actions are called, by their names."""
    words = dict(ACTIONS)
    for found in current_kernel().registry.instances(Recorded):
        words |= found.obj.actions
    return words


ACTION_WORDS = Words(all_actions)
KIND_WORDS = Words(lambda: {kind.entity: _capital(kind.one) for kind in all_kinds().values()})


def _capital(one: object) -> str:
    text = str(one)
    return text[:1].upper() + text[1:]


def _make_kinds() -> Iterator[Kind]:
    registry = current_kernel().registry
    resources: dict[str, Resource[Any]] = {}
    for resource in all_resources().values():
        resources.setdefault(resource.entity, resource)
    discussed = {str(found.obj.model.__tablename__): found.obj for found in registry.instances(Discussed)}
    recorded = {found.obj.entity: found for found in registry.instances(Recorded)}
    models = _models()
    audited = [name for name, model in models.items() if issubclass(model, Audited)]
    for entity in dict.fromkeys([*resources, *audited, *recorded]):
        model, said = models.get(entity), recorded.get(entity)
        addon = registry.addon_of(model.__module__) if model is not None else said.addon if said else None
        if addon is not None:
            yield _kind(entity, addon, model, resources.get(entity), discussed.get(entity), said.obj if said else None)


def _models() -> dict[str, type[TenantModel]]:
    classes = (mapper.class_ for mapper in Model.registry.mappers)
    return {each.__tablename__: each for each in classes if issubclass(each, TenantModel)}


def _kind(
    entity: str,
    addon: str,
    model: type[TenantModel] | None,
    resource: Resource[Any] | None,
    discussed: Discussed | None,
    said: Recorded | None,
) -> Kind:
    said = said or Recorded(entity)
    labels: dict[str, object] = {**COMMON, **_labels_of(resource)}
    labels |= {**(discussed.labels if discussed else {}), **said.labels}
    columns: Mapping[str, Any] = dict(inspect(model).columns) if model is not None else {}
    links = {key: column.info["link"] for key, column in columns.items() if "link" in column.info}
    values = {**_values_of(resource), **said.values}
    own_page = resource.endpoint("detail") if resource is not None and resource.permissions.read else ""
    return Kind(
        entity,
        addon,
        said.one or (resource.one if resource else entity.replace("_", " ")),
        resource.icon if resource else "list",
        model,
        resource,
        said.endpoint or (discussed.endpoint if discussed else own_page),
        {
            name: Shown(name, label, kind_of(columns[name]) if name in columns else "", labels=values.get(name, {}))
            for name, label in labels.items()
        },
        {**links, **said.links},
    )


def _labels_of(resource: Resource[Any] | None) -> dict[str, object]:
    """What the resource calls its fields: in the form, in workbooks, in the list, on the page, the later one counts."""
    if resource is None:
        return {}
    named: dict[str, object] = {
        name: each.args[0]
        for name, each in _form_fields(resource)
        if each.args and isinstance(each.args[0], str | LazyString)
    }
    named |= {_field_at(resource.model, each.export_path): each.label for each in resource.exchange}
    shown = (*resource.contacts, *resource.tags, *resource.columns, *resource.facts)
    return named | {_field_at(resource.model, each.path): each.label for each in shown if each.label}


def _values_of(resource: Resource[Any] | None) -> dict[str, Mapping[Any, object]]:
    """What the resource calls the values of its fields, where they are codes."""
    if resource is None:
        return {}
    named: dict[str, Mapping[Any, object]] = {
        name: dict(choices)
        for name, each in _form_fields(resource)
        if isinstance(choices := each.kwargs.get("choices"), list | tuple) and all(len(pair) == 2 for pair in choices)
    }
    named |= {each.key: each.choices for each in resource.exchange if each.choices}
    shown = (*resource.contacts, *resource.tags, *resource.columns, *resource.facts)
    named |= {each.path: each.labels for each in shown if each.labels}
    filters = {name: each.label for each in resource.filters for name in each.names}
    return {
        **named,
        "columns": {each.key: each.label for each in resource.exchange},
        "filter": {"q": _("Search"), "tab": _("View"), "sort": _("Order"), **filters},
    }


def _form_fields(resource: Resource[Any]) -> Iterator[tuple[str, Any]]:
    """The unbound fields of the resource's form."""
    for name in dir(resource.form) if resource.form is not None else ():
        if hasattr(found := getattr(resource.form, name), "field_class"):
            yield name, found


def _field_at(model: type[TenantModel], path: str) -> str:
    """The column that a path reads: that of the link where it begins with one (``owner.name`` → ``owner_id``)."""
    first, dot, _rest = path.partition(".")
    relationships = inspect(model).relationships
    if not dot or first not in relationships:
        return path
    linking = [str(column.key) for column in relationships[first].local_columns if "link" in column.info]
    return linking[0] if linking else path


def _declared(name: str) -> Shown | None:
    """A permission that was ticked, or a setting that was set: their names have the addon before the dot."""
    registry = current_kernel().registry
    if permission := registry.permissions.get(name):
        return Shown(name, in_domain(permission.label, permission.addon))
    if setting := registry.settings.get(name):
        labels = {value: in_domain(text, setting.addon) for value, text in setting.choices}
        kind = "money" if setting.type == "money" else ""
        return Shown(name, in_domain(setting.label, setting.addon), kind, labels=labels)
    return None
