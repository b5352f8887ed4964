"""PostgreSQL and Redis for a test run: started by us on loopback, or the servers that the environment names.

A server of ours lives in a temporary folder, listens on a free port and dies with the process that started it.
Databases inside a server are the business of :mod:`core.testing.databases`.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypedDict, TypeVar

import psycopg
import redis

from core.testing.programs import POSTGRESQL, REDIS, provide

START_SECONDS = 30
"""How long a server may take until it answers; a busy two-core machine needs about three."""

PORT_ATTEMPTS = 3
"""A free port can be taken by somebody else between asking for it and listening on it."""

ADMINISTRATOR = "banyan_admin"

POSTGRESQL_SETTINGS = {
    # Nothing here outlives the machine, so nothing has to reach the disk; commits still survive a killed process.
    "fsync": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "64MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "30min",
    "max_connections": "200",
    "listen_addresses": "127.0.0.1",
    "log_min_messages": "fatal",
}


class ServerFailed(Exception):
    """A server did not come up; the message carries what it wrote."""


class Server:
    """A server process of our own. ``url`` is its administrator's address."""

    url: str

    def __init__(self, name: str, user: str | None) -> None:
        self.user = user
        self.folder = Path(tempfile.mkdtemp(prefix=f"banyan-{name}-"))
        self.log = self.folder / "server.log"
        self.process: subprocess.Popen[bytes] | None = None
        if user:
            shutil.chown(self.folder, user)

    def command(self) -> Sequence[str]:
        raise NotImplementedError

    def answers(self) -> bool:
        raise NotImplementedError

    def start(self) -> None:
        """Start the process and wait until it answers; raises ServerFailed with its log when it does not."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*_die_with_parent(), *self.command()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,  # Ctrl+C is the suite's to handle: it stops its servers last
                **_as_user(self.user),
            )
        _wait_until(self.answers, self.process, self.log)

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        """End the process the hard way; ``start`` brings it back with the same data, port and address."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait()
            self.process = None

    def stop(self) -> None:
        """End the process and remove everything it left."""
        self.kill(signal.SIGINT)
        shutil.rmtree(self.folder, ignore_errors=True)


class PostgresServer(Server):
    """An own PostgreSQL cluster; ``url`` logs in as a superuser without a password."""

    def __init__(self) -> None:
        self.programs = provide(POSTGRESQL).resolve().parent  # the PATH may hold a link to initdb alone
        super().__init__("postgresql", _unprivileged_user())
        self.data = self.folder / "data"
        self._initialise()
        self.move_to(free_port())

    def move_to(self, port: int) -> None:
        self.port = port
        self.url = f"postgresql://{ADMINISTRATOR}@127.0.0.1:{port}/postgres"

    def command(self) -> Sequence[str]:
        settings = POSTGRESQL_SETTINGS | {"port": str(self.port), "unix_socket_directories": str(self.folder)}
        options = [option for name, value in settings.items() for option in ("-c", f"{name}={value}")]
        return [str(self.programs / "postgres"), "-D", str(self.data), *options]

    def answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def kill(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """An immediate shutdown: what a crash leaves, but without orphaned children (SIGKILL would orphan them)."""
        super().kill(how)

    def _initialise(self) -> None:
        options = ["--auth=trust", f"--username={ADMINISTRATOR}", "--encoding=UTF8", "--locale=C", "--no-sync"]
        done = subprocess.run(
            [str(self.programs / "initdb"), *options, "-D", str(self.data)],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            **_as_user(self.user),
        )
        if done.returncode:
            raise ServerFailed(f"initdb failed:\n{done.stdout}{done.stderr}")


class RedisServer(Server):
    """An own Redis that keeps nothing on disk."""

    DATABASES = 64
    """One per test worker; more workers than this share."""

    def __init__(self) -> None:
        self.program = provide(REDIS)
        super().__init__("redis", user=None)
        self.move_to(free_port())

    def move_to(self, port: int) -> None:
        self.port = port
        self.url = f"redis://127.0.0.1:{port}/0"

    def command(self) -> Sequence[str]:
        settings = {
            "port": str(self.port),
            "bind": "127.0.0.1",
            "dir": str(self.folder),
            "databases": str(self.DATABASES),
            "save": "",
            "appendonly": "no",
            "daemonize": "no",
        }
        return [str(self.program), *(part for name, value in settings.items() for part in (f"--{name}", value))]

    def answers(self) -> bool:
        with redis.Redis.from_url(self.url) as client:
            try:
                return bool(client.ping())
            except redis.RedisError:
                return False


AnyServer = TypeVar("AnyServer", bound="PostgresServer | RedisServer")


def start_postgresql() -> PostgresServer:
    return _start(PostgresServer())


def start_redis() -> RedisServer:
    return _start(RedisServer())


def free_port() -> int:
    """A TCP port of the loopback address that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _start(server: AnyServer) -> AnyServer:
    for attempt in range(1, PORT_ATTEMPTS + 1):
        try:
            server.start()
        except ServerFailed:
            if attempt == PORT_ATTEMPTS:
                server.stop()
                raise
            server.move_to(free_port())
        else:
            return server
    raise AssertionError("unreachable")


def _wait_until(ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            process.wait()
            raise ServerFailed(f"{process.args!r} did not come up:\n{log.read_text(errors='replace')}")
        time.sleep(0.05)


def _unprivileged_user() -> str | None:
    """PostgreSQL refuses to run as root, so root lends it another account: its own where the package made one."""
    if os.geteuid() != 0:
        return None
    accounts = {account.pw_name for account in pwd.getpwall()}
    return "postgres" if "postgres" in accounts else "nobody"


class _Identity(TypedDict, total=False):
    user: str
    group: int
    extra_groups: list[str]


def _as_user(user: str | None) -> _Identity:
    if user is None:
        return {}
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


def _die_with_parent() -> Sequence[str]:
    """Linux ends the server when the suite is killed; elsewhere a killed suite leaves it behind."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "QUIT", "--"] if setpriv else []
