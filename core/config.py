"""The environment, read once into one frozen, typed object. Nothing else in the kernel reads environment variables.

Every wrong value is reported at once. An empty variable counts as absent, as in compose files.
"""

from __future__ import annotations

import os
import re
import secrets
import stat
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, TypeVar
from urllib.parse import unquote, urlsplit

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from core.spelling import did_you_mean

Runner = Literal["embedded", "rq", "none"]
RUNNERS: tuple[Runner, ...] = ("embedded", "rq", "none")
LOG_FORMATS = ("auto", "json", "text")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")

SECRET_KEY_LENGTH = 32  # characters; shorter keys can be guessed from one signed cookie
METRICS_TOKEN_LENGTH = 16  # characters; it is asked for over the network, where each guess costs a request
TEST_PREFIX = "BANYAN_TEST_"  # read by the test suite alone, never by the application
POSTGRESQL = "postgresql+psycopg"  # the only PostgreSQL driver that the kernel is tested with
PORTS = range(1, 65536)

CONSOLE = "console:"  # messages go to the log instead of away
CONSOLE_ADDRESS = "banyan@localhost"

_MAIL_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+")
_ANY_OR_LOOPBACK = frozenset({"0.0.0.0", "127.0.0.1", "::", "::1", "localhost"})  # noqa: S104  (compared, not bound)

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})
_DATABASES = (POSTGRESQL, "sqlite")
_POSTGRESQL_ALIASES = ("postgres", "postgresql")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ConfigProblem:
    """One wrong variable. ``value`` is what a log may show: secrets are already hidden."""

    variable: str
    value: str
    message: str
    fix: str

    def __str__(self) -> str:
        shown = f'"{self.value}" ' if self.value else ""
        return f"{self.variable}: {shown}{self.message}. {self.fix}"


class ConfigError(Exception):
    """The environment cannot be used; ``problems`` holds every reason."""

    def __init__(self, problems: tuple[ConfigProblem, ...]) -> None:
        self.problems = problems
        super().__init__("\n\n".join(str(problem) for problem in problems))


def _about(variable: str, default: str, meaning: str) -> dict[str, str]:
    return {"variable": variable, "default": default, "meaning": meaning}


@dataclass(frozen=True, slots=True)
class Config:
    """What a deployment decides. Tenants decide the rest in their settings (``core.settings``)."""

    host: str = field(metadata=_about("BANYAN_HOST", "127.0.0.1", "Address that the server listens on."))
    port: int = field(metadata=_about("BANYAN_PORT", "8000", "TCP port that the server listens on."))
    data: Path = field(
        metadata=_about(
            "BANYAN_DATA",
            "var/",
            "Folder of the SQLite file, uploads and the generated secret key; absolute once read.",
        )
    )
    secret_key: str = field(
        repr=False,
        metadata=_about(
            "BANYAN_SECRET_KEY",
            "generated once, kept in <data>/secret_key",
            "Signs cookies and tokens; at least 32 characters, the same on every machine of a deployment.",
        ),
    )
    addons: tuple[str, ...] | None = field(
        metadata=_about(
            "BANYAN_ADDONS", "those of the profile", "Addons to load, separated by commas; overrides the profile."
        )
    )
    addons_path: tuple[Path, ...] = field(
        metadata=_about(
            "BANYAN_ADDONS_PATH",
            "none",
            f'Further roots that hold addons/ and manifests/, separated by "{os.pathsep}".',
        )
    )
    profile: str = field(
        metadata=_about("BANYAN_PROFILE", "standard", "Name of the set of addons in manifests/profiles/.")
    )
    database_url: str = field(
        repr=False,
        metadata=_about(
            "DATABASE_URL",
            "sqlite:///<data>/banyan.sqlite3",
            "Database of the application role; postgres:// and postgresql:// mean postgresql+psycopg://.",
        ),
    )
    database_owner_url: str | None = field(
        repr=False,
        metadata=_about(
            "DATABASE_OWNER_URL", "none", "The same database for the role that owns the tables: migrations."
        ),
    )
    redis_url: str | None = field(repr=False, metadata=_about("REDIS_URL", "none", "Redis that wakes the job workers."))
    base_url: str | None = field(
        metadata=_about(
            "BANYAN_BASE_URL",
            "http://localhost:<port>",
            "Public address without a path: what absolute links begin with, in messages and invitations.",
        )
    )
    smtp_url: str | None = field(
        repr=False,
        metadata=_about(
            "BANYAN_SMTP_URL",
            "console: when BANYAN_DEBUG is true, else none",
            "Mail server: smtp://user:password@host:587 (STARTTLS), smtps://…:465, or console: to log messages.",
        ),
    )
    mail_from: str = field(
        metadata=_about(
            "BANYAN_MAIL_FROM",
            "the user of BANYAN_SMTP_URL where that is an address",
            "Address that all e-mail comes from; the name beside it is that of the business.",
        )
    )
    runner: Runner = field(
        metadata=_about(
            "BANYAN_RUNNER",
            "rq when REDIS_URL is set, else embedded",
            "Who runs jobs: embedded (a thread of the web process), rq (workers on Redis) or none.",
        )
    )
    max_upload_mb: int = field(metadata=_about("BANYAN_MAX_UPLOAD_MB", "25", "Largest request body, in MiB."))
    api_per_minute: int = field(
        metadata=_about(
            "BANYAN_API_PER_MINUTE",
            "600",
            "Requests that a token may make in a minute; all tokens from one address together may make twice as many.",
        )
    )
    trusted_proxies: int = field(
        metadata=_about(
            "BANYAN_TRUSTED_PROXIES",
            "0",
            "Number of reverse proxies in front whose X-Forwarded-* headers are believed.",
        )
    )
    cookie_secure: bool = field(
        metadata=_about("BANYAN_COOKIE_SECURE", "true when BANYAN_BASE_URL is https", "Send cookies over HTTPS only.")
    )
    log_format: str = field(
        metadata=_about(
            "BANYAN_LOG_FORMAT", "auto", "Log on standard error: json, text, or auto: text on a terminal, else json."
        )
    )
    log_level: str = field(
        metadata=_about("BANYAN_LOG_LEVEL", "INFO", "The least that is logged: DEBUG, INFO, WARNING or ERROR.")
    )
    metrics_token: str | None = field(
        repr=False,
        metadata=_about(
            "BANYAN_METRICS_TOKEN",
            "none; /metrics answers this machine alone",
            "Token that whoever reads /metrics sends: Authorization: Bearer …; at least 16 characters.",
        ),
    )
    debug: bool = field(
        metadata=_about("BANYAN_DEBUG", "false", "Development: templates are read anew when they change.")
    )

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Config:
        """Read and check every variable; create the data folder and the secret key where they are missing.

        Raises :class:`ConfigError` with all problems; in that case nothing has been written.
        """
        read = _Reader(environ)
        read.refuse_unknown({entry["variable"] for entry in documentation()})
        data = Path(read.text("BANYAN_DATA", "var")).expanduser().absolute()
        database_url = read.database("DATABASE_URL") or f"sqlite:///{data / 'banyan.sqlite3'}"
        redis_url = read.address("REDIS_URL", ("redis", "rediss", "unix"), secret=True)
        base_url = read.base_url("BANYAN_BASE_URL")
        debug = read.boolean("BANYAN_DEBUG", False)
        smtp_url = read.smtp("BANYAN_SMTP_URL") or (CONSOLE if debug else None)
        values: dict[str, Any] = {
            "host": read.text("BANYAN_HOST", "127.0.0.1"),
            "port": read.integer("BANYAN_PORT", 8000, PORTS.start, PORTS.stop - 1),
            "data": data,
            "addons": read.names("BANYAN_ADDONS"),
            "addons_path": read.folders("BANYAN_ADDONS_PATH"),
            "profile": read.text("BANYAN_PROFILE", "standard"),
            "database_url": database_url,
            "database_owner_url": read.owner_database("DATABASE_OWNER_URL", database_url),
            "redis_url": redis_url,
            "base_url": base_url,
            "smtp_url": smtp_url,
            "mail_from": read.mail_from("BANYAN_MAIL_FROM", smtp_url),
            "runner": read.runner("BANYAN_RUNNER", redis_url),
            "max_upload_mb": read.integer("BANYAN_MAX_UPLOAD_MB", 25, 1, 2048),
            "api_per_minute": read.integer("BANYAN_API_PER_MINUTE", 600, 1, 1_000_000),
            "trusted_proxies": read.integer("BANYAN_TRUSTED_PROXIES", 0, 0, 10),
            "cookie_secure": read.boolean("BANYAN_COOKIE_SECURE", (base_url or "").startswith("https://")),
            "log_format": read.choice("BANYAN_LOG_FORMAT", LOG_FORMATS, "auto"),
            "log_level": read.choice("BANYAN_LOG_LEVEL", LOG_LEVELS, "INFO"),
            "metrics_token": read.secret("BANYAN_METRICS_TOKEN", METRICS_TOKEN_LENGTH),
            "debug": debug,
        }
        key = read.secret("BANYAN_SECRET_KEY", SECRET_KEY_LENGTH)
        if read.problems:
            raise ConfigError(tuple(read.problems))
        return cls(secret_key=key or _kept_secret_key(data), **values)

    @property
    def public_url(self) -> str:
        """What absolute links begin with, without a slash at the end. Never what a request calls its host: he who sends
        it would choose where a link in somebody else's message leads."""
        return self.base_url or f"http://{'localhost' if self.host in _ANY_OR_LOOPBACK else self.host}:{self.port}"


def documentation() -> tuple[Mapping[str, str], ...]:
    """Each variable with its default and meaning (keys ``variable``, ``default``, ``meaning``), in reading order."""
    return tuple(entry.metadata for entry in fields(Config))


class _Reader:
    """Takes values out of the environment and collects what is wrong with them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = {name: value.strip() for name, value in environ.items() if value.strip()}
        self.problems: list[ConfigProblem] = []

    def refuse_unknown(self, known: set[str]) -> None:
        for name in sorted(self._environ):
            if name.startswith("BANYAN_") and not name.startswith(TEST_PREFIX) and name not in known:
                ours = {other for other in known if other.startswith("BANYAN_")}
                self._problem(name, "", "is not a variable of Banyan", f"{did_you_mean(name, ours)} Else remove it.")

    def text(self, name: str, default: str) -> str:
        return self._environ.get(name, default)

    def integer(self, name: str, default: int, low: int, high: int) -> int:
        def convert(raw: str) -> int:
            value = int(raw)
            if not low <= value <= high:
                raise ValueError
            return value

        return self._convert(name, default, convert, "is not a number in range", f"Give {low} to {high}.")

    def boolean(self, name: str, default: bool) -> bool:
        def convert(raw: str) -> bool:
            if raw.lower() not in _TRUE | _FALSE:
                raise ValueError
            return raw.lower() in _TRUE

        return self._convert(name, default, convert, "is neither true nor false", "Give true or false.")

    def names(self, name: str) -> tuple[str, ...] | None:
        raw = self._environ.get(name)
        if raw is None:
            return None
        return tuple(dict.fromkeys(part.strip() for part in raw.split(",") if part.strip()))

    def folders(self, name: str) -> tuple[Path, ...]:
        parts = [part for part in self._environ.get(name, "").split(os.pathsep) if part.strip()]
        folders = tuple(Path(part.strip()).expanduser().absolute() for part in parts)
        for folder in folders:
            if not folder.is_dir():
                self._problem(name, str(folder), "is not a folder", "Create it or remove it from the list.")
        return folders

    def database(self, name: str) -> str | None:
        """A database address with the driver named and a SQLite file made absolute; None where absent or wrong."""
        raw = self._environ.get(name)
        if raw is None:
            return None
        try:
            url = make_url(raw)
        except ArgumentError:
            self._problem(
                name, _hidden(raw), "is not a database address", "Write postgresql://user:password@host/name."
            )
            return None
        if url.drivername in _POSTGRESQL_ALIASES:
            url = url.set(drivername=POSTGRESQL)
        if url.drivername not in _DATABASES:
            fix = "Use postgresql:// or sqlite:///."
            self._problem(name, url.render_as_string(), "names a database that Banyan does not run on", fix)
            return None
        return _absolute_sqlite(url).render_as_string(hide_password=False)

    def owner_database(self, name: str, database_url: str) -> str | None:
        owner = self.database(name)
        if owner is not None and make_url(owner).drivername != make_url(database_url).drivername:
            shown = make_url(owner).render_as_string()
            self._problem(name, shown, "is another kind of database than DATABASE_URL", "Name the same database.")
        return owner

    def address(self, name: str, schemes: tuple[str, ...], *, secret: bool = False) -> str | None:
        raw = self._environ.get(name)
        if raw is None:
            return None
        parts = urlsplit(raw)
        if parts.scheme not in schemes or not (parts.netloc or parts.path):
            wanted = " or ".join(f"{scheme}://" for scheme in schemes)
            shown = _hidden(raw) if secret else raw
            self._problem(name, shown, "is not an address of that kind", f"Begin with {wanted}.")
            return None
        return raw

    def smtp(self, name: str) -> str | None:
        if self._environ.get(name) == CONSOLE:
            return CONSOLE
        url = self.address(name, ("smtp", "smtps"), secret=True)
        if url is None:
            return None
        parts = urlsplit(url)
        try:
            is_whole = bool(parts.hostname) and parts.port != 0 and parts.path in ("", "/") and not parts.query
        except ValueError:
            is_whole = False
        if not is_whole:
            fix = "Write it like smtp://user:password@mail.example.vn:587; in user and password %40 stands for @."
            self._problem(name, _hidden(url), "is more or less than user, password, host and port", fix)
            return None
        return url

    def mail_from(self, name: str, smtp_url: str | None) -> str:
        raw = self._environ.get(name) or unquote(urlsplit(smtp_url or "").username or "")
        if smtp_url in (None, CONSOLE):
            return raw or CONSOLE_ADDRESS
        if not _MAIL_ADDRESS.fullmatch(raw):
            self._problem(name, raw, "is no e-mail address", "Give the address that mail comes from: crm@example.vn.")
        return raw

    def base_url(self, name: str) -> str | None:
        url = self.address(name, ("http", "https"))
        if url is None:
            return None
        parts = urlsplit(url)
        if not parts.hostname or parts.path not in ("", "/") or parts.query or parts.fragment:
            self._problem(name, url, "is more than scheme and host", "Write it like https://crm.example.vn.")
        return url.rstrip("/")

    def runner(self, name: str, redis_url: str | None) -> Runner:
        raw = self._environ.get(name)
        if raw is None:
            return "rq" if redis_url else "embedded"
        runner = next((known for known in RUNNERS if known == raw.lower()), None)
        if runner is None:
            self._problem(name, raw, "is not a runner", did_you_mean(raw, RUNNERS))
            return "none"
        if runner == "rq" and "REDIS_URL" not in self._environ:
            self._problem(name, raw, "needs Redis", "Set REDIS_URL, or choose embedded.")
        return runner

    def choice(self, name: str, choices: tuple[str, ...], default: str) -> str:
        raw = self._environ.get(name, default)
        chosen = next((each for each in choices if each.lower() == raw.lower()), None)
        if chosen is None:
            self._problem(name, raw, "is none of the choices", f"Give {', '.join(choices)}.")
        return chosen or default

    def secret(self, name: str, length: int) -> str | None:
        raw = self._environ.get(name)
        if raw is not None and len(raw) < length:
            fix = f"Give at least {length}: python -c 'import secrets; print(secrets.token_hex(32))'."
            self._problem(name, _hidden(raw), "is too short", fix)
        return raw

    def _convert(self, name: str, default: T, convert: Callable[[str], T], message: str, fix: str) -> T:
        raw = self._environ.get(name)
        if raw is None:
            return default
        try:
            return convert(raw)
        except ValueError:
            self._problem(name, raw, message, fix)
            return default

    def _problem(self, variable: str, value: str, message: str, fix: str) -> None:
        self.problems.append(ConfigProblem(variable, value, message, fix))


def _hidden(value: str) -> str:
    return f"(hidden, {len(value)} characters)"


def _absolute_sqlite(url: URL) -> URL:
    """A relative file would be looked up in Flask's instance folder, not where the operator stands."""
    if url.drivername != "sqlite" or url.database in (None, "", ":memory:") or str(url.database).startswith("file:"):
        return url
    return url.set(database=str(Path(str(url.database)).expanduser().absolute()))


def _kept_secret_key(data: Path) -> str:
    """The key in ``<data>/secret_key``; written first where there is none."""
    path = data / "secret_key"
    try:
        data.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _write_once(path, secrets.token_hex(SECRET_KEY_LENGTH))
        key = path.read_text(encoding="ascii").strip()
        mode = stat.S_IMODE(path.stat().st_mode)
    except (OSError, UnicodeDecodeError) as error:
        problem = ConfigProblem("BANYAN_DATA", str(data), f"cannot keep the secret key ({error})", "Make it writable.")
        raise ConfigError((problem,)) from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        fix = f"Run: chmod 600 {path}"
        raise ConfigError((ConfigProblem("BANYAN_SECRET_KEY", str(path), "can be read by other users", fix),))
    if len(key) < SECRET_KEY_LENGTH:
        fix = "Remove the file; a new key is written at the next start and everybody signs in again."
        raise ConfigError((ConfigProblem("BANYAN_SECRET_KEY", str(path), "holds a key that is too short", fix),))
    return key


def _write_once(path: Path, text: str) -> None:
    """Create the file whole or not at all: of several processes starting together, the first one's text stays."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink()
