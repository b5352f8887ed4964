"""An addon's own files: its imports against its manifest, the house rules on Python and templates, its Vietnamese."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from core.discovery import FoundAddon
from core.i18n_check import missing
from core.manifest import KERNEL
from core.problem_codes import Code
from core.vetting.breaches import Allowance, Breach, read_allowances, unused, without_allowed
from core.vetting.findings import Finding, Findings
from core.vetting.import_contract import Declared, check_imports
from core.vetting.python_rules import check_source
from core.vetting.template_rules import check_template

ALLOWANCES = Path("checks/allowances.toml")
"""Below the root of an addon: its reviewed exceptions. An installed one has them in its package."""

Rules = tuple[tuple[Code, list[Breach]], ...]


def source_findings(addon: FoundAddon, known: Mapping[str, FoundAddon]) -> Findings:
    """What the addon's Python and templates do against the rules, but for its reviewed exceptions."""
    allowances = _allowances(addon)
    neighbours = {name: declared(found) for name, found in known.items() if name != KERNEL}
    judged = _judge(addon, neighbours)
    for code, breaches in judged:
        for breach in without_allowed(breaches, allowances):
            place = f"{_real(addon, breach.path)}:{breach.line}"
            yield Finding(code, place, f"{breach.rule}: {breach.message}")
    everything = [breach for _code, breaches in judged for breach in breaches]
    for stale in unused(everything, allowances):
        message = f"{stale.rule} for {stale.path} excepts nothing any more."
        yield Finding(Code.STALE_ALLOWANCE, str(_allowances_file(addon)), message)


def text_findings(addon: FoundAddon) -> Findings:
    """What keeps the addon's Vietnamese from being complete."""
    for line in missing(addon.folder, addon.name):
        place, colon, message = line.partition(": ")
        yield Finding(Code.VIETNAMESE, place, message) if colon else Finding(Code.VIETNAMESE, addon.name, line)


def declared(found: FoundAddon) -> Declared:
    """What a manifest says of the addon's neighbours."""
    return Declared(frozenset(found.manifest.depends), frozenset(found.manifest.optional), found.package)


def _judge(addon: FoundAddon, neighbours: Mapping[str, Declared]) -> Rules:
    sources = list(_files(addon, ".py"))
    templates = [(path, text) for path, text in _files(addon, ".html") if "/templates/" in path]
    return (
        (Code.IMPORT_CONTRACT, [each for path, text in sources for each in check_imports(path, text, neighbours)]),
        (Code.PYTHON_RULE, [each for path, text in sources for each in check_source(path, text)]),
        (Code.TEMPLATE_RULE, [each for path, text in templates for each in check_template(path, text)]),
    )


def _files(addon: FoundAddon, suffix: str) -> Iterator[tuple[str, str]]:
    """Path as the rules know it (``addons/<name>/…``, wherever the addon lies) and text. Broken syntax is told by the boot."""
    for file in sorted(addon.folder.rglob(f"*{suffix}")):
        try:
            text = file.read_text(encoding="utf-8")
            if suffix == ".py":
                ast.parse(text)
        except (SyntaxError, UnicodeDecodeError):
            continue
        yield f"addons/{addon.name}/{file.relative_to(addon.folder).as_posix()}", text


def _real(addon: FoundAddon, path: str) -> Path:
    return addon.folder.joinpath(*path.split("/")[2:])


def _allowances_file(addon: FoundAddon) -> Path:
    is_rooted = addon.package.startswith("addons.")
    return addon.folder.parent.parent / ALLOWANCES if is_rooted else addon.folder / ALLOWANCES.name


def _allowances(addon: FoundAddon) -> list[Allowance]:
    """The exceptions that are about this addon alone; those of its neighbours in the root are theirs."""
    file = _allowances_file(addon)
    listed = read_allowances(file) if file.is_file() else ()
    return [each for each in listed if each.path.startswith(f"addons/{addon.name}/")]
