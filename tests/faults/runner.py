"""The embedded runner in a process of its own, until it is killed: ``python runner.py <seconds a lease>``."""

import sys
import threading

from core.app import create_app
from core.jobs import claims
from core.jobs.embedded import EmbeddedRunner

claims.LEASE_SECONDS = float(sys.argv[1])
EmbeddedRunner(create_app(), poll_seconds=0.05).start()
threading.Event().wait()
