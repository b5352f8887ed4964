"""Runs the gates one after the other, all of them even when one is red, and sums up at the end."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from checks.files import ROOT, read_text, repository_files
from checks.hygiene import check_file
from checks.pins import check_pins
from checks.schema import schema_differences
from core.vetting.breaches import Breach, read_allowances, unused, without_allowed
from core.vetting.import_contract import check_imports, read_neighbours
from core.vetting.python_rules import check_source
from core.vetting.template_rules import check_template

ALLOWANCES = ROOT / "checks" / "allowances.toml"


@dataclass(frozen=True, slots=True)
class Gate:
    """One check; ``run`` answers what is wrong as text, the empty string when nothing is."""

    name: str
    run: Callable[[], str]


def tool(command: str, *arguments: str) -> Callable[[], str]:
    """A gate that is a program of our virtual environment, quiet unless it fails."""
    program = str(Path(sys.executable).with_name(command))

    def run() -> str:
        done = subprocess.run(
            [program, *arguments],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        return (done.stdout + done.stderr).strip() or f"exit code {done.returncode}" if done.returncode else ""

    return run


def rules(collect: Callable[[], list[Breach]]) -> Callable[[], str]:
    """A gate of our own: its findings without the reviewed exceptions."""
    return lambda: "\n".join(map(str, without_allowed(collect(), read_allowances(ALLOWANCES))))


def python_findings() -> list[Breach]:
    return [finding for path in _paths(".py") for finding in check_source(path, _text(path))]


def import_findings() -> list[Breach]:
    manifests = read_neighbours(ROOT / "manifests")
    return [finding for path in _paths(".py") for finding in check_imports(path, _text(path), manifests)]


def template_findings() -> list[Breach]:
    templates = [path for path in _paths(".html") if "/templates/" in path and not path.startswith("tests/")]
    return [finding for path in templates for finding in check_template(path, _text(path))]


def hygiene_findings() -> list[Breach]:
    files = ((path, ROOT / path) for path in repository_files())
    return [finding for path, file in files for finding in check_file(path, file.stat().st_size, read_text(file))]


def stale_allowances() -> str:
    found = [*python_findings(), *import_findings(), *template_findings(), *hygiene_findings()]
    return "\n".join(
        f"checks/allowances.toml: {allowance.rule} for {allowance.path} excepts nothing any more"
        for allowance in unused(found, read_allowances(ALLOWANCES))
    )


def gates() -> list[Gate]:
    templates = sorted(
        {path.rpartition("/templates/")[0] + "/templates" for path in _paths(".html") if "/templates/" in path}
    )
    found = [
        Gate("ruff", tool("ruff", "check", ".")),
        Gate("format", tool("ruff", "format", "--check", ".")),
        Gate("mypy", tool("mypy")),
        Gate("import-linter", tool("lint-imports")),
        Gate("imports", rules(import_findings)),
        Gate("python", rules(python_findings)),
        Gate("templates", rules(template_findings)),
        Gate("hygiene", rules(hygiene_findings)),
        Gate("pins", rules(lambda: check_pins(ROOT))),
        Gate("allowances", stale_allowances),
        Gate("migrations", schema_differences),
    ]
    if templates:
        found.insert(6, Gate("djlint", tool("djlint", "--lint", "--quiet", *templates)))
    if find_spec("core.i18n_check"):
        found.append(Gate("vietnamese", tool("python", "-m", "core.i18n_check")))
    return found


def main(wanted: Sequence[str]) -> int:
    known = gates()
    unknown = set(wanted) - {gate.name for gate in known}
    if unknown:
        print(f"no such gate: {', '.join(sorted(unknown))}; there are: {', '.join(gate.name for gate in known)}")
        return 2
    red = []
    for gate in known:
        if wanted and gate.name not in wanted:
            continue
        started = time.monotonic()
        complaint = gate.run()
        print(f"{'FAIL' if complaint else 'ok  '}  {gate.name:<14} {time.monotonic() - started:5.1f} s", flush=True)
        if complaint:
            print(complaint, end="\n\n", flush=True)
            red.append(gate.name)
    print(f"red: {', '.join(red)}" if red else "all gates green")
    return 1 if red else 0


def _paths(suffix: str) -> list[str]:
    return [path for path in repository_files() if path.endswith(suffix)]


def _text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
