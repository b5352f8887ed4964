"""The bin as a resource of its own: the same model and visibility, its deleted rows, other columns, other bulk actions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, cast, func, literal, select

from core.access.models import User
from core.audit.kinds import all_kinds
from core.db.mixins import SoftDelete
from core.db.parts import links_to
from core.db.session import ActorSession
from core.i18n import translator
from core.resources.base import Permissions, Resource, find_resource
from core.resources.bulk import BulkAction, BulkResult, for_each
from core.resources.columns import Column
from core.resources.filters import PeriodFilter, UserFilter
from core.resources.paging import Ordering
from core.resources.recycle_bin.purging import PURGE, purge
from core.resources.recycle_bin.restoring import bring_back

if TYPE_CHECKING:
    Base = Resource[Any]
else:
    Base = object

_ = translator(__name__)

SUFFIX = "_bin"
"""``customer.customers_bin``: the bin's full name, by which jobs find it."""

GAP = " · "


class Bin(Base):
    """Comes before the declared class: only the deleted rows, newest deletion first. ``of`` is what they were deleted from."""

    of: Resource[Any]

    def for_tenant(self, session: ActorSession) -> Resource[Any]:
        return self

    def restrict(self, session: ActorSession) -> Sequence[ColumnElement[bool]]:
        return [*super().restrict(session), self.model.deleted_at.is_not(None)]

    def ordering(self, attribute: str) -> Ordering:
        return Ordering(self.model.deleted_at, self.model.id, is_nullable=False)


def has_bin(resource: Resource[Any]) -> bool:
    """Whether what is deleted goes to a recycle bin that somebody may open."""
    return resource.is_soft_deleted and bool(resource.permissions.delete)


@lru_cache(maxsize=1_000)
def bin_of(resource: Resource[Any]) -> Resource[Any]:
    """The recycle bin of ``resource``."""
    cls, model = type(resource), resource.model
    assert issubclass(model, SoftDelete)
    may = resource.permissions.delete
    deleted_at: Any = model.deleted_at
    title = resource.title_column
    content: dict[str, Any] = {
        "__module__": cls.__module__,
        "of": resource,
        "name": f"{resource.name}{SUFFIX}",
        "permissions": Permissions(resource.addon, may, *[None] * 5),
        "columns": (
            Column(title.path, title.label, "title", subtitle=title.subtitle, organisation=title.organisation,
                   avatar=title.avatar),
            Column("deleted_by", _("Deleted by"), kind="person", wide="xl", expression=partial(_who, model)),
            Column("deleted_at", _("Deleted at"), kind="datetime", card=True, sort=True),
            Column("went_along", _("Went along"), kind="text", expression=partial(_parts, model)),
        ),
        "tabs": (),
        "filters": (
            PeriodFilter("deleted", _("Deleted at"), deleted_at),
            UserFilter("by", _("Deleted by"), model.deleted_by_id),
        ),
        "default_sort": "-deleted_at",
        "empty_text": _("What is deleted comes here, and can be restored."),
        "bulk_actions": (
            BulkAction("restore", _("Restore"), partial(_restore, resource), str(may), icon="arrow-back-up"),
            BulkAction("purge", _("Delete for good"), partial(_purge, resource), PURGE, icon="trash", danger=True,
                       counted=True),
        ),
        "extra_args": (),
        "board": None,
        "exchange": (),
        "exchange_key": "",
        "actions": (),
        "template_list": "resource/bin.html",
    }  # fmt: skip
    made: type[Resource[Any]] = type(f"{cls.__name__}Bin", (Bin, cls), content)
    return made(resource.addon)


def find_listed(session: ActorSession, full_name: str) -> Resource[Any]:
    """The resource or bin of this name as the tenant has it, with the session bound to see what it lists: to be asked before
    anything else is. KeyError where it is not loaded.
    """
    if not full_name.endswith(SUFFIX):
        return find_resource(full_name).for_tenant(session)
    session.become(session.actor, with_deleted=True)
    return bin_of(find_resource(full_name.removesuffix(SUFFIX)))


def _restore(resource: Resource[Any], session: ActorSession, ids: Sequence[UUID], **values: Any) -> BulkResult:
    return for_each(session, resource.model, ids, partial(bring_back, resource, session), title=resource.title_path)


def _purge(resource: Resource[Any], session: ActorSession, ids: Sequence[UUID], **values: Any) -> BulkResult:
    return for_each(session, resource.model, ids, partial(purge, resource, session), title=resource.title_path)


def _who(model: Any, session: ActorSession) -> ColumnElement[Any]:
    return select(User.name).where(User.id == model.deleted_by_id).correlate(model).scalar_subquery()


def _parts(model: Any, session: ActorSession) -> ColumnElement[Any]:
    """ "contact: 2 · visit: 1": how many of each kind that has a name hang on the row, or were deleted in the same act."""
    told: ColumnElement[Any] = literal("")
    for link in links_to(model.__tablename__, "CASCADE"):
        kind = all_kinds().get(link.table.name)
        if kind is None:
            continue
        part: Any = link.model
        together = [part.deleted_at == model.deleted_at] if issubclass(part, SoftDelete) else []
        count = select(func.count(part.id)).where(link.attribute == model.id, *together).correlate(model)
        one = cast(func.nullif(count.scalar_subquery(), 0), String)
        told = told.concat(func.coalesce(literal(f"{GAP}{kind.one}: ").concat(one), ""))
    return func.nullif(func.substr(told, len(GAP) + 1), "")
