"""Who may import whom, derived from the manifests (architecture §1).

The kernel imports no addon. An addon imports another only if its manifest depends on it, and of that one only ``api``,
``events``, ``contributions`` and ``models``. What an addon does for an optional one stands in ``extends/<other>.py``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from core.vetting.breaches import Breach
from core.vetting.python_rules import Source

RULE = "import-contract"
PUBLIC_MODULES = {"api", "events", "contributions", "models"}


@dataclass(frozen=True, slots=True)
class Declared:
    """What an addon's manifest says about its neighbours."""

    depends: frozenset[str]
    optional: frozenset[str]
    package: str = ""
    """Its import name where that is not ``addons.<name>``."""


def read_neighbours(folder: Path) -> dict[str, Declared]:
    """Addon name → its declared neighbours."""
    manifests = {}
    for file in sorted(folder.glob("*.toml")):
        stated = tomllib.loads(file.read_text(encoding="utf-8"))
        manifests[file.stem] = Declared(frozenset(stated.get("depends", ())), frozenset(stated.get("optional", ())))
    return manifests


def check_imports(path: str, text: str, manifests: Mapping[str, Declared]) -> list[Breach]:
    """Every import of one module that its place does not permit."""
    source = Source(path, text)
    if path.startswith("core/"):
        judged = _kernel_breaches(source)
    elif path.startswith("addons/"):
        judged = _addon_breaches(source, manifests)
    else:
        return []
    return [Breach(path, line, RULE, message) for line, message in judged]


def _kernel_breaches(source: Source) -> Iterable[tuple[int, str]]:
    for line, module in source.imports():
        root = module.partition(".")[0]
        if root in {"addons", "tests", "checks", "bench", "wsgi"}:
            yield line, f"the kernel imports {module}; it knows no addon and nothing outside core"


def _addon_breaches(source: Source, manifests: Mapping[str, Declared]) -> Iterable[tuple[int, str]]:
    own = source.path.split("/")[1]
    if own not in manifests:
        yield 1, f"manifests/{own}.toml is missing"
        return
    permitted = _neighbours(source.path, manifests[own])
    for line, module in source.imports():
        root = module.partition(".")[0]
        if root in {"tests", "checks", "bench", "wsgi"}:
            yield line, f"an addon imports {module}"
        other, inside = _owner(module, manifests)
        if other in {"", own}:
            continue
        if other not in permitted:
            yield line, f"{own} imports {other}, which its manifest does not declare{_hint(other, manifests[own])}"
        elif inside.partition(".")[0] not in PUBLIC_MODULES:
            yield line, f"{module} is private to {other}; only its {', '.join(sorted(PUBLIC_MODULES))} are public"


def _owner(module: str, manifests: Mapping[str, Declared]) -> tuple[str, str]:
    """The addon that a module belongs to and its path inside; empty for a module of none."""
    for name, declared in manifests.items():
        if declared.package and f"{module}.".startswith(f"{declared.package}."):
            return name, module[len(declared.package) + 1 :]
    root, _, rest = module.partition(".")
    name, _, inside = rest.partition(".")
    return (name, inside) if root == "addons" else ("", "")


def _neighbours(path: str, declared: Declared) -> frozenset[str]:
    parts = path.split("/")
    extends = parts[3].removesuffix(".py") if len(parts) > 3 and parts[2] == "extends" else None
    return declared.depends | (declared.optional & {extends})


def _hint(other: str, declared: Declared) -> str:
    return f" as a dependency: only extends/{other}.py may" if other in declared.optional else ""
