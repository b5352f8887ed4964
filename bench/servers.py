"""What is measured: a PostgreSQL that keeps what it confirms, and gunicorn with two workers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from core.testing.servers import PostgresServer, free_port

ROOT = Path(__file__).parents[1]
WORKERS, THREADS = 2, 4
START_SECONDS = 120

POSTGRESQL_SETTINGS = {
    "shared_buffers": "512MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "512MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "max_connections": "60",
    "listen_addresses": "127.0.0.1",
    "log_min_messages": "fatal",
}
"""Of a small machine. What the suite's servers leave out for speed (fsync, autovacuum) is on here."""


class BenchPostgres(PostgresServer):
    """A server as a deployment has it."""

    def command(self) -> Sequence[str]:
        settings = POSTGRESQL_SETTINGS | {"port": str(self.port), "unix_socket_directories": str(self.folder)}
        options = [option for name, value in settings.items() for option in ("-c", f"{name}={value}")]
        return [str(self.programs / "postgres"), "-D", str(self.data), *options]


@dataclass
class Web:
    """Gunicorn behind ``port``; ``boot`` are the seconds from its start to its first page."""

    process: subprocess.Popen[bytes]
    port: int
    boot: float

    @property
    def workers(self) -> list[int]:
        """The process ids of the workers."""
        pid = self.process.pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def memory(self) -> list[int]:
        """Resident memory of each worker in MB."""
        return [resident_mb(pid) for pid in self.workers]


def resident_mb(pid: int) -> int:
    """Resident memory of a process in MB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) // 1024


@contextmanager
def serving(
    application: str, environ: Mapping[str, str], first_page: str, *, config: str = "python:core.serving"
) -> Iterator[Web]:
    """Gunicorn with ``application`` for as long as the context lasts; its log goes into the data folder."""
    port = free_port()
    surroundings = {**os.environ, **environ}
    command = [sys.executable, "-m", "gunicorn", application, "--config", config, "--no-control-socket"]
    command += ["--bind", f"127.0.0.1:{port}", "--workers", str(WORKERS), "--threads", str(THREADS)]
    command += ["--worker-class", "gthread"]
    with (Path(environ["BANYAN_DATA"]) / f"{port}.log").open("wb") as log:
        began = time.monotonic()
        process = subprocess.Popen(command, env=surroundings, cwd=ROOT, stdout=log, stderr=log)
    try:
        _wait_for(f"http://127.0.0.1:{port}{first_page}", process)
        yield Web(process, port, time.monotonic() - began)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urlopen(url, timeout=START_SECONDS).close()  # noqa: S310  (our own address)
        except (URLError, ConnectionError):
            time.sleep(0.02)
        else:
            return
    raise RuntimeError(f"{process.args!r} did not come up; see the logs in its data folder")
