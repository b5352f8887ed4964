"""``banyan addon check``: everything that can be told of addons without anybody working with them, all of it at once."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from flask import Flask

from core.app import create_app
from core.config import Config
from core.db.session import db
from core.discovery import Discovery
from core.jobs.declarations import job_problems
from core.manifest import KERNEL, BootError
from core.problem_codes import Code
from core.registry import Registry
from core.resolution import resolve
from core.vetting.findings import Finding, Findings, of_problems
from core.vetting.permissions import unused_permissions
from core.vetting.schema import schema_findings
from core.vetting.sources import source_findings, text_findings


def check_addons(discovery: Discovery, names: Sequence[str]) -> list[Finding]:
    """What is wrong with the addons called ``names``, and with where they were found. Their code is imported."""
    found = [*of_problems(discovery.problems)]
    for name in names:
        if name in discovery.known:
            addon = discovery.known[name]
            found += [*source_findings(addon, discovery.known), *text_findings(addon)]
    with tempfile.TemporaryDirectory() as scratch:
        found += _boot(discovery, names, Path(scratch))
    return sorted(dict.fromkeys(found))


def _boot(discovery: Discovery, names: Sequence[str], scratch: Path) -> Findings:
    """Load them with what they depend on, start the application and run the migrations, as far as each comes."""
    try:
        registry = Registry.load(resolve(discovery.known, names, broken=discovery.broken))
    except BootError as error:
        yield from of_problems(error.problems)
        return
    wanted = [name for name in names if name in registry]
    config = Config.from_environment(
        {"BANYAN_DATA": str(scratch), "BANYAN_RUNNER": "none", "BANYAN_LOG_LEVEL": "ERROR"}
    )
    yield from of_problems(job_problems(registry))
    try:
        app = create_app(config, registry)
    except BootError as error:
        yield from of_problems(error.problems)
    except Exception as error:
        message = f"{type(error).__name__}: {error}"
        yield Finding(Code.DOES_NOT_BOOT, ", ".join(wanted), message, "Correct the code that it names.")
        return
    else:
        yield from _of_the_running(app, registry, wanted)
    yield from schema_findings(config, registry, wanted)


def _of_the_running(app: Flask, registry: Registry, names: Iterable[str]) -> Findings:
    for name in names:
        if name != KERNEL:
            yield from unused_permissions(app, registry, registry.addon(name))
    with app.app_context():
        db.engine.dispose()
