"""Cell values → what a field stores.

Every parser takes what ``Row.value`` gives, answers a blank cell with None, and raises :class:`CellError` in the words
of the person who fills the sheet. Phones and money have parsers of their own in the kernel; here is the rest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta

from core import dates
from core.errors import DomainError, Problem
from core.exchange.rows import Value
from core.i18n import translator
from core.text import clean, fold

_ = translator(__name__)

_TRUE = frozenset(("co", "x", "1", "true", "yes", "y", "dung", "v", "✓", "✔", "☑", "on"))
_FALSE = frozenset(("khong", "0", "false", "no", "n", "sai", "-", "☐", "off", "k", "ko"))
_INTEGER = re.compile(r"[-−]?(?:\d+|[1-9]\d{0,2}(?:([.,])\d{3}(?:\1\d{3})*))", re.ASCII)
_SERIAL_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - Excel counts wall-clock days and knows no zones
_FIRST_SERIAL, _LAST_SERIAL = 61, 401_768
"""1 March 1900, before which Excel counts a day that never was, and 31 December 2999."""
_LONGEST_LIST = 8
_MAX_INTEGER_DIGITS = 19
_SEPARATORS = re.compile(r"[,;\n]")


class CellError(DomainError):
    """The cell's value does not fit the field."""


def parse_text(value: Value, max_length: int = 200, *, multiline: bool = False) -> str | None:
    """The text of a cell, of a number or date as a person types it. Too long is refused, not cut."""
    text = clean(as_text(value), multiline=multiline)
    if len(text) > max_length:
        message = _("The text has %(n)s characters; at most %(max)s fit.", n=len(text), max=max_length)
        raise _error("text_too_long", message)
    return text or None


def as_text(value: Value) -> str:
    """How a person would type the value."""
    match value:
        case None:
            return ""
        case bool():
            return str(_("Yes") if value else _("No"))
        case float():
            return f"{value:.15g}"
        case datetime():
            return f"{dates.format_date(value.date())} {value:%H:%M}"
        case date():
            return dates.format_date(value)
        case time():
            return f"{value:%H:%M}"
        case _:
            return str(value)


def parse_date(value: Value) -> date | None:
    """A real date, Excel's number of one, or text with the day first (``core.dates``); years from 1900 to 2999."""
    match value:
        case None | "":
            return None
        case datetime():
            return dates.check_range(value.date())
        case date():
            return dates.check_range(value)
        case str():
            return dates.parse_date(value) if value.strip() else None
        case int() | float() if not isinstance(value, bool) and _FIRST_SERIAL <= value <= _LAST_SERIAL:
            return (_SERIAL_ZERO + timedelta(days=int(value))).date()
    raise CellError(dates.not_a_date())


def parse_int(value: Value, minimum: int | None = None, maximum: int | None = None) -> int | None:
    """A whole number: ``1234``, ``1.234``, ``1,234``; nothing that could be a fraction."""
    match value:
        case None | "":
            return None
        case bool() | date() | time():
            raise _no_integer()
        case int():
            number = value
        case float():
            if not value.is_integer():
                raise _no_integer()
            number = int(value)
        case str():
            text = clean(value)
            if not _INTEGER.fullmatch(text) or sum(map(str.isdigit, text)) > _MAX_INTEGER_DIGITS:
                raise _no_integer()
            number = int(text.replace("−", "-").replace(".", "").replace(",", ""))
    if minimum is not None and number < minimum:
        raise _error("integer_too_small", _("The number must be at least %(min)s.", min=minimum))
    if maximum is not None and number > maximum:
        raise _error("integer_too_large", _("The number must be at most %(max)s.", max=maximum))
    return number


def _no_integer() -> CellError:
    return _error("integer_invalid", _("This is not a whole number."))


def parse_bool(value: Value) -> bool | None:
    """``có``, ``x``, ``1``, ``yes``, ``true`` or ``không``, ``0``, ``no``, ``false``."""
    if value is None or isinstance(value, bool):
        return value
    word = fold(as_text(value))
    if not word:
        return None
    if word not in _TRUE | _FALSE:
        raise _error("boolean_invalid", _("Write Có or Không."))
    return word in _TRUE


def parse_choice(value: Value, choices: Mapping[str, object]) -> str | None:
    """The key of the choice whose label, or key, the cell holds; ``choices`` maps keys to labels, which may be lazy.

    Marks and case count only where two labels differ in nothing else.
    """
    text = clean(as_text(value))
    if not text:
        return None
    found = _choices_by(choices, text, clean) or _choices_by(choices, text, fold)
    if len(found) != 1:
        message = _("“%(value)s” is none of: %(choices)s.", value=text[:50], choices=_list(choices))
        raise _error("choice_unknown", message)
    return found[0]


def _choices_by(choices: Mapping[str, object], text: str, form: Callable[[str], str]) -> list[str]:
    wanted = form(text)
    return [key for key, label in choices.items() if wanted in (form(str(label)), form(key))]


def _list(choices: Mapping[str, object]) -> str:
    labels = [str(label) for label in choices.values()]
    return ", ".join(labels[:_LONGEST_LIST]) + (", …" if len(labels) > _LONGEST_LIST else "")


def parse_multi(value: Value, choices: Mapping[str, object] | None = None) -> list[str]:
    """The entries that commas, semicolons or lines part, each once; keys where ``choices`` is given.

    A blank cell is the empty list.
    """
    entries = [entry for part in _SEPARATORS.split(as_text(value)) if (entry := clean(part))]
    if choices is None:
        return list(_first_of_each(entries))
    problems: list[Problem] = []
    keys: dict[str, None] = {}
    for entry in entries:
        try:
            keys[str(parse_choice(entry, choices))] = None
        except CellError as error:
            problems.extend(error.problems)
    if problems:
        raise CellError(*problems)
    return list(keys)


def _first_of_each(entries: list[str]) -> Iterator[str]:
    seen: set[str] = set()
    for entry in entries:
        if fold(entry) not in seen:
            seen.add(fold(entry))
            yield entry


def _error(code: str, message: object) -> CellError:
    return CellError(Problem(code, message))
