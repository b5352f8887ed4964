"""The programs that the suite drives but does not bring: where they are, and how they come onto the machine."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DEBIAN_MARK = Path("/etc/debian_version")
POSTGRESQL_FOLDERS = Path("/usr/lib/postgresql")


class MissingProgram(Exception):
    """A program of the suite is not on this machine; the message is the one command that brings it."""

    def __init__(self, program: Program) -> None:
        super().__init__(f"{program.title} is missing; install it with: {program.remedy}")


@dataclass(frozen=True, slots=True)
class Program:
    """One program, by the names it goes under and the Debian package that brings it."""

    title: str
    commands: tuple[str, ...]
    package: str
    override: str | None = None
    """Environment variable that names the executable and wins over every other place."""

    @property
    def remedy(self) -> str:
        return f"apt-get install -y {self.package}"


POSTGRESQL = Program("PostgreSQL", ("initdb",), "postgresql")
REDIS = Program("Redis", ("redis-server",), "redis-server")
CHROMIUM = Program(
    "Chromium",
    ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome"),
    "chromium-headless-shell",
    override="BANYAN_TEST_CHROMIUM",
)


def locate(program: Program, environ: Mapping[str, str] = os.environ) -> Path | None:
    """The program's executable, or None when it is not there."""
    if program.override and environ.get(program.override):
        return Path(environ[program.override])
    for command in program.commands:
        found = shutil.which(command, path=environ.get("PATH"))
        if found:
            return Path(found)
    return _newest_packaged(program)


def provide(program: Program, environ: Mapping[str, str] = os.environ) -> Path:
    """The program's executable, installed from Debian's packages first when it is missing and we may do that.

    Raises MissingProgram, with the command to run, when we may not or when it did not help.
    """
    found = locate(program, environ)
    if found is None and _may_install():
        _install(program)
        found = locate(program, environ)
    if found is None:
        raise MissingProgram(program)
    return found


def _newest_packaged(program: Program) -> Path | None:
    """Debian keeps PostgreSQL's server programs off the PATH, one folder per major version."""
    folders = sorted(
        (folder for folder in POSTGRESQL_FOLDERS.glob("*/bin") if folder.parent.name.isdigit()),
        key=lambda folder: int(folder.parent.name),
        reverse=True,
    )
    candidates = (folder / command for folder in folders for command in program.commands)
    return next((candidate for candidate in candidates if candidate.exists()), None)


def _may_install() -> bool:
    return os.geteuid() == 0 and DEBIAN_MARK.exists() and shutil.which("apt-get") is not None


def _install(program: Program) -> None:
    """Failures are left to the caller, who looks for the executable again and names the command."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update", "-q"], ["install", "-y", "-q", "--no-install-recommends", program.package]):
        subprocess.run(["apt-get", *arguments], env=quiet, stdin=subprocess.DEVNULL, capture_output=True, check=False)
