"""What one test run shares: its folder and its servers, started when the first test asks for them.

Under pytest-xdist the controller starts them before its workers and hands the addresses over; a worker only ever uses
them.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from core.testing.programs import MissingProgram
from core.testing.servers import Server, ServerFailed, start_postgresql, start_redis

STARTERS: Mapping[str, tuple[str, Callable[[], Server]]] = {
    "postgresql": ("BANYAN_TEST_DATABASE_URL", start_postgresql),
    "redis": ("BANYAN_TEST_REDIS_URL", start_redis),
}
"""Per server: the environment variable that names one to use, and how to start our own."""


class ServerUnavailable(Exception):
    """The run has no such server; the message says why and what to do."""


class TestRun:
    """The folder and the servers of one run; ``close`` stops the servers that it started."""

    __test__ = False

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self.environ = environ
        self.folder = Path(tempfile.mkdtemp(prefix="banyan-run-"))
        self._urls: dict[str, str] = {}
        self._reasons: dict[str, str] = {}
        self._servers: list[Server] = []
        self._is_shared = False

    @classmethod
    def shared(cls, handed_over: Mapping[str, Any]) -> TestRun:
        """The same run, seen from a worker."""
        run = cls.__new__(cls)
        run.environ = os.environ
        run.folder = Path(handed_over["folder"])
        run._urls = dict(handed_over["urls"])
        run._reasons = dict(handed_over["reasons"])
        run._servers = []
        run._is_shared = True
        return run

    def hand_over(self) -> dict[str, Any]:
        """Everything that a worker needs, as plain data; starts the servers."""
        for name in STARTERS:
            self._ensure(name)
        return {"folder": str(self.folder), "urls": self._urls, "reasons": self._reasons}

    def url(self, name: str) -> str:
        """The administrator's address of ``postgresql`` or ``redis``; raises ServerUnavailable."""
        self._ensure(name)
        if name in self._reasons:
            raise ServerUnavailable(self._reasons[name])
        return self._urls[name]

    def is_borrowed(self, name: str) -> bool:
        """Whether the environment named the server, so that what we made in it must be removed again."""
        return not self._is_shared and bool(self.environ.get(STARTERS[name][0]))

    def close(self) -> None:
        """Stop the servers that this run started and remove its folder; a worker leaves both to the controller."""
        if self._is_shared:
            return
        for server in self._servers:
            server.stop()
        self._servers.clear()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _ensure(self, name: str) -> None:
        if name in self._urls or name in self._reasons:
            return
        variable, start = STARTERS[name]
        if self.environ.get(variable):
            self._urls[name] = self.environ[variable]
            return
        try:
            server = start()
        except (MissingProgram, ServerFailed) as problem:
            self._reasons[name] = str(problem)
        else:
            self._servers.append(server)
            self._urls[name] = server.url
