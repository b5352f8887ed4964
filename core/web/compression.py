"""Answers packed with gzip, so that pages are light on a mobile line without a proxy in front of the server.

A page that holds a token and echoes what was asked could be guessed at by its packed length (the BREACH attack). Each
packed page therefore carries a file name of random length in its gzip header, as Django's middleware does.
"""

from __future__ import annotations

import gzip
import io
import secrets

from flask import Flask, Response, request

MIN_BYTES = 1_000
"""Below this an answer fits one network packet, packed or not."""

PACKED_TYPES = frozenset({
    "text/html", "text/css", "text/javascript", "application/javascript", "application/json", "image/svg+xml",
})  # fmt: skip

PAGE_LEVEL = 5
"""Of 1 to 9: a long list packs in 2 ms; 9 takes twice as long for 2 % less."""
FILE_LEVEL = 9
MOST_PADDING = 100  # bytes

_packed_files: dict[str, tuple[str, bytes]] = {}
"""Static files by path, with the entity tag of what was packed: as many as there are files."""


def install(app: Flask) -> None:
    """Pack last, after everything else has seen the answer: such functions run in the opposite order of their entry."""
    app.after_request(_pack)


def _pack(response: Response) -> Response:
    is_file = request.endpoint == "static"
    if response.status_code == 304 and is_file:
        response.vary.add("Accept-Encoding")
    if not _can_pack(response, is_file):
        return response
    response.vary.add("Accept-Encoding")
    if not request.accept_encodings.quality("gzip"):
        return response
    packed = _packed_file(response) if is_file else _packed_page(response.get_data())
    response.set_data(packed)
    response.headers["Content-Encoding"] = "gzip"
    response.headers["Content-Length"] = str(len(packed))
    response.headers.pop("Accept-Ranges", None)
    return response


def _can_pack(response: Response, is_file: bool) -> bool:
    if response.mimetype not in PACKED_TYPES or "Content-Encoding" in response.headers or response.status_code == 206:
        return False
    if is_file:
        return response.status_code == 200 and (response.content_length or 0) >= MIN_BYTES
    return not response.is_streamed and not response.direct_passthrough and len(response.get_data()) >= MIN_BYTES


def _packed_page(content: bytes) -> bytes:
    target = io.BytesIO()
    padding = "a" * secrets.randbelow(MOST_PADDING + 1)
    with gzip.GzipFile(padding, "wb", PAGE_LEVEL, target, mtime=0) as file:
        file.write(content)
    return target.getvalue()


def _packed_file(response: Response) -> bytes:
    etag, _is_weak = response.get_etag()
    known = _packed_files.get(request.path)
    if known is None or known[0] != etag or etag is None:
        response.direct_passthrough = False
        known = (etag or "", gzip.compress(response.get_data(), FILE_LEVEL, mtime=0))
        _packed_files[request.path] = known
    else:
        response.close()
        response.direct_passthrough = False
    if etag is not None:
        response.set_etag(etag, weak=True)
    return known[1]
