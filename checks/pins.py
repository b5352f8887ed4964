"""Every Python package that an installation brings is pinned in constraints.txt, at the version that was tested."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from core.vetting.breaches import Breach

RULE = "pins"
PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)


def read_pins(text: str) -> dict[str, str]:
    return {canonicalize_name(name): version for name, version in PIN.findall(text)}


def stated_requirements(pyproject: str) -> list[Requirement]:
    """The project's dependencies, those of its extras included."""
    project = tomllib.loads(pyproject)["project"]
    extras = project.get("optional-dependencies", {}).values()
    return [Requirement(line) for line in [*project["dependencies"], *(line for extra in extras for line in extra)]]


def installed_closure(requirements: Iterable[Requirement]) -> dict[str, str | None]:
    """Everything that the requirements bring: name → installed version, None where it is not installed."""
    closure: dict[str, str | None] = {}
    queue = [(requirement, extra) for requirement in requirements for extra in ("", *requirement.extras)]
    seen = set()
    while queue:
        requirement, extra = queue.pop()
        name = canonicalize_name(requirement.name)
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        try:
            installed = distribution(name)
        except PackageNotFoundError:
            closure[name] = None
            continue
        closure[name] = installed.version
        queue += [
            (needed, inner)
            for needed in map(Requirement, installed.requires or ())
            if needed.marker is None or needed.marker.evaluate({"extra": extra})
            for inner in ("", *needed.extras)
        ]
    return closure


def check_pins(root: Path) -> list[Breach]:
    pins = read_pins((root / "constraints.txt").read_text(encoding="utf-8"))
    requirements = stated_requirements((root / "pyproject.toml").read_text(encoding="utf-8"))
    messages = compare(installed_closure(requirements), pins)
    return [Breach("constraints.txt", 1, RULE, message) for message in messages]


def compare(installed: dict[str, str | None], pins: dict[str, str]) -> list[str]:
    """What is missing from the pins or differs from them."""
    messages = []
    for name, version in sorted(installed.items()):
        if version is None:
            messages.append(f"{name} is required but not installed here")
        elif name not in pins:
            messages.append(f"{name}=={version} is installed but not pinned")
        elif pins[name] != version:
            messages.append(f"{name} is pinned to {pins[name]} but {version} is installed")
    return messages
