"""A process that runs jobs until it is killed: ``python serve_jobs.py <seconds a lease>``; the environment says the rest."""

import os
import sys
import time
from dataclasses import replace
from pathlib import Path

from core.app import create_app
from core.config import Config
from core.jobs import claims
from core.jobs.embedded import EmbeddedRunner

claims.LEASE_SECONDS = float(sys.argv[1])
config = replace(
    Config.from_environment(os.environ),
    addons=("jobprobe",),
    addons_path=(Path(__file__).parent / "probe_root",),
)
EmbeddedRunner(create_app(config), poll_seconds=0.05).start()
sys.stdout.write("ready\n")
sys.stdout.flush()
time.sleep(600)
