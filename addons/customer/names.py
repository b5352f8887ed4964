"""Names and salutations of customers: comparing, addressing, and what looks odd."""

from __future__ import annotations

from core.text import clean, fold

SALUTATIONS = ("Anh", "Chị", "Ông", "Bà", "Cô", "Chú", "Em", "Công ty", "Cửa hàng")
"""What the form offers (CUS-008). They are data that letters begin with, so they stay Vietnamese in every language."""

COMPANY_WORDS = (
    "cong ty", "cua hang", "doanh nghiep", "hop tac xa", "tap doan", "chi nhanh", "nha may", "truong", "benh vien",
    "khach san", "nha hang", "sieu thi", "trung tam", "van phong", "dai ly", "ngan hang", "htx", "dntn", "tnhh",
)  # fmt: skip
"""Folded beginnings of the names of organisations."""


def name_key(name: str) -> str:
    """What makes two names of a catalogue the same: case and spaces do not count, marks do (CLS-07)."""
    return "".join(clean(name).casefold().split())[:120]


def looks_like_company(name: str, salutation: str = "") -> bool:
    """Whether an organisation is meant, by its salutation or by how its name begins."""
    start = fold(f"{salutation} {name}")
    return any(start == word or start.startswith(f"{word} ") for word in COMPANY_WORDS)


def with_salutation(salutation: str | None, name: str) -> str:
    """``Chị`` + ``Trang`` → ``Chị Trang``; a name that already begins with the salutation keeps it once."""
    if not salutation or f"{fold(name)} ".startswith(f"{fold(salutation)} "):
        return name
    return f"{salutation} {name}"


def is_one_word(name: str) -> bool:
    """Whether a person's name is a single word: most likely a nickname (CUS-008)."""
    return len(name.split()) < 2
