"""How gunicorn serves Banyan: ``gunicorn wsgi:app`` beside ``gunicorn.conf.py``, ``--config python:core.serving`` elsewhere.

The command line overrides what stands here. ``WEB_CONCURRENCY`` is the number of processes, as everywhere with gunicorn.
"""

from __future__ import annotations

import gc
import os
import shutil
import sys
import tempfile
from typing import Any

from gunicorn.glogging import Logger

from core import logs
from core.config import Config, ConfigError

try:
    _settings = Config.from_environment(os.environ)
except ConfigError as _wrong:
    sys.exit(f"{_wrong}")

_FIGURES = "PROMETHEUS_MULTIPROC_DIR"
_is_embedded = _settings.database_url.startswith("sqlite")

bind = f"{_settings.host}:{_settings.port}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "1" if _is_embedded else "2"))
threads = 8 if _is_embedded else 4
timeout = 60
graceful_timeout = 30
keepalive = 5
control_socket_disable = True


class ServerLog(Logger):  # type: ignore[misc]
    """The server's messages stand among the application's; requests are told by the application alone."""

    def setup(self, cfg: Any) -> None:
        logs.configure(_settings)
        self.error_log.propagate = True

    def access(self, *told: Any) -> None:
        return


logger_class = ServerLog


def on_starting(server: Any) -> None:
    """Give the processes a folder in which their figures meet, before any of them loads the library that uses it."""
    os.environ[_FIGURES] = tempfile.mkdtemp(prefix="banyan-figures-")


def on_exit(server: Any) -> None:
    """Leave nothing behind: figures of the next start begin at zero."""
    shutil.rmtree(os.environ[_FIGURES], ignore_errors=True)


def post_worker_init(worker: Any) -> None:
    """Start the embedded runner with the process that serves: a quiet night would else keep jobs waiting.

    What the boot made lives as long as the process. The collector need not look through its 200,000 objects again and
    again: every two hundredth page waited 0.1 seconds for that.
    """
    gc.collect()
    gc.freeze()
    if (runner := _embedded_runner(worker)) is not None:
        runner.start()


def worker_exit(server: Any, worker: Any) -> None:
    """Give the job under way back after its step."""
    if (runner := _embedded_runner(worker)) is not None:
        runner.stop()


def _embedded_runner(worker: Any) -> Any:
    from core.jobs.embedded import EmbeddedRunner  # the master process stays without the application
    from core.jobs.outbox import EXTENSION

    runner = worker.app.callable.extensions[EXTENSION]
    return runner if isinstance(runner, EmbeddedRunner) else None
