"""The guides cannot rot: their listings, tables, commands and links are compared with the repository."""

from __future__ import annotations

import re
import shlex
import textwrap
from dataclasses import fields
from pathlib import Path
from typing import get_type_hints

import click
import pytest

from core import manifest
from core.cli.main import banyan
from core.config import documentation
from core.resources import Resource
from core.scan import CONVENTIONS, EXTENDS

HOUSE = Path(__file__).parents[2]
DOCS = HOUSE / "docs"
ROOT = Path(__file__).parent / "root"
LISTING = re.compile(r"<!-- (file|part): (\S+) -->.*?```\w+\n(.*?)\n```", re.DOTALL)
OWN_PAGES = ["api.md", "implementers.md", "operations.md", "testing.md", "decisions.md"]


def read(page: str) -> str:
    return (DOCS / page).read_text(encoding="utf-8")


def section(page: str, title: str) -> str:
    return read(page).partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def listings() -> list[tuple[str, str, str]]:
    return LISTING.findall(read("implementers.md"))


@pytest.mark.parametrize(("kind", "path", "shown"), listings(), ids=lambda value: value[-40:])
def test_a_listing_is_what_stands_in_the_file(kind, path, shown):
    text = (HOUSE / path).read_text(encoding="utf-8")
    if kind == "file":
        assert shown == text.rstrip()
    else:
        assert shown in textwrap.dedent(text)


def test_the_guide_shows_the_whole_example():
    shown = {path for kind, path, _ in listings() if kind == "file"}
    there = {str(file.relative_to(HOUSE)) for file in ROOT.rglob("*") if file.suffix in {".py", ".toml"}}
    assert shown - {"tests/docs/test_contract.py"} == {each for each in there if "/migrations/" not in each}


def test_the_environment_is_the_one_that_the_code_reads():
    rows = re.findall(r"^\| `(\w+)` \| (.*) \| (.*) \|$", section("operations.md", "Environment"), re.MULTILINE)
    assert rows == [(each["variable"], each["default"], each["meaning"]) for each in documentation()]


def test_every_key_of_a_manifest_is_explained():
    told = section("implementers.md", "The manifest")
    tables = (manifest.MenuEntry, manifest.SlotEntry, manifest.Group, manifest.Setting, manifest.Webhook)
    keys = {each.name for table in (manifest.Manifest, *tables) for each in fields(table)} - {"addon", "jobs"}
    keys |= {"[jobs", *manifest.CATEGORIES, *manifest.SETTING_TYPES}
    assert [key for key in sorted(keys) if not re.search(rf"[`\[]{re.escape(key)}\b", told)] == []


def test_every_attribute_and_method_of_a_resource_is_explained():
    told = section("implementers.md", "Resource")
    derived = {"endpoint", "routes", "sort_attribute"}
    attributes = set(get_type_hints(Resource)) - {"addon"}
    methods = {name for name, value in vars(Resource).items() if callable(value) and not name.startswith("_")} - derived
    assert [name for name in sorted(attributes | methods) if not re.search(rf"`{name}[`(]", told)] == []


def test_every_conventional_module_is_explained():
    told = section("implementers.md", "Files")
    assert [name for name in (*CONVENTIONS, EXTENDS) if f"`{name}" not in told] == []


def test_the_blocks_of_templates_exist():
    rows = re.findall(r"^\| `(resource/\w+\.html)` \| (.*) \|$", section("implementers.md", "Resource"), re.MULTILINE)
    assert rows
    for template, blocks in rows:
        text = (HOUSE / "core/ui/templates" / template).read_text(encoding="utf-8")
        assert [name for name in blocks.split(", ") if not re.search(rf"{{% block {name}\b", text)] == [], template


@pytest.mark.parametrize("page", OWN_PAGES)
def test_every_command_exists(page):
    for line in re.findall(r"^banyan .*$", read(page), re.MULTILINE):
        command: click.Command = banyan
        words = shlex.split(line.partition("#")[0].partition("|")[0])[1:]
        while isinstance(command, click.Group):
            assert words[0] in command.commands, line
            command = command.commands[words.pop(0)]
        command.make_context(command.name, words)


@pytest.mark.parametrize("page", OWN_PAGES)
def test_every_link_leads_somewhere(page):
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", read(page)):
        assert (DOCS / target).exists(), target
