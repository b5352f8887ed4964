"""Which of the known addons are loaded, and in which order.

Manifests are compared with each other; no addon's code is imported.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from core.discovery import Discovery, FoundAddon
from core.manifest import KERNEL, BootError, BootProblem
from core.problem_codes import Code
from core.spelling import did_you_mean


def wanted_addons(discovery: Discovery, addons: Sequence[str] | None, profile: str) -> tuple[str, ...]:
    """The names to load: those given, else the profile's.

    Raises BootError for an unknown profile, together with the problems of discovery, which may be the reason.
    """
    if addons is not None:
        return tuple(addons)
    if profile in discovery.profiles:
        return discovery.profiles[profile].addons
    fix = did_you_mean(profile, discovery.profiles)
    missing = BootProblem("BANYAN_PROFILE", "", f'There is no profile "{profile}".', fix, Code.UNKNOWN_ADDON)
    raise BootError([*discovery.problems, missing])


def choose(discovery: Discovery, wanted: Sequence[str]) -> tuple[FoundAddon, ...]:
    """The addons to load, or one BootError with the problems of discovery and of resolution together."""
    problems = list(discovery.problems)
    order: tuple[FoundAddon, ...] = ()
    try:
        order = resolve(discovery.known, wanted, broken=discovery.broken)
    except BootError as error:
        problems.extend(error.problems)
    if problems:
        raise BootError(problems)
    return order


def resolve(
    known: Mapping[str, FoundAddon], wanted: Sequence[str], *, broken: Collection[str] = ()
) -> tuple[FoundAddon, ...]:
    """The wanted addons and all that they depend on: the kernel, then dependencies first, then by name.

    An optional addon comes before the one that extends it where dependencies leave the choice, so that its tables
    exist first. ``broken`` names addons whose manifests were reported already. Raises BootError with all problems.
    """
    problems: list[BootProblem] = []
    chosen = _with_dependencies(known, wanted, broken, problems)
    problems += _cycle_problems(chosen)
    problems += _prefix_problems(chosen.values())
    problems += _reference_problems(chosen)
    if problems:
        raise BootError(problems)
    return _ordered(chosen)


def _with_dependencies(
    known: Mapping[str, FoundAddon], wanted: Sequence[str], broken: Collection[str], problems: list[BootProblem]
) -> dict[str, FoundAddon]:
    offered = sorted({*known, *broken} - {KERNEL})
    for name in dict.fromkeys(wanted):
        if name not in known and name not in broken:
            message = f'There is no addon "{name}".'
            fix = did_you_mean(name, offered)
            problems.append(BootProblem("BANYAN_ADDONS or profile", name, message, fix, Code.UNKNOWN_ADDON))
    chosen = {KERNEL: known[KERNEL]} if KERNEL in known else {}
    waiting = [name for name in wanted if name in known]
    while waiting:
        name = waiting.pop()
        if name in chosen:
            continue
        chosen[name] = known[name]
        for needed in known[name].manifest.depends:
            if needed in known:
                waiting.append(needed)
            elif needed not in broken:
                message = f'"{name}" depends on "{needed}", which was not found.'
                fix = did_you_mean(needed, set(offered) - {name})
                problems.append(BootProblem(str(known[name].file), "depends", message, fix, Code.UNKNOWN_ADDON))
    return dict(sorted(chosen.items()))


def _cycle_problems(chosen: Mapping[str, FoundAddon]) -> Iterator[BootProblem]:
    """One problem for each tangle of addons that depend on each other, naming a shortest circle in it."""
    for tangle in _tangles({name: _needs(chosen, name) for name in chosen}):
        circle = _circle(chosen, tangle)
        message = f"These addons depend on each other in a circle: {' → '.join(circle)}."
        if tangle != set(circle):
            message += f" Entangled with it: {', '.join(sorted(tangle))}."
        fix = "Turn one of the dependencies into an optional one with extends/<other>.py, or into an event."
        yield BootProblem(str(chosen[min(tangle)].file), "depends", message, fix, Code.CIRCLE)


def _needs(chosen: Mapping[str, FoundAddon], name: str) -> tuple[str, ...]:
    return tuple(needed for needed in chosen[name].manifest.depends if needed in chosen)


def _tangles(graph: Mapping[str, Sequence[str]]) -> list[frozenset[str]]:
    """The strongly connected sets with a circle in them: two names are together if each can reach the other."""
    reach = {name: dependencies_of(graph, name) for name in graph}
    tangles = {frozenset(other for other in reach[name] if name in reach[other]) for name in graph}
    return sorted((tangle for tangle in tangles if tangle), key=min)


def dependencies_of(graph: Mapping[str, Sequence[str]], start: str) -> set[str]:
    """The names that can be reached from ``start`` in one or more steps."""
    found: set[str] = set()
    waiting = list(graph[start])
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(graph[name])
    return found


def _circle(chosen: Mapping[str, FoundAddon], tangle: frozenset[str]) -> list[str]:
    """A shortest way from the tangle's first name back to itself."""
    start = min(tangle)
    ways = [[start]]
    seen: set[str] = set()
    for way in ways:
        for needed in sorted(_needs(chosen, way[-1])):
            if needed == start:
                return [*way, start]
            if needed in tangle and needed not in seen:
                seen.add(needed)
                ways.append([*way, needed])
    return [start]


def _ordered(chosen: Mapping[str, FoundAddon]) -> tuple[FoundAddon, ...]:
    order: list[str] = [KERNEL] if KERNEL in chosen else []
    left = sorted(set(chosen) - {KERNEL})
    while left:
        ready = [name for name in left if not set(_needs(chosen, name)) & set(left)]
        after_optional = [name for name in ready if not set(chosen[name].manifest.optional) & set(left)]
        name = (after_optional or ready)[0]
        order.append(name)
        left.remove(name)
    return tuple(chosen[name] for name in order)


def _prefix_problems(chosen: Iterable[FoundAddon]) -> Iterator[BootProblem]:
    """The tables of ``order_x`` would look like tables of ``order``."""
    addons = {found.name: found for found in chosen}
    for short in addons:
        for long in addons:
            if long.startswith(f"{short}_"):
                message = f'Tables of "{long}" could be taken for tables of "{short}".'
                fix = f'Rename it so that "{short}_" is no prefix.'
                yield BootProblem(str(addons[long].file), "name", message, fix, Code.PREFIX)


def _reference_problems(chosen: Mapping[str, FoundAddon]) -> Iterator[BootProblem]:
    """Permissions that one manifest names and another one should declare; webhook paths that collide."""
    declared = {permission.full_name for found in chosen.values() for permission in found.manifest.permissions}
    paths: dict[str, str] = {}
    for found in chosen.values():
        for key, permission in _named_permissions(found):
            owner = permission.partition(".")[0]
            if owner in chosen and permission not in declared:
                theirs = {name for name in declared if name.startswith(f"{owner}.")}
                message = f'"{permission}" is not declared by "{owner}".'
                fix = did_you_mean(permission, theirs)
                yield BootProblem(str(found.file), key, message, fix, Code.FOREIGN_PERMISSION)
        for at, webhook in enumerate(found.manifest.webhooks, 1):
            other = paths.setdefault(webhook.path, found.name)
            if other != found.name:
                message = f'"{webhook.path}" is a webhook of "{other}" already.'
                key, fix = f"webhooks[{at}].path", "Choose another path."
                yield BootProblem(str(found.file), key, message, fix, Code.WEBHOOK_PATH)


def _named_permissions(found: FoundAddon) -> Iterator[tuple[str, str]]:
    """Permissions of other addons that this manifest names; its own were checked when it was read."""
    manifest = found.manifest
    named = [
        (f"groups[{at}].permissions", name) for at, group in enumerate(manifest.groups, 1) for name in group.permissions
    ]
    named += [(f"menu[{at}].permission", entry.permission) for at, entry in enumerate(manifest.menu, 1)]
    named += [(f"slots[{at}].permission", entry.permission) for at, entry in enumerate(manifest.slots, 1)]
    for key, permission in named:
        if permission.partition(".")[0] != found.name:
            yield key, permission
