"""A resource is checked at the boot, so that a wrong declaration never waits for the first visitor."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table, inspect

from core.manifest import BootError, BootProblem
from core.problem_codes import Code
from core.resources.columns import KINDS
from core.resources.custom_fields.definitions import PREFIX
from core.resources.paths import Paths

if TYPE_CHECKING:
    from core.resources.base import Resource


def check_resource(resource: Resource[Any]) -> None:
    """Raise BootError with everything that is wrong in the declaration."""
    problems = [
        *_path_problems(resource),
        *_sort_problems(resource),
        *_key_problems(resource),
        *_exchange_problems(resource),
        *_board_problems(resource),
    ]
    if problems:
        place = f"{type(resource).__module__}.{type(resource).__qualname__}"
        raise BootError([BootProblem(place, key, message, fix, Code.RESOURCE) for key, message, fix in problems])


Wrong = Iterator[tuple[str, str, str]]


def _path_problems(resource: Resource[Any]) -> Wrong:
    if not resource.columns:
        yield "columns", "There is no column.", "Declare at least the one that names the record, kind='title'."
        return
    paths = Paths(resource.model)
    shown = [*resource.columns, *resource.tags, *resource.contacts, *resource.facts]
    wanted = [each.path for each in shown if not getattr(each, "expression", None)]
    wanted += [each.tone_path for each in shown if each.tone_path]
    wanted += [path for column in resource.columns for path in (*column.subtitle, column.organisation) if path]
    wanted += [path for path in (resource.picker.label, *resource.picker.hint) if path]
    for path in dict.fromkeys(wanted):
        try:
            paths.column(path)
        except AttributeError as error:
            yield path, f"This path leads nowhere: {error}.", "Name an attribute of the model, or link.attribute."
    taken = [*inspect(resource.model).all_orm_descriptors.keys(), *(each.key for each in resource.exchange)]
    for name in taken:
        if name.startswith(PREFIX):
            yield name, f'Names that begin with "{PREFIX}" belong to custom fields.', "Choose another name."
    for each in shown:
        if each.kind and each.kind not in KINDS:
            yield each.path, f'There is no kind "{each.kind}".', f"One of: {', '.join(sorted(KINDS))}."


def _sort_problems(resource: Resource[Any]) -> Wrong:
    """Lists sort by indexed columns only: without an index every page would sort the whole tenant."""
    sorts = {column.path: resource.sort_attribute(column) for column in resource.columns if column.sort}
    default = resource.default_sort.removeprefix("-")
    for key, attribute in {**sorts, default: sorts.get(default, default)}.items():
        if attribute not in inspect(resource.model).columns:
            yield key, f'"{attribute}" is no column of {resource.model.__name__}.', "Sort by a column of the model."
        elif not _leads_an_index(resource.model.__table__, inspect(resource.model).columns[attribute].name):
            yield key, f'No index serves the sort by "{attribute}".', f'Add index("{attribute}") to __table_args__.'


def _leads_an_index(table: Any, *columns: str) -> bool:
    assert isinstance(table, Table)
    wanted = ["tenant_id", *columns]
    return any([each.name for each in index.columns][: len(wanted)] == wanted for index in table.indexes)


def _key_problems(resource: Resource[Any]) -> Wrong:
    for what in ("tabs", "filters", "bulk_actions", "detail_tabs"):
        keys = [each.key for each in getattr(resource, what)]
        for key in sorted({key for key in keys if keys.count(key) > 1}):
            yield f"{what}.{key}", "This key is used twice.", "Give each its own."


def _exchange_problems(resource: Resource[Any]) -> Wrong:
    keys = [each.key for each in resource.exchange]
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        yield f"exchange.{key}", "This key is used twice.", "Give each its own."
    if resource.exchange_key and resource.exchange_key not in keys:
        yield (
            "exchange_key",
            f'"{resource.exchange_key}" is no field of exchange.',
            "Name the key of one of its fields.",
        )
    paths = Paths(resource.model)
    for each in resource.exchange:
        if each.exported and each.load is None:
            try:
                paths.column(each.export_path)
            except AttributeError as error:
                fix = "Set path or load, or exported=False."
                yield f"exchange.{each.key}", f"An export cannot read it: {error}.", fix


def _board_problems(resource: Resource[Any]) -> Wrong:
    """A board is walked by (field, default order); cards move on the version that they were shown with."""
    board = resource.board
    if board is None:
        return
    columns, order = inspect(resource.model).columns, resource.default_sort.removeprefix("-")
    order = next(
        (resource.sort_attribute(each) for each in resource.columns if each.sort and each.path == order), order
    )
    if not resource.is_versioned:
        yield "board", "A card could be moved over somebody else's change.", "Derive the model from Versioned."
    for name in filter(None, (board.field, board.amount)):
        if name not in columns:
            yield f"board.{name}", f'"{name}" is no column of {resource.model.__name__}.', "Name a column of the model."
            return
    if order in columns and columns[order].nullable:
        yield "board", f'The default sort "{order}" can be empty.', "A board wants an order that every record has."
    if not _leads_an_index(resource.model.__table__, columns[board.field].name, order):
        fix = f'Add index("{board.field}", "{order}") to __table_args__.'
        yield "board", "No index serves its columns of cards.", fix
    known = {column.path for column in resource.columns}
    for key in board.card:
        if key not in known:
            yield f"board.{key}", "There is no such column.", "Cards show columns of the list."
