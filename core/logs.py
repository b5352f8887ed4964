"""What the process tells its operator: one line an event on standard error, as JSON, or in words on a terminal.

Every line carries what is bound to the work under way: the request or job, its tenant, its user. Never what people typed,
cookies, tokens or query strings; SQL stands in errors without its values (:mod:`core.db.engines`).
"""

from __future__ import annotations

import json
import logging
import logging.config
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from core.config import Config

_bound: ContextVar[dict[str, Any] | None] = ContextVar("bound", default=None)

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
"""What would end a line or move a terminal's cursor: a forged entry, from a path that somebody asked for."""


@contextmanager
def bound(**fields: Any) -> Iterator[dict[str, Any]]:
    """Let every line of this thread carry ``fields`` while the context lasts; what is put into the dict later, too."""
    mine = {**(_bound.get() or {}), **fields}
    token = _bound.set(mine)
    try:
        yield mine
    finally:
        _bound.reset(token)


def bind(**fields: Any) -> None:
    """Add to what the innermost :func:`bound` carries; nothing where there is none."""
    if (mine := _bound.get()) is not None:
        mine.update(fields)


def fields() -> dict[str, Any]:
    """What lines of this thread carry at this moment."""
    return dict(_bound.get() or {})


def configure(config: Config) -> None:
    """Send the process's log to standard error. A process whose log somebody else has set up already keeps that."""
    if not logging.getLogger().handlers:
        logging.config.dictConfig(settings(config))


def settings(config: Config) -> dict[str, Any]:
    """The logging of a process as ``logging.config.dictConfig`` takes it."""
    is_text = config.log_format == "text" or (config.log_format == "auto" and sys.stderr.isatty())
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": TextFormatter if is_text else JsonFormatter}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": config.log_level},
        "loggers": {"alembic": {"level": "WARNING"}},
    }


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, message, what is bound, ``extra={"fields": …}``, and the error."""

    def format(self, record: logging.LogRecord) -> str:
        line = {"time": _time(record), "level": record.levelname.lower(), "logger": record.name}
        line |= {"message": record.getMessage(), **_fields(record)}
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class TextFormatter(logging.Formatter):
    """The same for people: time, level, message, then the fields."""

    def format(self, record: logging.LogRecord) -> str:
        told = " ".join(f"{name}={value}" for name, value in _fields(record).items() if value is not None)
        text = f"{_time(record)[11:19]} {record.levelname:7} {record.name}: {record.getMessage()}  {told}".rstrip()
        text = _CONTROL.sub(lambda found: repr(found[0])[1:-1], text)
        return f"{text}\n{self.formatException(record.exc_info)}" if record.exc_info else text


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    return {**fields(), **getattr(record, "fields", {})}


def _time(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
