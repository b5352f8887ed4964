"""A job that writes numbers by cursor and does not mind how often it is killed."""

from __future__ import annotations

import time
from collections.abc import Iterator

from addons.endure.models import Effect

from core.jobs import JobRun, Step, job

NEVER = 1_000_000


@job("endure.count_up", title="Count up", max_attempts=NEVER)
def count_up(run: JobRun, *, to: int, batch: int = 5, pause: float = 0.01) -> Iterator[Step]:
    for first in range(run.cursor or 0, to, batch):
        numbers = range(first, min(first + batch, to))
        run.session.add_all(Effect(job_id=run.job_id, number=number) for number in numbers)
        run.session.flush()
        time.sleep(pause)
        yield Step(done=numbers.stop, total=to, cursor=numbers.stop)


@job("endure.keep_time", title="Keep time", max_attempts=NEVER)
def keep_time(run: JobRun) -> None:
    run.session.add(Effect(job_id=run.job_id, number=0))
