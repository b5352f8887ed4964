"""Houses built on disk: roots with manifests and addon code, forgotten again after the test."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from core.discovery import Discovery, discover
from core.i18n import catalogues
from core.registry import Registry
from core.resolution import choose

HEAD = {
    "title": '"A title"',
    "summary": '"A summary"',
    "version": '"0.1.0"',
    "category": '"sales"',
    "icon": '"users"',
}


def manifest_text(name: str, more: str = "", /, **keys: str | None) -> str:
    """A valid manifest; ``keys`` replace raw TOML values (None leaves a key out), ``more`` is appended."""
    values = {"name": f'"{name}"', **HEAD, **keys}
    head = "\n".join(f"{key} = {value}" for key, value in values.items() if value is not None)
    return f"{head}\n{dedent(more)}"


class House:
    """A root that holds ``addons/`` and ``manifests/``."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "manifests").mkdir(parents=True)

    def addon(self, name: str, more: str = "", files: Mapping[str, str] | None = None, **keys: str | None) -> Path:
        """Write one addon and answer its folder."""
        self.write(f"manifests/{name}.toml", manifest_text(name, more, **keys))
        for file, text in {"__init__.py": "", **(files or {})}.items():
            self.write(f"addons/{name}/{file}", text)
        return self.root / "addons" / name

    def write(self, file: str, text: str) -> Path:
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
        return path

    def discover(self) -> Discovery:
        return discover([self.root])

    def load(self, *wanted: str) -> Registry:
        return Registry.load(choose(self.discover(), wanted))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    path = list(sys.path)
    yield House(tmp_path / "house")
    sys.path[:] = path
    for name, module in list(sys.modules.items()):
        if str(getattr(module, "__file__", "")).startswith(str(tmp_path)) or name == "addons":
            del sys.modules[name]


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the test installs as the process's texts is gone after it."""
    monkeypatch.setattr(catalogues, "_installed", None)
