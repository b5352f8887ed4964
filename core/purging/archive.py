"""The archive of what is removed: a zip of JSON lines, a file a table, with the uploaded files beside them."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

from sqlalchemy import RowMapping

from core.errors import DomainError
from core.i18n import translator

_ = translator(__name__)


class Archive:
    """An open archive; ``counts`` is table → rows written."""

    def __init__(self, file: ZipFile) -> None:
        self._file = file
        self.counts: dict[str, int] = {}

    def add_rows(self, table: str, rows: Iterable[RowMapping]) -> int:
        """Write a table's rows; how many there were."""
        with self._file.open(f"tables/{table}.jsonl", "w", force_zip64=True) as lines:
            number = 0
            for row in rows:
                lines.write(json.dumps(dict(row), default=_plain, ensure_ascii=False).encode() + b"\n")
                number += 1
        self.counts[table] = number
        return number

    def add_file(self, path: Path, name: str) -> None:
        self._file.write(path, f"files/{name}")

    def add_about(self, about: Mapping[str, Any]) -> None:
        self._file.writestr("about.json", json.dumps({**about, "rows": self.counts}, indent=2, ensure_ascii=False))


@contextmanager
def writing_archive(path: Path) -> Iterator[Archive]:
    """An archive at ``path``, readable by its owner alone; complete and on the disk when the block ends without an error.

    DomainError where there is such a file already.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise DomainError.of("archive_exists", _("%(path)s exists already.", path=path)) from None
    try:
        with os.fdopen(handle, "w+b") as stream:
            with ZipFile(stream, "w", ZIP_DEFLATED) as file:
                yield Archive(file)
            stream.flush()
            os.fsync(stream.fileno())
        _verify(path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _verify(path: Path) -> None:
    """Read it back before anybody drops what it holds."""
    with ZipFile(path) as file:
        broken = file.testzip()
    if broken:
        raise DomainError.of("archive_broken", _("The archive cannot be read back: %(name)s.", name=broken))


def _plain(value: object) -> Any:
    """A column's value as JSON can hold it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return {"base64": base64.b64encode(bytes(value)).decode()}
    if isinstance(value, UUID | Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")
