"""Workbooks and printed documents as answers: always a download, kept by nobody in between."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from urllib.parse import quote

from flask import Response, send_file

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def send_workbook(content: BytesIO, name: str) -> Response:
    """A workbook from memory."""
    content.seek(0)
    return _as_download(send_file(content, mimetype=XLSX), name)


def send_path(path: Path, name: str) -> Response:
    """A workbook from the data folder."""
    return _as_download(send_file(path, mimetype=XLSX, conditional=True), name)


def send_pdf(content: bytes, name: str) -> Response:
    """A document on paper."""
    return _as_download(send_file(BytesIO(content), mimetype="application/pdf"), name)


def _as_download(response: Response, name: str) -> Response:
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response
