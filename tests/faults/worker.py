"""``banyan worker`` whose sweeper looks more often: ``python worker.py <seconds between sweeps>``."""

import os
import sys

from core.app import create_app
from core.jobs.rq_worker import serve

serve(create_app(), os.environ["REDIS_URL"], sweep_seconds=float(sys.argv[1]))
