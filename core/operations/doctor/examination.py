"""The examination: one thing after the other, and what cannot be looked at without another is left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from core.app import create_app
from core.config import Config, ConfigError
from core.kernel import current_kernel
from core.manifest import BootError
from core.operations.doctor.configuration import check_configuration, unusable_addons, unusable_environment
from core.operations.doctor.database import check_database
from core.operations.doctor.files import check_files
from core.operations.doctor.findings import Finding
from core.operations.doctor.work import check_work


def examine(environ: Mapping[str, str]) -> list[Finding]:
    """Everything that can be said of a deployment with this environment. Changes nothing."""
    try:
        config = Config.from_environment(environ)
    except ConfigError as problems:
        return list(unusable_environment(problems))
    found = [*check_configuration(config), *check_files(config)]
    try:
        app = create_app(replace(config, log_level="CRITICAL"))  # what is wrong is told here
    except BootError as problems:
        return [*found, *unusable_addons(problems)]
    with app.app_context():
        return [*found, *check_database(current_kernel()), *check_work(config)]
