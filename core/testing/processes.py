"""Processes of Banyan for tests that kill them, forked from one interpreter that has the kernel imported already.

``python -m core.cli worker`` takes two seconds of a busy machine until it works, its fork a tenth of one. The interpreter
loads no application and opens no connection, so nothing crosses the fork but code.
"""

from __future__ import annotations

import json
import os
import runpy
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from subprocess import PIPE
from typing import Any, NoReturn, TypeVar

from core.discovery import discover
from core.registry import Registry
from core.resolution import choose

Seen = TypeVar("Seen")

SOON = 30.0
"""Seconds; only something broken takes them."""

LOOK_SECONDS = 0.02


def wait_until(condition: Callable[[], Seen], seconds: float = SOON) -> Seen:
    """Look until ``condition()`` is true, and return it; AssertionError after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not (seen := condition()):
        assert time.monotonic() < deadline, f"nothing came of it in {seconds} s"
        time.sleep(LOOK_SECONDS)
    return seen


class Process:
    """One forked process, leader of a session of its own. ``log`` is the file with all that it writes."""

    def __init__(self, interpreter: Interpreter, pid: int, log: Path) -> None:
        self.interpreter = interpreter
        self.pid = pid
        self.log = log

    def poll(self) -> int | None:
        """The exit status (negative: the signal that ended it), or None while it lives."""
        status: int | None = self.interpreter.ask(poll=self.pid)
        return status

    def wait(self, seconds: float = SOON) -> int:
        """The exit status, once there is one."""
        wait_until(lambda: self.poll() is not None, seconds)
        return self.poll() or 0

    def send(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def kill(self) -> None:
        """kill -9, and nothing of it is left when this returns; its children live on."""
        with suppress(ProcessLookupError):
            self.send(signal.SIGKILL)
        self.wait()

    def kill_all(self) -> None:
        """kill -9 to it and to its children."""
        children = self.children()
        self.kill()
        for pid in children:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def children(self) -> list[int]:
        """The process ids of its children (Linux)."""
        listed = Path(f"/proc/{self.pid}/task/{self.pid}/children")
        with suppress(OSError):
            return [int(each) for each in listed.read_text().split()]
        return []


class Interpreter:
    """A Python that forks itself instead of being started again. It and its forks end with this process."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", __name__]
        environ = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
        self._server = subprocess.Popen(command, env=environ, stdin=PIPE, stdout=PIPE, text=True)

    def run(self, *argv: str, environ: Mapping[str, str], log: Path) -> Process:
        """What ``python *argv`` would be, with this environment; output goes to ``log``."""
        return Process(self, self.ask(start=argv, environ=dict(environ), log=str(log)), log)

    def ask(self, **request: Any) -> Any:
        assert self._server.stdin and self._server.stdout
        self._server.stdin.write(json.dumps(request) + "\n")
        self._server.stdin.flush()
        return json.loads(self._server.stdout.readline())

    def close(self) -> None:
        self._server.communicate()


def _serve() -> None:
    """Answer requests, one line of JSON each, until whoever asks is gone; then end what still runs."""
    import core.cli.main  # noqa: F401  (the commands, and with them web and workers)

    Registry.load(choose(discover([], ()), ()))
    statuses: dict[int, int | None] = {}
    for line in sys.stdin:
        request = json.loads(line)
        answer: int | None
        if "start" in request:
            answer = _fork(request)
            statuses[answer] = None
        else:
            answer = statuses[request["poll"]] = _status(request["poll"], statuses[request["poll"]])
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    for pid in (pid for pid, status in statuses.items() if status is None):
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)


def _status(pid: int, known: int | None) -> int | None:
    if known is not None:
        return known
    found, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if found else None


def _fork(request: dict[str, Any]) -> int:
    """The child's process id; in the child nothing returns: it becomes what was asked for."""
    pid = os.fork()
    if not pid:
        os.setsid()
        log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        for taken, given in ((os.open(os.devnull, os.O_RDONLY), 0), (log, 1), (log, 2)):
            os.dup2(taken, given)
        os.environ.clear()
        os.environ.update(request["environ"])
        _become(request["start"])
    return pid


def _become(argv: list[str]) -> NoReturn:
    """Run a script, or a module after ``-m``, as the interpreter's command line would, and exit."""
    if argv[0] == "-m":
        sys.argv = argv[1:]
        runpy.run_module(argv[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = argv
        runpy.run_path(argv[0], run_name="__main__")
    sys.exit()


if __name__ == "__main__":
    _serve()
