"""Pages and fragments from one template: a fragment is the block named like the element that htmx wants to replace."""

from __future__ import annotations

import logging
from typing import Any

from flask import current_app, request
from jinja2 import Template, UndefinedError

from core.web.answers import is_htmx

log = logging.getLogger(__name__)


def render(template: str, /, **context: Any) -> str:
    """Render the page, or for an htmx request the block whose name is the HX-Target's id (else the page)."""
    current_app.update_template_context(context)
    page = current_app.jinja_env.get_template(template)
    target = request.headers.get("HX-Target", "") if is_htmx() else ""
    fragment = _render_block(page, target, context) if target else None
    return page.render(context) if fragment is None else fragment


def _render_block(page: Template, block: str, context: dict[str, Any]) -> str | None:
    """The block alone, with the page's imports and macros in reach; None where neither the page nor its parents have it.

    None too for a block that leans on names of the block around it: it is no fragment, whatever a header asks for.
    """
    scope = page.new_context(context)
    # The first step of the run, up to the parent's first output, executes what stands at the top of the page and of the
    # templates it extends, and collects their blocks; the rest is never run.
    next(page.root_render_func(scope), None)
    if block not in scope.blocks:
        return None
    try:
        return page.environment.concat(scope.blocks[block][0](scope))
    except UndefinedError as error:
        log.info("the block %s of %s is no fragment: %s", block, page.name, error)
        return None
