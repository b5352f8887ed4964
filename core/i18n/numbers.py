"""Numbers as the reader's language groups them."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

from babel.numbers import format_decimal, get_group_symbol

from core.i18n.locale import current_locale


def format_number(value: int | float | Decimal) -> str:
    """The number in groups of three digits: 1.234.567 in Vietnamese, 1,234,567 in English."""
    locale = current_locale()
    if isinstance(value, int):
        return f"{value:,}".replace(",", _group_symbol(locale))
    return format_decimal(value, locale=locale)


@cache
def _group_symbol(locale: str) -> str:
    return get_group_symbol(locale)
