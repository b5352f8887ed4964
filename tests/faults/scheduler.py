"""A scheduler whose clock runs fast: ``python scheduler.py <Unix time at which it was right> <times as fast>``."""

import sys
import time
from datetime import UTC, datetime

from core.app import create_app
from core.jobs.scheduler import Scheduler

right, speed = map(float, sys.argv[1:])
scheduler = Scheduler()
with create_app().app_context():
    while True:
        scheduler.tick(datetime.fromtimestamp(right + (time.time() - right) * speed, UTC))
        time.sleep(0.05)
