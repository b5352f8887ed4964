"""What every loaded addon contributes: from its manifest and from the marks in its code. Frozen after boot.

Which addons are loaded is decided in ``core.resolution``; what of it one tenant sees is the gate's question.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import invalidate_caches
from types import MappingProxyType, ModuleType
from typing import Any, Generic, TypeVar

from core.discovery import FoundAddon
from core.manifest import (
    KERNEL,
    BootError,
    BootProblem,
    Group,
    ManifestJob,
    MenuEntry,
    Permission,
    Setting,
    SlotEntry,
    Webhook,
)
from core.marks import marks_of
from core.resolution import dependencies_of
from core.scan import Scan, scan

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Marked:
    """A function or class that carries a mark: whose it is, and what the mark says."""

    addon: str
    value: Any
    obj: Any


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """An object that stands at the top level of an addon's module."""

    addon: str
    obj: T


@dataclass(frozen=True, slots=True, eq=False)
class Registry:
    """Everything that the loaded addons declare.

    Sequences are in load order (the kernel, then dependencies first), ``menu`` and ``slots`` by their order number.
    """

    addons: tuple[FoundAddon, ...]
    permissions: Mapping[str, Permission]  # by full name
    groups: tuple[Group, ...]
    menu: tuple[MenuEntry, ...]
    slots: Mapping[str, tuple[SlotEntry, ...]]  # by slot; without slots of addons that are not loaded
    settings: Mapping[str, Setting]  # by full key
    jobs: Mapping[str, ManifestJob]  # by full name
    webhooks: tuple[Webhook, ...]
    shared_tables: frozenset[str]
    _modules: tuple[tuple[str, ModuleType], ...]
    _marks: Mapping[str, tuple[Marked, ...]]

    @classmethod
    def load(cls, addons: Sequence[FoundAddon]) -> Registry:
        """Import the code of these addons, in this order, and collect what it declares.

        Raises BootError with the problems of all addons at once; then there is no registry.
        """
        invalidate_caches()
        loaded = {found.name for found in addons}
        scans = [scan(found, loaded) for found in addons]
        problems: dict[tuple[str, str], BootProblem] = {}  # by place: who imports a broken module fails there too
        for problem in (problem for each in scans for problem in each.problems):
            problems.setdefault((problem.file, problem.key), problem)
        if problems:
            raise BootError(problems.values())
        return cls.of(addons, scans)

    @classmethod
    def of(cls, addons: Sequence[FoundAddon], scans: Sequence[Scan] = ()) -> Registry:
        """The registry of addons that are imported already; without scans, of their manifests alone."""
        manifests = [found.manifest for found in addons]
        modules = _attributed(addons, scans)
        loaded = {found.name for found in addons}
        slots: dict[str, list[SlotEntry]] = {}
        for slot in (slot for each in manifests for slot in each.slots if slot.slot.partition(".")[0] in loaded):
            slots.setdefault(slot.slot, []).append(slot)
        return cls(
            addons=tuple(addons),
            permissions=MappingProxyType({item.full_name: item for each in manifests for item in each.permissions}),
            groups=tuple(item for each in manifests for item in each.groups),
            menu=_sorted(item for each in manifests for item in each.menu),
            slots=MappingProxyType({name: _sorted(entries) for name, entries in slots.items()}),
            settings=MappingProxyType({item.key: item for each in manifests for item in each.settings}),
            jobs=MappingProxyType({item.name: item for each in manifests for item in each.jobs}),
            webhooks=tuple(item for each in manifests for item in each.webhooks),
            shared_tables=frozenset(table for each in manifests for table in each.shared_tables),
            _modules=modules,
            _marks=_collect_marks(modules),
        )

    @property
    def order(self) -> tuple[str, ...]:
        """The names of the loaded addons in load order."""
        return tuple(found.name for found in self.addons)

    @property
    def schedules(self) -> tuple[ManifestJob, ...]:
        """The jobs that run by themselves."""
        return tuple(job for job in self.jobs.values() if job.schedule is not None)

    def __contains__(self, name: object) -> bool:
        return name in self.order

    def addon(self, name: str) -> FoundAddon:
        """The loaded addon of this name. Raises KeyError where it is not loaded."""
        for found in self.addons:
            if found.name == name:
                return found
        raise KeyError(name)

    def addon_of(self, module_name: str) -> str | None:
        """The addon that a module belongs to by its dotted name; None for modules of no loaded addon."""
        owners = [found for found in self.addons if f"{module_name}.".startswith(f"{found.package}.")]
        return max(owners, key=lambda found: len(found.package)).name if owners else None

    def dependencies(self, name: str) -> tuple[str, ...]:
        """All that this addon depends on, directly or not, in load order and without the kernel."""
        needed = dependencies_of({found.name: found.manifest.depends for found in self.addons}, name)
        return tuple(other for other in self.order if other in needed)

    def dependents(self, name: str) -> tuple[str, ...]:
        """The loaded addons that depend on this one, directly or not; on the kernel, all others."""
        if name == KERNEL:
            return tuple(other for other in self.order if other != KERNEL)
        return tuple(other for other in self.order if name in self.dependencies(other))

    def marked(self, kind: str) -> tuple[Marked, ...]:
        """What carries a mark of this kind (``core.marks``), in the order of definition within each addon."""
        return self._marks.get(kind, ())

    def instances(self, cls: type[T]) -> list[Found[T]]:
        """The module-level instances of ``cls``, each once, with the addon that defines it."""
        found: dict[int, Found[T]] = {}
        for addon, module in self._modules:
            for obj in list(vars(module).values()):
                if isinstance(obj, cls) and not isinstance(obj, type):
                    found.setdefault(id(obj), Found(addon, obj))
        return list(found.values())

    def subclasses(self, cls: type[T]) -> list[Found[type[T]]]:
        """The module-level subclasses of ``cls``, each once and without ``cls`` itself."""
        found: dict[int, Found[type[T]]] = {}
        for addon, module in self._modules:
            for obj in list(vars(module).values()):
                is_own = isinstance(obj, type) and issubclass(obj, cls) and obj.__module__ == module.__name__
                if is_own and obj is not cls:
                    found.setdefault(id(obj), Found(addon, obj))
        return list(found.values())


Ordered = TypeVar("Ordered", MenuEntry, SlotEntry)


def _collect_marks(modules: Iterable[tuple[str, ModuleType]]) -> Mapping[str, tuple[Marked, ...]]:
    marks: dict[str, list[Marked]] = {}
    for addon, module in modules:
        for kind, value, obj in marks_of(module):
            marks.setdefault(kind, []).append(Marked(addon, value, obj))
    return MappingProxyType({kind: tuple(found) for kind, found in marks.items()})


def _sorted(entries: Iterable[Ordered]) -> tuple[Ordered, ...]:
    return tuple(sorted(entries, key=lambda entry: entry.order))


def _attributed(addons: Sequence[FoundAddon], scans: Sequence[Scan]) -> tuple[tuple[str, ModuleType], ...]:
    """The modules with their addons, those under ``extends/`` last.

    They alone import from addons that come later, so an object is met first where it is defined.
    """
    pairs = list(zip(addons, scans, strict=bool(scans)))
    own = [(found.name, module) for found, each in pairs for module in each.own]
    return (*own, *((found.name, module) for found, each in pairs for module in each.extending))
