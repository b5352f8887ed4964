"""An installed addon is judged like one of a root: by its package's name, with the exceptions that it ships."""

from __future__ import annotations

from pathlib import Path

from core.discovery import FoundAddon
from core.manifest import read_manifest
from core.problem_codes import Code
from core.vetting.sources import source_findings

MANIFEST = """
name = "{name}"
title = "A"
summary = "A"
version = "0.1.0"
category = "other"
icon = "list"
{more}
"""


def install(folder: Path, name: str, source: str, more: str = "") -> FoundAddon:
    package = folder / f"acme_{name}"
    package.mkdir()
    (package / "services.py").write_text(source, encoding="utf-8")
    (package / "manifest.toml").write_text(MANIFEST.format(name=name, more=more), encoding="utf-8")
    manifest, problems = read_manifest(package / "manifest.toml", name)
    assert manifest is not None, problems
    return FoundAddon(manifest, f"acme_{name}", package, package / "manifest.toml", "acme 1.0")


def test_imports_between_installed_addons_are_compared_with_their_manifests(tmp_path: Path) -> None:
    shop = install(tmp_path, "shop", "x = 1")
    source = "from acme_shop.api import a\nfrom acme_shop.services import x\nfrom acme_till.services import y\n"
    till = install(tmp_path, "till", source, 'depends = ["shop"]')
    stranger = install(tmp_path, "stranger", "from acme_shop.api import a\nfrom core.db import system\n")
    known = {each.name: each for each in (shop, till, stranger)}

    (private,) = source_findings(till, known)
    undeclared, reviewed = source_findings(stranger, known)

    assert (private.code, private.place) == (Code.IMPORT_CONTRACT, f"{till.folder / 'services.py'}:2")
    assert "acme_shop.services.x is private to shop" in private.message
    assert "stranger imports shop, which its manifest does not declare" in undeclared.message
    assert reviewed.code is Code.PYTHON_RULE
    (stranger.folder / "allowances.toml").write_text(
        '[[allow]]\nrule = "system-session"\npath = "addons/stranger/*"\nreason = "sums"\n', encoding="utf-8"
    )
    assert [each.code for each in source_findings(stranger, known)] == [Code.IMPORT_CONTRACT]
