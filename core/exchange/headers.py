"""Which column of an upload is which field: by its title, however it is spelled."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.text import fold

COMMON_ALIASES: Mapping[str, tuple[str, ...]] = {
    "name": ("Họ tên", "Họ và tên", "Tên khách hàng", "Tên KH", "Khách hàng", "Full name", "Customer", "Customer name"),
    "phone": (
        "SĐT",
        "Số ĐT",
        "ĐT",
        "Điện thoại",
        "Số điện thoại",
        "Di động",
        "Phone number",
        "Mobile",
        "Tel",
        "Hotline",
    ),
    "email": ("E-mail", "Mail", "Thư điện tử", "Địa chỉ email", "Hộp thư"),
    "address": ("Địa chỉ", "Đ/c", "Addr", "Nơi ở"),
    "code": ("Mã", "Mã khách hàng", "Mã KH", "Mã số", "ID", "Customer code"),
    "birthday": ("Ngày sinh", "Sinh nhật", "NS", "Date of birth", "DOB", "Birth date"),
    "tax_code": ("Mã số thuế", "MST", "Tax code", "VAT number", "Tax ID"),
    "note": ("Ghi chú", "Diễn giải", "Note", "Notes", "Remark", "Comment"),
    "group": ("Nhóm", "Nhóm khách hàng", "Nhóm KH", "Group"),
    "owner": ("Nhân viên phụ trách", "Người phụ trách", "NVKD", "Phụ trách", "Owner", "Salesperson"),
    "province": ("Tỉnh", "Tỉnh thành", "Tỉnh/TP", "Tỉnh/Thành phố", "Thành phố", "Province", "City"),
    "district": ("Quận", "Huyện", "Quận/Huyện", "Q/H", "District"),
    "ward": ("Phường", "Xã", "Phường/Xã", "P/X", "Ward"),
    "gender": ("Giới tính", "Gender", "Sex"),
    "company": ("Công ty", "Tên công ty", "Company"),
}
"""Titles that Vietnamese workbooks use for what many addons have; a field takes them as its ``aliases``."""

_CLOSE_ENOUGH = 0.75
"""Share of a title's words that a name must cover when no title equals it: "Số điện thoại KH" is a phone number."""

_BRACKETS = re.compile(r"\([^)]*\)|\[[^]]*\]")
_NO_WORD = re.compile(r"[^\w]+")


@dataclass(frozen=True, slots=True)
class ImportField:
    """A field that a column may fill. ``label`` may be lazy; it, the key and the aliases all name the field."""

    key: str
    label: object
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HeaderMatch:
    """Which columns were recognised, by index from 0. What is not in ``columns`` waits for the user's choice."""

    columns: Mapping[int, str]
    """Column → key of the field; no two columns have the same."""
    unmatched: tuple[int, ...]
    """Columns with a title that no field, or more than one, goes by."""
    duplicates: Mapping[str, tuple[int, ...]]
    """Key → all columns with a title of this field, where there are several; the first is in ``columns``."""


def match_headers(headers: Sequence[str], fields: Iterable[ImportField]) -> HeaderMatch:
    """Match titles to fields: equal names first, then names that cover most of a title; never one that fits two fields.

    Case, marks, spaces, punctuation, a ``*`` and what stands in brackets do not count.
    """
    names = _names(fields)
    exact = {column: _exact(header, names) for column, header in enumerate(headers)}
    columns: dict[int, str] = {}
    claims: dict[str, list[int]] = {}
    for column, key in exact.items():
        if key is not None:
            claims.setdefault(key, []).append(column)
    for column, header in enumerate(headers):
        key = exact[column]
        if key is None:
            key = _close(header, names)
            if key is None or key in claims:
                continue
            claims[key] = [column]
        if claims[key][0] == column:
            columns[column] = key
    titled = [column for column, header in enumerate(headers) if header.strip()]
    return HeaderMatch(
        columns,
        tuple(column for column in titled if column not in columns),
        {key: tuple(claimed) for key, claimed in claims.items() if len(claimed) > 1},
    )


def _names(fields: Iterable[ImportField]) -> dict[str, set[str]]:
    """Normalised name → keys of the fields that go by it."""
    names: dict[str, set[str]] = {}
    for field in fields:
        for name in (field.key, str(field.label), *field.aliases):
            if normal := _normal(name):
                names.setdefault(normal, set()).add(field.key)
    return names


def _normal(title: str) -> str:
    folded = fold(title)
    bare = _NO_WORD.sub(" ", _BRACKETS.sub(" ", folded).replace("_", " ")).strip()
    return bare or _NO_WORD.sub(" ", folded).strip()


def _exact(header: str, names: Mapping[str, set[str]]) -> str | None:
    normal = _normal(header)
    keys = names.get(normal, set())
    if not keys and normal:
        squeezed = normal.replace(" ", "")
        keys = {key for name, owners in names.items() if name.replace(" ", "") == squeezed for key in owners}
    return next(iter(keys)) if len(keys) == 1 else None


def _close(header: str, names: Mapping[str, set[str]]) -> str | None:
    words = _normal(header).split()
    best, keys = 0.0, set[str]()
    for name, owners in names.items():
        parts = name.split()
        share = len(parts) / len(words) if words and set(parts) <= set(words) else 0.0
        if share > best:
            best, keys = share, set(owners)
        elif share == best:
            keys |= owners
    return next(iter(keys)) if best >= _CLOSE_ENOUGH and len(keys) == 1 else None
