"""Amounts in Vietnamese words, as they stand on documents that are signed: Bốn trăm năm mươi mốt nghìn đồng."""

from __future__ import annotations

from collections.abc import Iterator

DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
GROUPS = ("", " nghìn", " triệu")
"""Groups of three digits within a billion; what lies above is counted in tỷ."""

BILLION = 10**9


def money_in_words(amount: int) -> str:
    """``451630`` → ``Bốn trăm năm mươi mốt nghìn sáu trăm ba mươi đồng``; below zero it begins with Âm."""
    words = _number(abs(amount))
    text = f"{'âm ' if amount < 0 else ''}{words} đồng"
    return text[0].upper() + text[1:]


def _number(number: int) -> str:
    if number == 0:
        return DIGITS[0]
    above, below = divmod(number, BILLION)
    parts = [f"{_number(above)} tỷ"] if above else []
    return " ".join([*parts, *_below_a_billion(below, leads=not above)])


def _below_a_billion(number: int, *, leads: bool) -> Iterator[str]:
    """The groups that are not zero; the first of the whole number (``leads``) says no empty hundreds."""
    for at in (2, 1, 0):
        group = number // 1000**at % 1000
        if group:
            yield f"{_group(group, leads=leads)}{GROUPS[at]}"
            leads = False


def _group(number: int, *, leads: bool) -> str:
    """Three digits: ``không trăm linh năm`` where something stands before them, else ``năm``."""
    hundreds, tens, units = number // 100, number // 10 % 10, number % 10
    words = [] if leads and not hundreds else [f"{DIGITS[hundreds]} trăm"]
    if tens == 1:
        words.append("mười")
    elif tens:
        words.append(f"{DIGITS[tens]} mươi")
    elif units and words:
        words.append("linh")
    if units:
        words.append(_unit(units, tens))
    return " ".join(words)


def _unit(units: int, tens: int) -> str:
    """The last digit, which is called otherwise after tens: hai mươi mốt, hai mươi tư, mười lăm."""
    if units == 5 and tens:
        return "lăm"
    if tens > 1 and units in {1, 4}:
        return {1: "mốt", 4: "tư"}[units]
    return DIGITS[units]
