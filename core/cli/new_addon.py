"""``banyan addon new``: an addon that works as it is, for somebody to go on from."""

from __future__ import annotations

import keyword
import os
import re
from collections.abc import Collection, Iterator
from pathlib import Path

import click

from core.app import ROOT
from core.cli.scaffold import Words, files_of, singular
from core.discovery import discover, installed_entry_points
from core.manifest import NAME
from core.registry import Registry
from core.resolution import resolve
from core.web.routes import AddonViews

LONGEST_NAME = 30
"""Characters: names of indexes begin with the addon's, and PostgreSQL cuts them at 63."""

LABEL = re.compile(r'[^"\\%{}<>\x00-\x1f]{1,60}')
"""What can stand in a manifest, a catalogue and Python alike."""


@click.command()
@click.argument("name")
@click.option(
    "--in",
    "root",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="The folder above addons/ and manifests/; it is made where it is missing. Default: the present one.",
)
@click.option("--title", help='What the application is called: "Site visits". Default: made of NAME.')
@click.option("--one", help='One of its records, within a sentence: "site visit". Default: made of NAME.')
@click.option(
    "--vi", "vietnamese", help='The title in Vietnamese: "Chuyến thăm". Default: the title, to be translated later.'
)
def new(name: str, root: Path, title: str | None, one: str | None, vietnamese: str | None) -> None:
    """Write the addon NAME: model, list, form, detail page, import, export, API, rights, audit, migration, test.

    NAME is plural, in small letters: visits. Nothing that exists is overwritten.
    """
    spoken = name.replace("_", " ")
    made_title = title or spoken[:1].upper() + spoken[1:]
    words = Words(name, made_title, one or singular(spoken), vietnamese or made_title)
    files = [(root / path, text) for path, text in files_of(words)]
    problems = [*_name_problems(name, root), *_label_problems(words)]
    problems += [f"{file} exists already." for file, _text in files if file.exists()]
    if problems:
        raise click.ClickException("\n".join(problems))
    for file, text in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        click.echo(str(file))
    for line in _next_steps(words, root.resolve(), translated=vietnamese is not None):
        click.echo(line)


def _name_problems(name: str, root: Path) -> Iterator[str]:
    if not NAME.fullmatch(name) or keyword.iskeyword(name) or len(name) > LONGEST_NAME:
        yield f'"{name}" is no name for an addon: small letters, digits and _, beginning with a letter, at most {LONGEST_NAME}.'
        return
    roots = [Path(each) for each in os.environ.get("BANYAN_ADDONS_PATH", "").split(os.pathsep) if each]
    discovery = discover([ROOT, *roots, *([root] if root.is_dir() else [])], installed_entry_points())
    known = {*discovery.known, *discovery.broken}
    if name in known:
        yield f'There is an addon "{name}" already.'
    for other in sorted(known):
        if name.startswith(f"{other}_") or other.startswith(f"{name}_"):
            yield f'Its tables could be taken for those of "{other}"; choose a name that does not begin like that.'
    if name in _paths_of(Registry.load(resolve(discovery.known, ()))):
        yield f"/{name} is a page of the kernel; choose another name."


def _paths_of(kernel: Registry) -> Collection[str]:
    """The first part of every path of the kernel's own pages."""
    rules = [route.rule for found in kernel.instances(AddonViews) for route in found.obj.routes]
    return {rule.split("/")[1] for rule in rules} | {"api", "static"}


def _label_problems(words: Words) -> Iterator[str]:
    for option, text in (("--title", words.title), ("--one", words.one), ("--vi", words.vietnamese)):
        if not LABEL.fullmatch(text) or not text.strip():
            yield f'{option}: write 1 to 60 characters without quotes, \\, %, braces and <>; not "{text}".'


def _next_steps(words: Words, root: Path, *, translated: bool) -> Iterator[str]:
    name = words.name
    yield ""
    if not translated:
        yield f"Its Vietnamese texts still say “{words.title}”: correct addons/{name}/translations/vi.po."
    if root == ROOT:
        yield f"Name it in manifests/profiles/standard.toml, or: export BANYAN_ADDONS={name}"
    else:
        yield f"export BANYAN_ADDONS_PATH={root} BANYAN_ADDONS={name}"
    yield f"banyan addon check {name}"
    yield "banyan db upgrade"
    yield f"banyan addon enable {name} BUSINESS"
    yield f"python -m pytest {root / 'tests' / 'addons' / name}"
