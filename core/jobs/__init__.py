"""Background jobs: an outbox in the database is the truth, a runner claims from it, each step commits its effect and place.

``@job`` declares, ``enqueue`` asks, in the caller's transaction. Runners are in ``embedded.py`` (a thread of the web
process) and ``rq_worker.py`` (workers on Redis); what a kill at any moment leaves behind is in ``execution.py``.
"""

from core.jobs.declarations import job as job
from core.jobs.execution import JobRun as JobRun
from core.jobs.execution import Step as Step
from core.jobs.models import Job as Job
from core.jobs.models import JobState as JobState
from core.jobs.services import enqueue as enqueue
from core.jobs.services import enqueue_at as enqueue_at
