"""Whether every permission that a manifest declares is asked for by something."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from flask import Flask

from core.discovery import FoundAddon
from core.manifest import KERNEL
from core.problem_codes import Code
from core.registry import Registry
from core.vetting.findings import Finding, Findings
from core.web.access import Access

GRANTING = frozenset({"demo.py", "migrations"})
"""Where a permission is given to people, which is not asking for it."""


def unused_permissions(app: Flask, registry: Registry, addon: FoundAddon) -> Findings:
    """Permissions of ``addon`` that no route wants and no source names: ticking them would change nothing."""
    access: dict[str, Access] = app.extensions["banyan_access"]
    asked = {permission for each in access.values() for permission in each.permissions}
    asked |= {text for found in registry.addons if found.name != KERNEL for text in _texts(found.folder)}
    for permission in addon.manifest.permissions:
        if permission.full_name not in asked:
            fix = f'Ask for it: permission="{permission.full_name}" or actor.can(…); or take it out of {addon.file}.'
            yield Finding(Code.UNUSED_PERMISSION, permission.full_name, "Nothing asks for this permission.", fix)


def _texts(folder: Path) -> Iterator[str]:
    """Every text constant of Python, and the templates whole: a permission is a word of its own there."""
    for file in folder.rglob("*.py"):
        if not GRANTING.isdisjoint(file.relative_to(folder).parts):
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
    for file in folder.rglob("*.html"):
        yield from _words(file.read_text(encoding="utf-8"))


def _words(template: str) -> Iterator[str]:
    for quote in ("'", '"'):
        yield from template.split(quote)[1::2]
