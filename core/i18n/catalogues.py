"""The catalogues of a deployment: ``translations/<locale>.po`` of the kernel and of every addon, parsed as they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from gettext import c2py
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, read_po

from core.discovery import NAMESPACE, FoundAddon
from core.i18n.locale import LOCALES, of_application
from core.manifest import KERNEL, BootError, BootProblem
from core.problem_codes import Code

TRANSLATIONS = "translations"
KERNEL_FOLDER = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One domain's texts in one language. ``plurals`` is keyed by the singular msgid."""

    texts: Mapping[str, str]
    plurals: Mapping[str, tuple[str, ...]]
    plural_form: Callable[[int], int]


@dataclass(frozen=True, slots=True)
class Library:
    """All catalogues by (domain, locale), and the domain of each addon package."""

    catalogues: Mapping[tuple[str, str], Catalogue]
    packages: Mapping[str, str] = field(default_factory=dict)
    _domains: dict[str, str] = field(default_factory=dict)

    def domain_of(self, module_name: str) -> str:
        """The addon that a module belongs to; the kernel for a module of no addon."""
        known = self._domains.get(module_name)
        if known is None:
            known = self._domains[module_name] = self._domain_of(module_name)
        return known

    def _domain_of(self, module_name: str) -> str:
        parts = module_name.split(".")
        for length in range(len(parts), 0, -1):
            package = ".".join(parts[:length])
            if package in self.packages:
                return self.packages[package]
        return parts[1] if parts[0] == NAMESPACE and len(parts) > 1 else KERNEL

    def domain_of_template(self, name: str | None) -> str:
        """The addon in the first path segment of a template's name; the kernel where that names none."""
        first = (name or "").partition("/")[0]
        return first if first in self.packages.values() else KERNEL

    def text(self, domain: str, msgid: str, locale: str) -> str:
        """The text in this language: the domain's own, else the kernel's, else the msgid."""
        catalogue = self.catalogues.get((domain, locale))
        found = catalogue.texts.get(msgid) if catalogue is not None else None
        if found is None and domain != KERNEL:
            return self.text(KERNEL, msgid, locale)
        return msgid if found is None else found

    def plural(self, domain: str, singular: str, plural: str, number: int, locale: str) -> str:
        """The form for this number, not filled in; the English rule holds for the msgids."""
        for name in (domain, KERNEL):
            catalogue = self.catalogues.get((name, locale))
            if catalogue is not None and singular in catalogue.plurals:
                return catalogue.plurals[singular][catalogue.plural_form(abs(number))]
        return singular if number == 1 else plural


def read_library(addons: Sequence[FoundAddon]) -> Library:
    """The catalogues of the kernel and these addons. Raises BootError naming every file that cannot be parsed."""
    folders = {KERNEL: KERNEL_FOLDER, **{found.name: found.folder for found in addons}}
    catalogues: dict[tuple[str, str], Catalogue] = {}
    problems: list[BootProblem] = []
    for domain, folder in folders.items():
        for file in (folder / TRANSLATIONS / f"{locale}.po" for locale in LOCALES):
            if not file.is_file():
                continue
            try:
                catalogues[domain, file.stem] = _read(file)
            except (PoFileError, ValueError, OSError) as error:
                message = f"It cannot be parsed: {error}."
                problems.append(BootProblem(str(file), "", message, "Correct that line.", Code.VIETNAMESE))
    if problems:
        raise BootError(problems)
    return Library(catalogues, {KERNEL: KERNEL, **{found.package: found.name for found in addons}})


def read_po_file(file: Path) -> Catalog:
    """The file as Babel sees it. Raises PoFileError or ValueError where it is not in the format."""
    with file.open("rb") as stream:
        return read_po(stream, locale=file.stem, abort_invalid=True)


def _read(file: Path) -> Catalogue:
    """Without fuzzy and empty entries: they count as untranslated."""
    po = read_po_file(file)
    texts: dict[str, str] = {}
    plurals: dict[str, tuple[str, ...]] = {}
    for entry in po:
        forms = entry.string if isinstance(entry.string, tuple | list) else (entry.string or "",)
        if not entry.id or entry.fuzzy or not all(forms):
            continue
        if isinstance(entry.id, str):
            texts[entry.id] = forms[0]
        elif len(forms) == po.num_plurals:
            plurals[entry.id[0]] = tuple(forms)
    return Catalogue(texts, plurals, c2py(po.plural_expr))


EXTENSION = "banyan_texts"
_installed: Library | None = None


def install(library: Library) -> None:
    """Make this the library of the process, replacing the one before it. The last step of a boot that succeeded."""
    global _installed
    _installed = library


def installed() -> Library:
    """The library of the running application, else of the process; before a boot, the kernel's catalogues alone."""
    own: Library | None = of_application(EXTENSION)
    if own is not None:
        return own
    if _installed is None:
        install(read_library(()))
        return installed()
    return _installed
