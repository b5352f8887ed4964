"""Whether the migrations of the standard profile end at the models."""

from __future__ import annotations

import tempfile

from core.app import load_registry
from core.config import Config
from core.vetting.schema import schema_findings


def schema_differences() -> str:
    """What the models of the standard profile have and the migrations do not make, or the other way round."""
    with tempfile.TemporaryDirectory() as scratch:
        config = Config.from_environment({"BANYAN_DATA": scratch})
        registry = load_registry(config)
        return "\n".join(map(str, schema_findings(config, registry, registry.order)))
