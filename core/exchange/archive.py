"""The first look at an upload, before any parser sees it: is it a zip, is it a workbook, what does it inflate to.

Nothing declared is believed: every entry is inflated once, in pieces, and counted. Zip readers disagree about archives
with contradictory records, so an archive must have exactly one reading.
"""

from __future__ import annotations

import mmap
import struct
import zipfile
import zlib
from pathlib import Path
from typing import BinaryIO

from core.exchange.limits import MAX_DIRECTORY, MAX_ENTRIES, MAX_FILE, MAX_INFLATED, MAX_SHARED_STRINGS
from core.exchange.refusal import Refused

_END_RECORD = struct.Struct("<4s4H2LH")
_END_RECORD_64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR_64_SIZE = 20
_LOCAL_HEADER = struct.Struct("<4s5H3L2H")
_OLE2_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_PIECE = 256 * 1024
_FLAG_ENCRYPTED = 0x1
_CONTENT_TYPES = "[content_types].xml"


def check_archive(path: Path) -> None:
    """Return if ``path`` is a zip with an .xlsx workbook of bearable size; else raise :class:`Refused`."""
    size = path.stat().st_size
    if size == 0:
        raise Refused("xlsx_empty_file")
    if size > MAX_FILE:
        raise Refused("xlsx_file_too_large")
    with path.open("rb") as file:
        _check_kind(file)
        _check_directory(file, size)
        try:
            with zipfile.ZipFile(file) as archive:
                _check_names(archive.infolist())
                _check_parts(archive)
                _check_contents(file, archive.infolist())
        except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, UnicodeDecodeError):
            raise Refused("xlsx_damaged") from None


def _check_kind(file: BinaryIO) -> None:
    """Refuse what is no zip, with the reason that helps its owner."""
    start = file.read(4096)
    if start.startswith(b"PK\x03\x04"):
        return
    if start.startswith(_OLE2_MAGIC):
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            is_encrypted = content.find(_ENCRYPTED_STREAM) >= 0
        raise Refused("xlsx_password" if is_encrypted else "xlsx_old_format")
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"<"):
        raise Refused("xlsx_is_html")
    if b"\x00" not in start and any(mark in start for mark in b",;\t\n"):
        raise Refused("xlsx_is_csv")
    raise Refused("xlsx_not_a_workbook")


def _check_directory(file: BinaryIO, size: int) -> None:
    """Refuse a table of contents that would cost much or that two readers could find in two places."""
    if size < _END_RECORD.size:
        raise Refused("xlsx_damaged")
    file.seek(size - _END_RECORD.size)
    magic, disk, first_disk, here, entries, length, start, comment = _END_RECORD.unpack(file.read(_END_RECORD.size))
    if magic != b"PK\x05\x06" or comment or disk or first_disk or here != entries:
        raise Refused("xlsx_damaged")
    if entries > MAX_ENTRIES or length > MAX_DIRECTORY:
        raise Refused("xlsx_too_many_parts")
    file.seek(start + length)
    gap = file.read(size - _END_RECORD.size - start - length) if start + length < size - _END_RECORD.size else b""
    if start + length + len(gap) + _END_RECORD.size != size or (gap and not _repeats_in_64_bits(gap, length, start)):
        raise Refused("xlsx_damaged")
    file.seek(0)


def _repeats_in_64_bits(gap: bytes, length: int, start: int) -> bool:
    """Whether ``gap`` is the pair of zip64 records that Java's writers always add, saying the same as the plain one."""
    if len(gap) != _END_RECORD_64.size + _LOCATOR_64_SIZE:
        return False
    magic, *_, length_64, start_64 = _END_RECORD_64.unpack_from(gap)
    return (magic, length_64, start_64) == (b"PK\x06\x06", length, start)


def _check_names(entries: list[zipfile.ZipInfo]) -> None:
    names = [entry.orig_filename.replace("\\", "/").casefold() for entry in entries]
    if len(entries) > MAX_ENTRIES:
        raise Refused("xlsx_too_many_parts")
    if len(set(names)) < len(names):
        raise Refused("xlsx_damaged")
    for name in names:
        if name.startswith("/") or ".." in name.split("/") or ":" in name or "\x00" in name:
            raise Refused("xlsx_unsafe_names")


def _check_parts(archive: zipfile.ZipFile) -> None:
    """Refuse other kinds of documents and everything that carries code."""
    entries = {entry.filename.replace("\\", "/").casefold(): entry for entry in archive.infolist()}
    if any(entry.flag_bits & _FLAG_ENCRYPTED for entry in entries.values()):
        raise Refused("xlsx_password")
    if any(name.endswith("vbaproject.bin") or name.startswith("xl/macrosheets/") for name in entries):
        raise Refused("xlsx_macros")
    if "xl/workbook.bin" in entries or "content.xml" in entries:
        raise Refused("xlsx_old_format")
    if "xl/workbook.xml" not in entries or _CONTENT_TYPES not in entries:
        raise Refused("xlsx_not_a_workbook")
    if sum(entry.file_size for entry in entries.values()) > MAX_INFLATED:
        raise Refused("xlsx_too_large")
    strings = entries.get("xl/sharedstrings.xml")
    if strings and strings.file_size > MAX_SHARED_STRINGS:
        raise Refused("xlsx_too_large")


def _check_contents(file: BinaryIO, entries: list[zipfile.ZipInfo]) -> None:
    left = MAX_INFLATED
    ends = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        # Entries that share bytes are how a small zip becomes endless.
        if entry.header_offset < ends:
            raise Refused("xlsx_damaged")
        start = _data_offset(file, entry)
        ends = start + entry.compress_size
        is_types = entry.filename.casefold() == _CONTENT_TYPES
        left -= _inflated_size(file, entry, start, left, b"macroEnabled" if is_types else None)


def _data_offset(file: BinaryIO, entry: zipfile.ZipInfo) -> int:
    file.seek(entry.header_offset)
    fields = _LOCAL_HEADER.unpack(file.read(_LOCAL_HEADER.size))
    name_length, extra_length = int(fields[9]), int(fields[10])
    name = file.read(name_length)
    if fields[0] != b"PK\x03\x04" or fields[3] != entry.compress_type or name != _raw_name(entry):
        raise Refused("xlsx_damaged")
    return entry.header_offset + _LOCAL_HEADER.size + name_length + extra_length


def _raw_name(entry: zipfile.ZipInfo) -> bytes:
    return entry.orig_filename.encode("utf-8" if entry.flag_bits & 0x800 else "cp437")


def _inflated_size(file: BinaryIO, entry: zipfile.ZipInfo, start: int, limit: int, forbidden: bytes | None) -> int:
    """The true size, at most ``limit``; refuses contents whose size or checksum differs from what is declared."""
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refused("xlsx_damaged")
    inflate = zlib.decompressobj(-15) if entry.compress_type == zipfile.ZIP_DEFLATED else None
    file.seek(start)
    left, size, checksum, tail = entry.compress_size, 0, 0, b""
    while left:
        data = file.read(min(_PIECE, left))
        if not data:
            raise Refused("xlsx_damaged")
        left -= len(data)
        while True:
            piece = inflate.decompress(data, _PIECE) if inflate else data
            size += len(piece)
            if size > limit:
                raise Refused("xlsx_too_large")
            checksum = zlib.crc32(piece, checksum)
            if forbidden and forbidden in tail + piece:
                raise Refused("xlsx_macros")
            tail = piece[-64:]
            data = inflate.unconsumed_tail if inflate else b""
            if not data and (inflate is None or len(piece) < _PIECE or inflate.eof):
                break
    is_complete = inflate is None or (inflate.eof and not inflate.unused_data)
    if size != entry.file_size or checksum != entry.CRC or not is_complete:
        raise Refused("xlsx_damaged")
    return size
