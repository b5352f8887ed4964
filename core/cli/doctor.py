"""``banyan doctor``."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from dataclasses import asdict

import click

from core.operations.doctor import Finding, examine

MARKS = {"ok": "ok     ", "warning": "WARNING", "error": "ERROR  "}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def doctor(as_json: bool) -> None:
    """Look at everything that can be wrong with this deployment; exit status 1 when something is."""
    found = examine(os.environ)
    count = Counter(each.level for each in found)
    if as_json:
        told = {"errors": count["error"], "warnings": count["warning"], "findings": [asdict(each) for each in found]}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        for each in found:
            _tell(each)
        click.echo(f"{count['error']} errors, {count['warning']} warnings, {count['ok']} in order")
    sys.exit(1 if count["error"] else 0)


def _tell(found: Finding) -> None:
    click.echo(f"{MARKS[found.level]} {found.check:14} {found.what}")
    for word, text in (("why", found.why), ("fix", found.fix)):
        if text:
            click.echo(f"        {word:>14} {text}")
