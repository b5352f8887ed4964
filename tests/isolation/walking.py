"""Where a target's own paths are: for every id in a path, the table of which it is, found by asking."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product, takewhile
from typing import Any
from uuid import UUID

from core.discussion.subjects import Discussed
from core.kernel import EXTENSION
from core.resources.base import all_resources
from core.testing.routes import Target, targets_of
from tests.isolation.probing import Prober


def words_for(prober: Prober, argument: str) -> list[str]:
    """What may stand for an argument of the path that is no id."""
    registry = prober.app.extensions[EXTENSION].registry
    known = {
        "entity": sorted(found.obj.model.__tablename__ for found in registry.instances(Discussed)),
        "addon": sorted({setting.addon for setting in registry.settings.values()}),
        "name": [name for name in registry.order if name != "core"] + sorted(
            {setting.name for setting in registry.settings.values()}
        ),
        "key": ["core.notice"],
        "step": ["cancel"],
        "value": [f"{UUID(int=0).hex}.token"],
        "token": [f"{UUID(int=0).hex}.token"],
        "carrier": ["ghn"],
    }  # fmt: skip
    return known.get(argument, ["x"])


def own_arguments(prober: Prober, target: Target, user: Any = None) -> dict[str, Any]:
    """Values for the path with which ``user`` of one's own business (the boss) gets an answer."""
    values: dict[str, Any] = {}
    for name, kind in target.arguments.items():
        if kind == "uuid":
            table, at = row_of(prober, target, name, user)
            values[name] = prober.town.here.ids[table][at] if table else UUID(int=0)
        else:
            values[name] = words_for(prober, name)[0]
    return values


def own_path(prober: Prober, target: Target, user: Any = None) -> str:
    """A path of the target in one's own business."""
    return target.path(**own_arguments(prober, target, user))


def own_paths(prober: Prober, target: Target, user: Any = None, *, most: int = 3) -> Iterator[str]:
    """Paths of the target with one's own rows, several of them: an import looks different at each of its steps."""
    yield own_path(prober, target, user)
    words = {name: words_for(prober, name) for name, kind in target.arguments.items() if kind != "uuid"}
    for name, listed in words.items():
        for word in listed[1:most]:
            yield target.path(**own_arguments(prober, target, user) | {name: word})
    for name in target.ids:
        table, first = row_of(prober, target, name, user)
        for at, id in enumerate(prober.town.here.ids.get(table, ())[:most]):
            if at != first:
                yield target.path(**own_arguments(prober, target, user) | {name: id})


def row_of(prober: Prober, target: Target, argument: str, user: Any = None) -> tuple[str, int]:
    """The table whose ids ``argument`` takes and which row of it; an empty name where no row of the town fits."""
    key = (role_of(prober, user), target.endpoint, argument)
    if key not in prober.town.rows:
        _learn(prober, target, user)
    return prober.town.rows[key]


def learn_paths(prober: Prober) -> None:
    """Ask for all tables at once, before a test changes anything: asking puts the database back."""
    for user in (prober.town.here.boss, prober.town.here.seller):
        for target in targets_of(prober.app):
            for name in target.ids:
                row_of(prober, target, name, user)


def role_of(prober: Prober, user: Any) -> str:
    return "seller" if user is not None and user.id == prober.town.here.seller.id else "boss"


def _learn(prober: Prober, target: Target, user: Any) -> None:
    """Try the ids of every table until the target answers something else than 404; as the seller, only the boss's tables."""
    role, rows = role_of(prober, user), prober.town.rows
    words = {name: words_for(prober, name)[0] for name, kind in target.arguments.items() if kind != "uuid"}
    candidates = [_candidates(prober, target, name) for name in target.ids]
    if role == "seller":
        candidates = [list(filter(None, [row_of(prober, target, name)[0]])) for name in target.ids]
    for tables, at in [*_siblings(prober, target, role), *product(product(*candidates), range(MOST_TRIED))]:
        ids = [prober.town.here.ids[table][at : at + 1] for table in tables]
        if not all(ids):
            continue
        path = target.path(**words, **dict(zip(target.ids, (id[0] for id in ids), strict=True)))
        answer = prober.send(target.methods[0], path, user or prober.town.here.boss, htmx=True)
        prober.watch.restore()
        if answer.status == 403 and role == "seller":
            tables = ("",) * len(tables)  # he may not call it at all
        if answer.status != 404:
            for name, table in zip(target.ids, tables, strict=True):
                rows[role, target.endpoint, name] = (table, at)
            return
    for name in target.ids:
        rows[role, target.endpoint, name] = ("", 0)


MOST_TRIED = 60
"""Rows of each table that are tried in a path: what a page wants may be the last of its kind."""


def _siblings(prober: Prober, target: Target, role: str) -> list[tuple[tuple[str, ...], int]]:
    """What the endpoints with the most similar names took: all steps of an import want the same row."""
    found: dict[tuple[tuple[str, ...], int], int] = {}
    for (whose, endpoint, argument), (table, at) in prober.town.rows.items():
        if whose == role and table and [argument] == target.ids:
            alike = len(list(takewhile(lambda pair: pair[0] == pair[1], zip(endpoint, target.endpoint, strict=False))))
            found[(table,), at] = max(alike, found.get(((table,), at), 0))
    return sorted(found, key=lambda guess: -found[guess])[:3]


def _candidates(prober: Prober, target: Target, argument: str) -> list[str]:
    """Tables, the likely ones first: the resource's, then those whose name the endpoint or the argument has."""
    with prober.app.app_context():
        tables = {name: resource.entity for name, resource in all_resources().items()}
    likely = tables.get(target.endpoint.rpartition("_")[0], "") if argument == "id" else ""
    words = f"{target.endpoint} {argument.removesuffix('_id')}"

    def rank(table: str) -> tuple[bool, bool, str]:
        return table != likely, table.rpartition("_")[2] not in words, table

    return sorted(prober.town.here.ids, key=rank)


def unknown_targets(prober: Prober) -> list[str]:
    """Targets with an id in their path that no row of the town answers to: nothing would be proved about them.

    Public ones are left out: what they show hangs on a token of their own, and their own tests forge it.
    """
    return [
        f"{target} <{name}>"
        for target in targets_of(prober.app)
        if not target.access.public
        for name in target.ids
        if not row_of(prober, target, name)[0]
    ]


def methods_of(targets: list[Target]) -> Iterator[tuple[Target, str]]:
    """Each target with each of its methods."""
    for target in targets:
        for method in target.methods:
            yield target, method
