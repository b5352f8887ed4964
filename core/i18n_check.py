"""Whether everything that a user can read has its Vietnamese text: ``python -m core.i18n_check [addon …]``.

Texts are taken from Python (``_("…")``, ``_.n("…", "…", n)``), templates (``_``, ``_n``) and the manifest; for the
kernel also from WTForms and Flask-WTF. Texts in JavaScript are not seen: hand them over in data attributes.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import click
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, denormalize
from jinja2.exceptions import TemplateSyntaxError
from jinja2.ext import babel_extract

from core.discovery import HOUSE, MANIFEST_FILE, MANIFESTS, discover
from core.i18n.catalogues import KERNEL_FOLDER, TRANSLATIONS, read_po_file
from core.i18n.locale import DEFAULT_LOCALE
from core.manifest import CATEGORIES, KERNEL, read_manifest

Msgid = tuple[str, ...]  # one text, or its singular and plural

TEMPLATES = "templates"
TEMPLATE_TYPES = (".html", ".txt", ".xml")
FORM_LIBRARIES = ("wtforms", "flask_wtf")  # their messages go through the kernel's catalogue (core.i18n.forms)
WITHOUT_TEXTS = frozenset({"migrations", "static", "testing", "scaffold"})  # folders that no user reads

_TEMPLATE_TEXTS = {"_": 1, "_n": 2}  # how many texts a call begins with
_PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sd]|\{\w+\}")
_PO_MSGID = re.compile(r'^msgid ((?:".*"\s*\n)+)', re.MULTILINE)


def missing(addon_folder: Path, domain: str) -> list[str]:
    """What keeps this addon's Vietnamese from being complete, one line each; empty where it is complete.

    A text is complete if the addon's or the kernel's catalogue has it: not fuzzy, not empty, with the same
    placeholders. Entries that are used nowhere, or stand there twice, are named too.
    """
    found = extract(addon_folder, domain)
    file = addon_folder / TRANSLATIONS / f"{DEFAULT_LOCALE}.po"
    try:
        own = _catalogue(file)
        kernel = _catalogue(KERNEL_FOLDER / TRANSLATIONS / f"{DEFAULT_LOCALE}.po")
    except (PoFileError, ValueError) as error:
        return [*found.problems, f"{file}: {error}"]
    wrong = {msgid: _fault(msgid, _entry(own, msgid) or _entry(kernel, msgid)) for msgid in found.texts}
    lines = [f"{found.texts[msgid]}: {_shown(msgid)} {fault}" for msgid, fault in wrong.items() if fault]
    return [*found.problems, *lines, *_left_over(file, own, found)]


@dataclass
class Extracted:
    """The texts of an addon, each with the place of its first use, and what could not be searched."""

    texts: dict[Msgid, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def extract(addon_folder: Path, domain: str) -> Extracted:
    """Everything that the addon lets translate."""
    found = Extracted()
    for file in _files(addon_folder, (".py",)):
        _search_python(file, _own_texts, found)
    for file in _files(addon_folder, TEMPLATE_TYPES):
        if TEMPLATES in file.relative_to(addon_folder).parts:
            _search_template(file, found)
    _search_manifest(addon_folder, domain, found)
    if domain == KERNEL:
        for label in CATEGORIES.values():
            found.texts.setdefault((label,), str(addon_folder / "manifest.py"))
        for package in FORM_LIBRARIES:
            for file in _files(_folder_of(package), (".py",)):
                _search_python(file, _form_texts, found)
    return found


def _files(folder: Path, types: tuple[str, ...]) -> Iterator[Path]:
    for file in sorted(folder.rglob("*")):
        if file.suffix in types and WITHOUT_TEXTS.isdisjoint(file.relative_to(folder).parts):
            yield file


def _search_python(file: Path, text_count: Callable[[ast.expr], int], found: Extracted) -> None:
    try:
        tree = ast.parse(file.read_text(encoding="utf-8"))
    except (SyntaxError, UnicodeDecodeError) as error:
        found.problems.append(f"{file}: {error}")
        return
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        texts = call.args[: text_count(call.func)]
        literals = tuple(each.value for each in texts if isinstance(each, ast.Constant) and isinstance(each.value, str))
        if texts and len(literals) == text_count(call.func):
            found.texts.setdefault(literals, f"{file}:{call.lineno}")
        elif text_count is _own_texts and any(isinstance(each, ast.JoinedStr | ast.BinOp) for each in texts):
            found.problems.append(f"{file}:{call.lineno}: the text is composed before it is translated; use %(name)s")


def _own_texts(function: ast.expr) -> int:
    """How many texts a call of this function begins with: one for ``_``, two for ``_.n``."""
    match function:
        case ast.Name(id="_"):
            return 1
        case ast.Attribute(value=ast.Name(id="_"), attr="n"):
            return 2
    return 0


def _form_texts(function: ast.expr) -> int:
    match function:
        case ast.Attribute(attr="gettext"):
            return 1
        case ast.Attribute(attr="ngettext"):
            return 2
    return 0


def _folder_of(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise RuntimeError(f"{package} is not installed")
    return Path(spec.origin).parent


def _search_template(file: Path, found: Extracted) -> None:
    try:
        with file.open("rb") as stream:
            for line, function, arguments, _ in babel_extract(stream, tuple(_TEMPLATE_TEXTS), (), {"silent": "false"}):
                count = _TEMPLATE_TEXTS[function]
                texts = (arguments if isinstance(arguments, tuple) else (arguments,))[:count]
                if len(texts) == count and all(texts):
                    found.texts.setdefault(tuple(text or "" for text in texts), f"{file}:{line}")
    except (TemplateSyntaxError, UnicodeDecodeError) as error:
        found.problems.append(f"{file}: {error}")


def _search_manifest(folder: Path, domain: str, found: Extracted) -> None:
    inside = folder / MANIFEST_FILE
    file = inside if inside.is_file() else folder.parent.parent / MANIFESTS / f"{domain}.toml"
    manifest, problems = read_manifest(file, domain)
    found.problems += [str(problem) for problem in problems]
    for text in manifest.texts if manifest else ():
        found.texts.setdefault((text,), str(file))


def _catalogue(file: Path) -> Catalog:
    return read_po_file(file) if file.is_file() else Catalog(locale=DEFAULT_LOCALE)


def _entry(catalogue: Catalog, msgid: Msgid) -> Message | None:
    """The entry of the same kind: a text for one number does not serve where a plural is asked for."""
    entry = catalogue.get(msgid[0])
    if entry is None:
        return None
    return entry if (tuple(entry.id) if entry.pluralizable else (entry.id,)) == msgid else None


def _fault(msgid: Msgid, entry: Message | None) -> str | None:
    if entry is None:
        return "has no translation"
    if entry.fuzzy:
        return "has a translation marked fuzzy"
    forms = entry.string if isinstance(entry.string, tuple | list) else (entry.string,)
    if not all(forms):
        return "has an empty translation"
    wanted = Counter(_PLACEHOLDER.findall(msgid[-1]))
    if any(Counter(_PLACEHOLDER.findall(form or "")) != wanted for form in forms):
        return "has a translation with other placeholders"
    return None


def _left_over(file: Path, own: Catalog, found: Extracted) -> Iterator[str]:
    used = {msgid[0] for msgid in found.texts}
    unused = [entry for entry in own if entry.id and _first(entry) not in used]
    for entry in (*unused, *own.obsolete.values()):
        yield f"{file}: {_shown((_first(entry),))} is used nowhere"
    if file.is_file():
        msgids = Counter(denormalize(match[1]) for match in _PO_MSGID.finditer(file.read_text(encoding="utf-8")))
        for msgid in (msgid for msgid, count in msgids.items() if count > 1):
            yield f"{file}: {_shown((msgid,))} stands there twice"


def _first(entry: Message) -> str:
    return entry.id if isinstance(entry.id, str) else entry.id[0]


def _shown(msgid: Msgid) -> str:
    return " / ".join(f'"{text}"' for text in msgid)


@click.command()
@click.argument("addons", nargs=-1)
def main(addons: tuple[str, ...]) -> None:
    """Check these addons, or the kernel and all addons of this house; exit status 1 where a text is missing."""
    known = discover([HOUSE]).known
    if unknown := sorted(set(addons) - set(known)):
        raise click.UsageError(f"There is no addon {', '.join(unknown)}.")
    lines = [line for name in addons or known for line in missing(known[name].folder, name)]
    for line in lines:
        click.echo(line)
    if lines:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
