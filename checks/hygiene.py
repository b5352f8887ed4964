"""What must not be in the repository: products of a build, other people's code, machines, secrets, vague names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from core.vetting.breaches import Breach

MAX_BYTES = 500_000

ARTEFACTS = (
    "*.pyc",
    "*.pyo",
    "*.so",
    "*.mo",
    "*.map",
    "*.log",
    "*.sqlite3*",
    "*.db",
    "*.whl",
    "*.orig",
    "*.rej",
    "*.min.js",
    "*.min.css",
    "*.woff*",
    "*.DS_Store",
    "*__pycache__/*",
    "*node_modules/*",
    "*.egg-info/*",
    "*static/vendor/*",
    "build/*",
    "dist/*",
    "var/*",
    ".venv/*",
)
VAGUE_MODULES = {"utils.py", "util.py", "helpers.py", "helper.py", "manager.py", "common.py", "misc.py"}

MACHINE_PATH = re.compile(r"(?<![\w.\-}>])/(?:work|home|tmp|root|Users)/(?=[\w.$<{-])")
PACKAGE_SOURCE = re.compile(r"--(?:extra-)?index-ur[l]|--find-link[s]|--trusted-hos[t]")
REGISTRY = re.compile(r"^\s*registry\s*=", re.MULTILINE)
CONFLICT = re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE)
SECRETS = {
    "a private key": re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----"),
    "an AWS key": re.compile(r"\bAKIA[0-9A-Z]{16}\b"),
    "a GitHub token": re.compile(r"\bgh[pousr]_[A-Za-z0-9]{36}\b"),
    "a GitLab token": re.compile(r"\bglpat-[A-Za-z0-9_-]{20}\b"),
    "a Slack token": re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{10,}\b"),
    "an address with a password": re.compile(
        r"\b(?:postgres\w*(?:\+\w+)?|redis|https?|smtp)://[\w.-]+:(?!password@|secret@)[^\s@/\"'{<$]{8,}@"
    ),
}


def check_file(path: str, size: int, text: str | None) -> list[Breach]:
    """Every breach of one file; ``text`` is None where it is no text."""
    found = [*_name_breaches(path, size)]
    if text is not None:
        found += [(_line(text, position), rule, message) for position, rule, message in _text_breaches(path, text)]
    return [Breach(path, line, rule, message) for line, rule, message in found]


def _name_breaches(path: str, size: int) -> Iterator[tuple[int, str, str]]:
    if any(fnmatchcase(path, pattern) for pattern in ARTEFACTS):
        yield 1, "artefact", "is made by a build or by somebody else; it does not belong in the repository"
    if size > MAX_BYTES:
        yield 1, "size", f"{size:,} bytes; the limit is {MAX_BYTES:,}"
    if path.rpartition("/")[2] in VAGUE_MODULES:
        yield 1, "vague-name", "name the concept that lives here"


def _text_breaches(path: str, text: str) -> Iterator[tuple[int, str, str]]:
    if not path.startswith("tests/"):
        for match in MACHINE_PATH.finditer(text):
            yield match.start(), "machine-path", f"{match.group()} exists on one machine only"
        for what, pattern in SECRETS.items():
            yield from ((match.start(), "secret", f"looks like {what}") for match in pattern.finditer(text))
    for match in CONFLICT.finditer(text):
        yield match.start(), "conflict", "an unresolved merge"
    for match in PACKAGE_SOURCE.finditer(text):
        yield match.start(), "package-source", "where packages come from is the machine's business"
    if path.endswith((".npmrc", ".yarnrc", "pip.conf")):
        for match in REGISTRY.finditer(text):
            yield match.start(), "package-source", "where packages come from is the machine's business"
    if path.endswith("package-lock.json"):
        for address in _resolved(json.loads(text)):
            yield text.find(address), "package-source", f"the lock file names a host: {address}"


def _resolved(lock: dict[str, object]) -> Iterator[str]:
    packages = lock.get("packages")
    for package in packages.values() if isinstance(packages, dict) else ():
        if "resolved" in package:
            yield str(package["resolved"])


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1
