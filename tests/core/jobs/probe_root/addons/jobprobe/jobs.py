"""Jobs: one that inserts numbers by cursor, and one that does what the test wrote into ``SCRIPTS``."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from addons.jobprobe.models import Mark

from core.i18n import translator
from core.jobs import JobRun, Step, job

_ = translator(__name__)

SCRIPTS: dict[str, Callable[[JobRun], Any]] = {}


@job("jobprobe.count_up", title=_("Count up"))
def count_up(run: JobRun, *, to: int, batch: int = 10, pause: float = 0.0) -> Iterator[Step]:
    for first in range(run.cursor or 0, to, batch):
        numbers = range(first, min(first + batch, to))
        run.session.add_all(Mark(number=number) for number in numbers)
        run.session.flush()
        time.sleep(pause)
        run.result = {"message": f"{numbers.stop} numbers"}
        yield Step(done=numbers.stop, total=to, cursor=numbers.stop)


@job("jobprobe.scripted", title="Scripted")
def scripted(run: JobRun, *, script: str) -> Any:
    return SCRIPTS[script](run)


@job("jobprobe.scripted_system", title="Scripted for the system", as_system=True)
def scripted_system(run: JobRun, *, script: str) -> Any:
    return SCRIPTS[script](run)


@job("jobprobe.daily", title="Daily")
def daily(run: JobRun) -> None:
    run.session.add(Mark(number=0))
