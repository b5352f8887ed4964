"""Where the files of imports and exports lie: a folder per tenant and import, names made of ids alone."""

from __future__ import annotations

import hashlib
import os
import shutil
from datetime import timedelta
from pathlib import Path
from typing import IO
from uuid import UUID

from core.exchange.models import Export, Import
from core.kernel import current_kernel

EXPORT_LIFE = timedelta(hours=24)
IMPORT_LIFE = timedelta(days=30)
"""How long the upload stays, for the rows that failed."""

_PIECE = 1 << 20


def upload_path(import_: Import) -> Path:
    """The workbook as it was uploaded."""
    return _import_folder(import_) / "upload.xlsx"


def spool_path(import_: Import) -> Path:
    """The rows of the chosen sheet (``core.exchange.spooling``)."""
    return _import_folder(import_) / "rows.jsonl"


def failed_path(import_: Import, phase: str) -> Path:
    """The workbook of the rows that failed; made when it is first asked for."""
    return _import_folder(import_) / f"failed-{phase}.xlsx"


def export_path(export: Export) -> Path:
    """The finished workbook."""
    return _folder("exports", export.tenant_id) / f"{export.id.hex}.xlsx"


def store_upload(stream: IO[bytes], import_: Import) -> str:
    """Write the upload to its place; its SHA-256."""
    path = upload_path(import_)
    path.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with path.open("wb") as file:
        while piece := stream.read(_PIECE):
            digest.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest()


def remove_import_files(import_: Import) -> None:
    """Remove all files of an import; its rows in the database stay."""
    shutil.rmtree(_import_folder(import_), ignore_errors=True)


def _import_folder(import_: Import) -> Path:
    return _folder("imports", import_.tenant_id) / import_.id.hex


def _folder(kind: str, tenant_id: UUID) -> Path:
    return current_kernel().config.data / kind / tenant_id.hex
