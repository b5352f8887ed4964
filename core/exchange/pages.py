"""The routes that a resource with ``exchange`` gets: export, import and the import's steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flask.typing import ResponseReturnValue

from core.exchange import export_pages, import_pages
from core.resources.pages import bind
from core.web.access import Access
from core.web.routes import Route

if TYPE_CHECKING:
    from core.resources.base import Resource

View = Callable[..., ResponseReturnValue]

GET, POST, BOTH = ("GET",), ("POST",), ("GET", "POST")

IMPORT_STEPS: tuple[tuple[str, View, tuple[str, ...]], ...] = (
    ("sheet", import_pages.answer_sheet, POST),
    ("columns", import_pages.answer_columns, POST),
    ("apply", import_pages.answer_apply, POST),
    ("stop", import_pages.answer_stop, POST),
    ("retry", import_pages.answer_retry, POST),
    ("failed", import_pages.answer_failed, GET),
    ("records", import_pages.answer_records, GET),
)


def routes(resource: Resource[Any]) -> list[Route]:
    """The routes of the directions that there is a permission for; none without ``exchange``."""
    if not resource.exchange:
        return []
    may = resource.permissions
    found: list[Route] = []
    if may.export:
        found.append(_route(resource, "/export", "export", export_pages.answer_export, BOTH, may.export))
    if may.import_:
        found.append(_route(resource, "/import", "import", import_pages.answer_upload, BOTH, may.import_))
        template = import_pages.answer_template
        found.append(_route(resource, "/import/template", "import_template", template, GET, may.import_))
        one = "/import/<uuid:import_id>"
        found.append(_route(resource, one, "import_run", import_pages.answer_run, GET, may.import_))
        found += [
            _route(resource, f"{one}/{step}", f"import_{step}", view, methods, may.import_)
            for step, view, methods in IMPORT_STEPS
        ]
    return found


def _route(
    resource: Resource[Any], rule: str, verb: str, view: View, methods: tuple[str, ...], permission: str
) -> Route:
    view = bind(view, resource)
    return Route(f"/{resource.name}{rule}", f"{resource.name}_{verb}", view, methods, Access.of(permission, None))
