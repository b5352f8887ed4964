"""Which files are taken, and how a file proves that it is what its name says."""

from __future__ import annotations

from dataclasses import dataclass

HEAD_BYTES = 16
"""How much of a file its signature needs."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A file type: its media type and the bytes it begins with (any one of them; none for plain text)."""

    media_type: str
    signatures: tuple[bytes, ...] = ()
    offset: int = 0


ZIP = (b"PK\x03\x04",)
OFFICE = "application/vnd.openxmlformats-officedocument"

KINDS: dict[str, Kind] = {
    "jpg": Kind("image/jpeg", (b"\xff\xd8\xff",)),
    "jpeg": Kind("image/jpeg", (b"\xff\xd8\xff",)),
    "png": Kind("image/png", (b"\x89PNG\r\n\x1a\n",)),
    "gif": Kind("image/gif", (b"GIF87a", b"GIF89a")),
    "webp": Kind("image/webp", (b"WEBP",), 8),
    "heic": Kind("image/heic", (b"ftyp",), 4),
    "pdf": Kind("application/pdf", (b"%PDF-",)),
    "docx": Kind(f"{OFFICE}.wordprocessingml.document", ZIP),
    "xlsx": Kind(f"{OFFICE}.spreadsheetml.sheet", ZIP),
    "pptx": Kind(f"{OFFICE}.presentationml.presentation", ZIP),
    "zip": Kind("application/zip", ZIP),
    "txt": Kind("text/plain"),
    "csv": Kind("text/csv"),
}
"""By extension. No HTML, no SVG, nothing that a browser or an office program would run."""

PICTURES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
"""Media types that every browser shows; HEIC, as iPhones take it, is none."""


def kind_of(name: str, head: bytes) -> Kind | None:
    """The kind of a file by its name, if its first bytes agree; None for what is not taken."""
    kind = KINDS.get(name.rpartition(".")[2].lower())
    if kind is None:
        return None
    if not kind.signatures:
        return kind if b"\x00" not in head else None
    at = head[kind.offset :]
    return kind if any(at.startswith(signature) for signature in kind.signatures) else None
