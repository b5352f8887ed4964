"""What a list's page shows of saved views: tabs, the menu of views and columns, and whether the view was changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import url_for

from core.i18n import translator
from core.resources.chosen_columns import missing_keys
from core.resources.links import with_args
from core.resources.listing import VIEW, ListState
from core.resources.saved_views.queries import PersonalList, ViewLine

if TYPE_CHECKING:
    from core.resources.base import Resource

_ = translator(__name__)

MAX_TABS = 6
"""Saved views that stand beside the tabs; all stand in the menu."""


@dataclass(frozen=True)
class ViewBar:
    """The saved views around a list."""

    resource: Resource[Any]
    state: ListState
    personal: PersonalList
    url: str

    @property
    def current(self) -> ViewLine | None:
        return self.state.view

    def tabs(self) -> list[dict[str, Any]]:
        """The first views, and the one that is open."""
        shown = list(self.personal.views[:MAX_TABS])
        if self.current is not None and self.current not in shown:
            shown.append(self.current)
        return [self._item(view) for view in shown]

    def items(self) -> list[dict[str, Any]]:
        """The menu of views and columns."""
        listed = [{**self._item(view), "icon": "users" if view.is_shared else "star"} for view in self.personal.views]
        save = {"label": str(_("Save as a view…")), "icon": "plus", **_dialog(self.new_url)}
        columns = {"label": str(_("Columns…")), "icon": "columns-3", **_dialog(self.columns_url)}
        return [*listed, {"divider": bool(listed), **save}, *self._items_of_current(), {"divider": True, **columns}]

    def _items_of_current(self) -> list[dict[str, Any]]:
        view, items = self.current, []
        if view is None:
            plain = {"label": str(_("Begin with the plain list")), "icon": "list", "fields": {"action": "plain"}}
            return [{**plain, "post": self.new_url}] if self.personal.opens is not None else []
        url = self._url(view)
        if view.may_change:
            items.append({"label": str(_("Rename, share, delete…")), "icon": "pencil", **_dialog(url)})
        if view is not self.personal.opens:
            begin = {"label": str(_("Begin with this view")), "icon": "flag", "fields": {"action": "begin"}}
            items.append({**begin, "post": url})
        return items

    @property
    def new_url(self) -> str:
        return with_args(url_for(self.resource.endpoint("views")), self.state.args())

    @property
    def columns_url(self) -> str:
        return with_args(url_for(self.resource.endpoint("columns")), self.state.args())

    @property
    def is_changed(self) -> bool:
        """Whether rows or columns are others than those of the view."""
        if self.current is None:
            return False
        chosen = self.personal.columns.get(str(self.current.id))
        return self.state.is_changed or (chosen is not None and chosen != self.current.columns)

    @property
    def is_worth_saving(self) -> bool:
        """Whether the list shows something that a click on a tab would not."""
        return self.current is None and (self.state.is_narrowed or self.state.sort != self.state.defaults[1])

    @property
    def save_url(self) -> str:
        """Where the view is saved as it was changed; empty where it is not the user's to change."""
        view = self.current
        return with_args(self._url(view), self.state.args()) if view is not None and view.may_change else ""

    @property
    def saved_url(self) -> str:
        """The view as it was saved."""
        return self._item(self.current)["url"] if self.current is not None else self.url

    @property
    def missing(self) -> list[str]:
        """Columns of the view that there are no more."""
        return missing_keys(self.resource, self.current.columns) if self.current is not None else []

    def _item(self, view: ViewLine) -> dict[str, Any]:
        return {"label": view.name, "url": with_args(self.url, [(VIEW, str(view.id))]), "current": view is self.current}

    def _url(self, view: ViewLine) -> str:
        return url_for(self.resource.endpoint("view"), id=view.id)


def _dialog(url: str) -> dict[str, Any]:
    """A menu item that opens the answer of ``url`` in the dialog, or as a page."""
    return {"url": url, "attrs": {"hx-get": url, "hx-target": "#dialog"}}
