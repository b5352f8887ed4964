"""Imports what an addon consists of by convention. What the modules declare is read by ``core.registry``."""

from __future__ import annotations

import sys
import sysconfig
import traceback
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import ModuleType

from core.discovery import NAMESPACE, FoundAddon
from core.manifest import KERNEL, BootProblem
from core.problem_codes import Code
from core.spelling import did_you_mean

# The modules of an addon, in the order of import: what others build on comes first.
CONVENTIONS = (
    "models",
    "events",
    "contributions",
    "queries",
    "services",
    "forms",
    "resources",
    "views",
    "jobs",
    "api",
    "demo",
)
EXTENDS = "extends"

# Where the kernel's own declarations stand; of a package, its modules with the names above count too.
KERNEL_MODULES = (
    "core.db",
    "core.tenancy",
    "core.access",
    "core.settings",
    "core.audit",
    "core.notifications",
    "core.attachments",
    "core.discussion",
    "core.jobs",
    "core.messages",
    "core.exchange",
    "core.resources",
    "core.resources.saved_views",
    "core.resources.custom_fields",
    "core.resources.recycle_bin",
    "core.api",
    "core.web",
    "core.operations",
    "core.ui",
)

_LIBRARIES = tuple(Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib", "platlib"))
_KERNEL_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Scan:
    """What was imported of one addon: its own modules, and those that extend others."""

    own: tuple[ModuleType, ...]
    extending: tuple[ModuleType, ...]
    problems: tuple[BootProblem, ...]


def scan(found: FoundAddon, loaded: Collection[str]) -> Scan:
    """Import one addon; ``extends/<other>.py`` only where the other one is among the ``loaded`` names.

    Failures are collected, not raised. To be called for dependencies first.
    """
    run = _Importer(found.folder)
    if found.name == KERNEL:
        return Scan(tuple(_kernel_modules(run)), (), tuple(run.problems))
    run.problems += _undeclared_extensions(found)
    own: tuple[ModuleType, ...] = ()
    extending: tuple[ModuleType, ...] = ()
    if package := _import_package(run, found):
        conventional = (module for name in CONVENTIONS for module in run.convention(found.package, found.folder, name))
        own = (package, *conventional)
        others = [file.stem for file in _extension_files(found) if file.stem in {*loaded, KERNEL}]
        extending = tuple(module for other in others if (module := run.module(f"{found.package}.{EXTENDS}.{other}")))
    return Scan(own, extending, tuple(run.problems))


def _kernel_modules(run: _Importer) -> Iterator[ModuleType]:
    for name in KERNEL_MODULES:
        module = run.module(name)
        if module is None:
            continue
        yield module
        for folder in getattr(module, "__path__", ()):
            for convention in CONVENTIONS:
                yield from run.convention(name, Path(folder), convention)


def _import_package(run: _Importer, found: FoundAddon) -> ModuleType | None:
    """The addon's package, from the folder that its manifest belongs to and from nowhere else."""
    if found.package.startswith(f"{NAMESPACE}."):
        root = str(found.folder.parent.parent)
        if root not in sys.path:
            sys.path.append(root)  # at the end: a root must not shadow what is installed
    module = run.module(found.package)
    if module is None:
        return None
    actual = Path(module.__file__ or "").resolve().parent
    if actual != found.folder.resolve():
        message = f'"{found.package}" was imported from {actual} instead.'
        fix = "Take that folder off the import path, or rename one of the two."
        run.problems.append(BootProblem(str(found.file), "name", message, fix, Code.WRONG_PLACE))
        return None
    return module


def _extension_files(found: FoundAddon) -> list[Path]:
    return sorted(file for file in (found.folder / EXTENDS).glob("*.py") if file.stem != "__init__")


def _undeclared_extensions(found: FoundAddon) -> Iterator[BootProblem]:
    named = {*found.manifest.depends, *found.manifest.optional, KERNEL}
    for file in _extension_files(found):
        if file.stem not in named:
            message = f'It extends "{file.stem}", which the manifest names neither in depends nor in optional.'
            fix = f'Add "{file.stem}" to optional in {found.file}, or rename the file. {did_you_mean(file.stem, named)}'
            yield BootProblem(str(file), "", message, fix, Code.UNDECLARED_EXTENSION)


@dataclass
class _Importer:
    """Imports modules and turns each failure into a problem."""

    folder: Path
    problems: list[BootProblem] = field(default_factory=list)

    def convention(self, package: str, folder: Path, name: str) -> Iterator[ModuleType]:
        """``<package>.<name>`` where it exists: one file, or a folder with all its modules."""
        parts = folder / name
        if (folder / f"{name}.py").is_file() or (parts / "__init__.py").is_file():
            names = [f"{package}.{name}"]
            names += [f"{package}.{name}.{file.stem}" for file in sorted(parts.glob("*.py")) if file.stem != "__init__"]
            for each in names:
                if module := self.module(each):
                    yield module
        elif any(parts.glob("*.py")):
            message, fix = "This folder has no __init__.py.", "Add an empty one."
            self.problems.append(BootProblem(str(parts), "", message, fix, Code.NO_INIT))

    def module(self, name: str) -> ModuleType | None:
        """The module, or None and a problem with the traceback's last line."""
        try:
            return import_module(name)
        except (Exception, SystemExit) as error:
            last_line = traceback.format_exception_only(error)[-1].strip()
            message = f"Importing {name} failed: {last_line}"
            code = getattr(error, "problem_code", Code.IMPORT_FAILS)
            fix = "Correct the code at that place."
            self.problems.append(BootProblem(self._place(error, name), "", message, fix, code))
        return None

    def _place(self, error: BaseException, name: str) -> str:
        """The innermost line of an addon's code in the traceback, for that is where it can be corrected."""
        if isinstance(error, SyntaxError) and error.filename:
            return f"{error.filename}:{error.lineno}"
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if self._is_ours(Path(frame.filename))]
        return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else f"module {name}"

    def _is_ours(self, file: Path) -> bool:
        elsewhere = (*_LIBRARIES, _KERNEL_FOLDER)
        return file.is_relative_to(self.folder) or not (
            file.name.startswith("<") or any(file.is_relative_to(folder) for folder in elsewhere)
        )
