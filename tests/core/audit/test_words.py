"""Nothing stands in the record of changes under the name of a column or a code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import inspect

from core.audit.kinds import all_actions, all_kinds
from core.audit.recording import KERNEL_FIELDS
from core.db.mixins import Audited

ROOT = Path(__file__).parents[3]


@pytest.mark.engine("sqlite")
@pytest.mark.req("SYS-18")
def test_every_field_that_is_recorded_has_a_label(world) -> None:
    unnamed = []
    with world.app.app_context():
        for kind in all_kinds().values():
            if kind.model is None or not issubclass(kind.model, Audited):
                continue
            hidden = {*KERNEL_FIELDS, *kind.model.__audit_exclude__, "deleted_at"}
            recorded = [column.key for column in inspect(kind.model).column_attrs if column.key not in hidden]
            unnamed += [f"{kind.entity}.{name}" for name in recorded if name not in kind.fields]
    assert unnamed == [], "name them in the resource, or in a Recorded(…) of the addon's resources.py"


@pytest.mark.engine("sqlite")
def test_every_action_that_is_recorded_has_a_word(world) -> None:
    with world.app.app_context():
        known = set(all_actions())
    recorded = {action for folder in ("core", "addons") for action in _recorded_actions(ROOT / folder)}
    assert "sign_in" in recorded
    assert recorded <= known, "name them in the actions of a Recorded(…)"


def _recorded_actions(folder: Path) -> Iterator[str]:
    """What stands as the action in calls of ``record(session, "action", …)``."""
    for file in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "record" and len(node.args) > 1:
                yield from (
                    each.value
                    for each in ast.walk(node.args[1])
                    if isinstance(each, ast.Constant) and isinstance(each.value, str)
                )
