"""Whether an addon's migrations, run one after the other on an empty database, end at its models."""

from __future__ import annotations

from collections.abc import Collection

from core.config import Config
from core.db import migrations
from core.problem_codes import Code
from core.registry import Registry
from core.vetting.findings import Finding, Findings


def schema_findings(config: Config, registry: Registry, addons: Collection[str]) -> Findings:
    """Replay every migration on the empty database of ``config`` and compare what ``addons`` get with their models."""
    try:
        migrations.replay(config, registry)
    except Exception as error:
        yield Finding(Code.SCHEMA, ", ".join(addons), f"The migrations do not run: {type(error).__name__}: {error}")
        return
    differences = migrations.check(config, registry)
    for chain in migrations.chains(registry):
        if chain.addon not in addons:
            continue
        yield from _name_findings(chain)
        command = f'banyan db revision {chain.addon} -m "…"'
        if chain.head is None:
            yield Finding(
                Code.NO_MIGRATIONS, str(chain.folder), f"{chain.addon} has tables and no migrations.", command
            )
            continue
        for line in differences:
            if line.startswith(f"{chain.addon}: "):
                yield Finding(Code.SCHEMA, chain.addon, line.partition(": ")[2], f"Write what is missing: {command}")


def _name_findings(chain: migrations.Chain) -> Findings:
    for table in chain.tables:
        if chain.addon != "core" and table.name != chain.addon and not table.name.startswith(f"{chain.addon}_"):
            message = "The addon's purge would leave this table, and another addon may make it too."
            yield Finding(Code.TABLE_NAME, table.name, message, f'Call it "{chain.addon}" or "{chain.addon}_…".')
