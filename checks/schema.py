"""Whether the migrations, run one after the other on an empty database, end at the models."""

from __future__ import annotations

import tempfile

from core.app import load_registry
from core.config import Config
from core.db import migrations


def schema_differences() -> str:
    """What the models of the standard profile have and the migrations do not make, or the other way round."""
    with tempfile.TemporaryDirectory() as scratch:
        config = Config.from_environment({"BANYAN_DATA": scratch})
        registry = load_registry(config)
        migrations.replay(config, registry)
        without = [f"{chain.addon}: no migrations" for chain in migrations.chains(registry) if chain.head is None]
        return "\n".join([*without, *migrations.check(config, registry)])
