"""Which addons exist: manifests in roots and in installed distributions, found without importing any addon's code.

Discovery is not activation: what a deployment loads is decided by ``core.registry.resolve``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module, metadata
from importlib.machinery import ModuleSpec
from pathlib import Path

from core.manifest import KERNEL, BootProblem, Manifest, Profile, read_manifest, read_profile
from core.problem_codes import Code

ENTRY_POINT_GROUP = "banyan.addons"
NAMESPACE = "addons"  # the namespace package that every root adds to
MANIFESTS = "manifests"
PROFILES = "profiles"
MANIFEST_FILE = "manifest.toml"  # inside the package of an installed addon, and of the kernel

HOUSE = Path(__file__).resolve().parent.parent  # the root that this kernel came with


@dataclass(frozen=True, slots=True)
class FoundAddon:
    """A known addon. ``package`` is its dotted import name, ``origin`` says where it came from, for people."""

    manifest: Manifest
    package: str
    folder: Path
    file: Path
    origin: str

    @property
    def name(self) -> str:
        """The addon's one name: manifest, folder, table prefix, blueprint, permission prefix, domain."""
        return self.manifest.name


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found, the kernel included. ``broken`` names addons that exist but whose manifest has problems."""

    known: Mapping[str, FoundAddon]
    profiles: Mapping[str, Profile]
    problems: tuple[BootProblem, ...]
    broken: frozenset[str] = frozenset()


def installed_entry_points() -> tuple[metadata.EntryPoint, ...]:
    """The addons that installed distributions announce."""
    return tuple(metadata.entry_points(group=ENTRY_POINT_GROUP))


def discover(roots: Sequence[Path], entry_points: Iterable[metadata.EntryPoint] = ()) -> Discovery:
    """Read every manifest of these roots and entry points, and the kernel's own.

    Problems are collected, never raised: the caller decides whether to start.
    """
    search = _Search()
    search.kernel()
    search.hidden_namespace()
    for root in dict.fromkeys(root.resolve() for root in roots):
        search.root(root)
    for entry_point in sorted(entry_points, key=lambda entry: (entry.value, entry.name)):
        search.entry_point(entry_point)
    search.unclaimed()
    return Discovery(search.known, search.profiles, tuple(search.problems), frozenset(search.broken))


@dataclass
class _Search:
    known: dict[str, FoundAddon] = field(default_factory=dict)
    profiles: dict[str, Profile] = field(default_factory=dict)
    problems: list[BootProblem] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    _claimed: set[Path] = field(default_factory=set)
    _packaged: list[Path] = field(default_factory=list)

    def kernel(self) -> None:
        folder = Path(__file__).resolve().parent
        self._add(folder / MANIFEST_FILE, KERNEL, KERNEL, folder, "kernel")

    def hidden_namespace(self) -> None:
        """One ``addons/__init__.py`` on the import path hides every other addon, without an error."""
        for entry in dict.fromkeys(Path(path or ".").resolve() for path in sys.path):
            self._refuse_init(entry)

    def root(self, root: Path) -> None:
        manifests, code = root / MANIFESTS, root / NAMESPACE
        if not manifests.is_dir() and not code.is_dir():
            fix = "Name the folder above addons/ and manifests/."
            self._problem(root, "", "This root holds neither addons/ nor manifests/.", fix, Code.EMPTY_ROOT)
            return
        self._refuse_init(root)
        for file in sorted(manifests.glob("*.toml")):
            self._root_addon(file, code / file.stem, str(root))
        for folder in _code_folders(code):
            self._check_code_folder(folder, manifests / f"{folder.name}.toml")
        for file in sorted((manifests / PROFILES).glob("*.toml")):
            self._profile(file)

    def entry_point(self, entry_point: metadata.EntryPoint) -> None:
        origin = f"{entry_point.dist.name} {entry_point.dist.version}" if entry_point.dist else "entry point"
        source = f"{origin}, entry point {entry_point.name} = {entry_point.value}"
        if entry_point.attr:
            fix = f'Write "{entry_point.module}".'
            self._problem(source, "", "The value must be a package alone.", fix, Code.BAD_ENTRY_POINT)
            return
        folder = _package_folder(entry_point.module)
        if folder is None:
            fix = "Install the distribution again, or correct its entry point."
            self._problem(source, "", f'The package "{entry_point.module}" is not there.', fix, Code.BAD_ENTRY_POINT)
            return
        self._claimed.add(folder)
        if not (folder / MANIFEST_FILE).is_file():
            fix = f"Ship {MANIFEST_FILE} inside the package (package data)."
            self._problem(folder / MANIFEST_FILE, "", f"{source}: there is no manifest.", fix, Code.BAD_ENTRY_POINT)
            return
        self._add(folder / MANIFEST_FILE, folder.name, entry_point.module, folder, origin)

    def unclaimed(self) -> None:
        """A manifest inside a package counts only if an entry point announces the package."""
        for folder in self._packaged:
            if folder not in self._claimed:
                fix = f"Move it to {MANIFESTS}/{folder.name}.toml, or announce the package as {ENTRY_POINT_GROUP}."
                self._problem(
                    folder / MANIFEST_FILE, "", "No entry point announces this manifest.", fix, Code.NO_MANIFEST
                )

    def _root_addon(self, file: Path, folder: Path, origin: str) -> None:
        if not (folder / "__init__.py").is_file():
            fix = f"Add {folder / '__init__.py'}, or remove the manifest."
            self._problem(file, "", "This manifest has no code.", fix, Code.NO_CODE)
        self._add(file, file.stem, f"{NAMESPACE}.{file.stem}", folder, origin)

    def _check_code_folder(self, folder: Path, manifest: Path) -> None:
        if manifest.is_file():
            return
        if (folder / MANIFEST_FILE).is_file():
            self._packaged.append(folder)
        else:
            fix = f"Add {manifest}, or remove the folder."
            self._problem(folder, "", "This addon has no manifest.", fix, Code.NO_MANIFEST)

    def _add(self, file: Path, expected_name: str, package: str, folder: Path, origin: str) -> None:
        if expected_name in self.known:
            other = self.known[expected_name].file
            fix = f"Remove one of the two: {other} or {file}."
            self._problem(file, "name", f'"{expected_name}" comes from {other} as well.', fix, Code.TWO_ORIGINS)
            return
        manifest, problems = read_manifest(file, expected_name)
        self.problems.extend(problems)
        if manifest is None:
            self.broken.add(expected_name)
            return
        self.known[expected_name] = FoundAddon(manifest, package, folder, file, origin)

    def _profile(self, file: Path) -> None:
        profile, problems = read_profile(file)
        self.problems.extend(problems)
        if profile is None:
            return
        if profile.name in self.profiles:
            other = self.profiles[profile.name].file
            message = f'The profile "{profile.name}" comes from {other} as well.'
            self._problem(file, "", message, "Rename one of the two.", Code.TWO_ORIGINS)
            return
        self.profiles[profile.name] = profile

    def _refuse_init(self, root: Path) -> None:
        file = root / NAMESPACE / "__init__.py"
        if file.is_file() and not any(problem.file == str(file) for problem in self.problems):
            message = "This file hides the addons of every other root."
            self._problem(file, "", message, "Remove it.", Code.HIDDEN_NAMESPACE)

    def _problem(self, file: Path | str, key: str, message: str, fix: str, code: Code) -> None:
        self.problems.append(BootProblem(str(file), key, message, fix, code))


def _code_folders(code: Path) -> Iterator[Path]:
    """Folders with Python files in them; what a removed addon left behind (``__pycache__``) does not count."""
    for folder in sorted(code.iterdir()) if code.is_dir() else ():
        if folder.is_dir() and not folder.name.startswith((".", "_")) and any(folder.rglob("*.py")):
            yield folder


def _package_folder(package: str) -> Path | None:
    """The folder of a package, found as an import would find it but without running its code or its parents'."""
    path: Sequence[str] | None = None
    spec: ModuleSpec | None = None
    parts = package.split(".")
    for depth in range(1, len(parts) + 1):
        name = ".".join(parts[:depth])
        spec = _find_spec(name, path)
        if spec is None or spec.submodule_search_locations is None:
            return None
        if spec.origin is None and depth < len(parts):
            import_module(name)  # a namespace: there is no code to run, and its children need it in sys.modules
        path = list(spec.submodule_search_locations)
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).resolve().parent


def _find_spec(name: str, path: Sequence[str] | None) -> ModuleSpec | None:
    """``importlib.util.find_spec`` without its import of the parents; asks editable installs' finders too."""
    for finder in sys.meta_path:
        spec = finder.find_spec(name, path)
        if spec is not None:
            return spec
    return None
