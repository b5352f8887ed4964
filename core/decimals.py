"""Numbers with decimals as Vietnamese people write them: a comma before the decimals, dots between thousands."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from core.errors import DomainError, Problem
from core.i18n import translator

_ = translator(__name__)

PLACES = 3
"""Decimals that are kept; more are refused."""

MAX_DECIMAL = Decimal(10**12)

_GROUPED = re.compile(r"[-−]?[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?", re.ASCII)
_PLAIN = re.compile(r"[-−]?\d{1,13}(?:[.,]\d+)?", re.ASCII)


class DecimalError(DomainError):
    """No number that can be kept; codes ``decimal_invalid``, ``decimal_too_fine``, ``decimal_too_large``."""


def parse_decimal(value: str | int | float) -> Decimal:
    """The number that a person typed or a cell holds: ``1234,5``, ``1.234,5``, ``12.5``; ``1.234`` is one thousand.

    At most :data:`PLACES` decimals and below :data:`MAX_DECIMAL`; DecimalError else.
    """
    if isinstance(value, bool):
        raise _invalid()
    number = _parse_text(value) if isinstance(value, str) else Decimal(f"{value:.15g}")
    if not number.is_finite():
        raise _invalid()
    if abs(number) >= MAX_DECIMAL:
        raise DecimalError(Problem("decimal_too_large", _("The number is too large.")))
    if number != round(number, PLACES):
        message = _("At most %(n)s digits can stand after the comma.", n=PLACES)
        raise DecimalError(Problem("decimal_too_fine", message))
    return round(number, PLACES)


def format_decimal(number: Decimal) -> str:
    """``1.234,5``: what :func:`parse_decimal` reads back, in every language."""
    whole, _point, fraction = f"{abs(number):.{PLACES}f}".partition(".")
    fraction = fraction.rstrip("0")
    grouped = f"{int(whole):,}".replace(",", ".")
    return f"{'-' if number < 0 else ''}{grouped}{f',{fraction}' if fraction else ''}"


def _parse_text(text: str) -> Decimal:
    text = "".join(unicodedata.normalize("NFKC", text).split())
    if _GROUPED.fullmatch(text):
        text = text.replace(".", "")
    elif not _PLAIN.fullmatch(text):
        raise _invalid()
    return Decimal(text.replace("−", "-").replace(",", "."))


def _invalid() -> DecimalError:
    return DecimalError(Problem("decimal_invalid", _("This is not a number; write it like 1234,5.")))
