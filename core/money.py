"""Đồng on the way in and out (SYS-17): an integer, no decimals, dots between thousands. Never a float."""

from __future__ import annotations

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal

from core.errors import DomainError, Problem
from core.i18n import translator

_ = translator(__name__)

MAX_MONEY = 2**63 - 1
"""The largest amount in đồng that a BIGINT column holds; the smallest is its negative."""

MAX_EXACT_FLOAT = 2**53
"""Beyond this a spreadsheet's number no longer tells neighbouring integers apart."""

CURRENCY_SIGN = "₫"
MINUS = "−"

_MILLION, _BILLION = 10**6, 10**9
_CURRENCY = re.compile(r"\s*(?:₫|đồng|vnđ|vnd|đ)\.?$")
_AMOUNT = re.compile(r"(?P<sign>-?)(?:\d+|[1-9]\d{0,2}(?P<separator>[., ])\d{3}(?:(?P=separator)\d{3})*)", re.ASCII)


class MoneyError(DomainError):
    """No amount in đồng; codes ``money_empty``, ``money_invalid``, ``money_fraction``, ``money_too_large``."""


def format_money(amount: int) -> str:
    """``1234567`` → ``1.234.567 ₫``; a negative amount begins with the minus sign − (U+2212)."""
    return f"{_grouped(amount)} {CURRENCY_SIGN}"


def short_money(amount: int) -> str:
    """For charts and tiles: ``1,28 tỷ``, ``48,2 tr``; below one million the full amount. Rounds half away from zero."""
    size = abs(amount)
    # 999.950.000 rounds to 1000,0 tr, which people write as 1 tỷ.
    if _rounded(size, _MILLION, 1) >= 1000:
        return str(_("%(n)s bn", n=_decimal(amount, _BILLION, 2)))
    if size >= _MILLION:
        return str(_("%(n)s m", n=_decimal(amount, _MILLION, 1)))
    return format_money(amount)


def parse_money(value: str | int | float) -> int:
    """The amount in đồng that a person typed or a cell holds.

    Accepts ``1234567``, groups of three parted by one and the same sign (``1.234.567``, ``1,234,567``, ``1 234 567``),
    a minus before and ₫, đ, đồng, VND or VNĐ after. Refuses everything that could mean a fraction (``1.5``, ``12.34``,
    ``1.234,5``) with :class:`MoneyError`: a wrong guess would be wrong by a factor of a thousand.
    """
    if isinstance(value, bool):
        raise _invalid()
    amount = _parse_text(value) if isinstance(value, str) else _parse_number(value)
    if abs(amount) > MAX_MONEY:
        raise MoneyError(Problem("money_too_large", _("The amount is too large.")))
    return amount


def _parse_number(value: int | float) -> int:
    if isinstance(value, int):
        return value
    if not value.is_integer():
        raise MoneyError(Problem("money_fraction", _("An amount in đồng has no decimals.")))
    if abs(value) > MAX_EXACT_FLOAT:
        raise MoneyError(Problem("money_too_large", _("The amount is too large.")))
    return int(value)


def _parse_text(text: str) -> int:
    text = " ".join(unicodedata.normalize("NFKC", text).replace(MINUS, "-").casefold().split())
    if not text:
        raise MoneyError(Problem("money_empty", _("The amount is missing.")))
    match = _AMOUNT.fullmatch(_CURRENCY.sub("", text))
    if match is None:
        raise _invalid()
    digits = re.sub(r"\D", "", match[0]).lstrip("0") or "0"
    # int() refuses thousands of digits with a ValueError of its own; 19 are enough for BIGINT.
    if len(digits) > len(str(MAX_MONEY)):
        raise MoneyError(Problem("money_too_large", _("The amount is too large.")))
    return int(match["sign"] + digits)


def _invalid() -> MoneyError:
    return MoneyError(Problem("money_invalid", _("Not an amount in đồng: write 1234567 or 1.234.567, no decimals.")))


def _grouped(amount: int) -> str:
    return ("" if amount >= 0 else MINUS) + f"{abs(amount):,}".replace(",", ".")


def _rounded(size: int, unit: int, places: int) -> Decimal:
    return (Decimal(size) / unit).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _decimal(amount: int, unit: int, places: int) -> str:
    whole, _, fraction = str(_rounded(abs(amount), unit, places)).partition(".")
    fraction = fraction.rstrip("0")
    return _grouped(-int(whole) if amount < 0 else int(whole)) + (f",{fraction}" if fraction else "")
