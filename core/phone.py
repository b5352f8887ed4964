"""Phone numbers as Vietnamese people write them → E.164, and back to what they like to read.

The 2018 change of mobile prefixes and the 2017 change of area codes come first, because phonenumbers calls the old
numbers invalid (docs/spec/vietnam.md §6). Which carrier a prefix belongs to is not answered: numbers are portable.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, ValidationResult

from core.errors import DomainError, Problem
from core.i18n import translator

_ = translator(__name__)

OLD_MOBILE_PREFIXES = {
    # MobiFone
    "120": "70", "121": "79", "122": "77", "126": "76", "128": "78",
    # Vinaphone
    "123": "83", "124": "84", "125": "85", "127": "81", "129": "82",
    # Viettel
    "162": "32", "163": "33", "164": "34", "165": "35", "166": "36", "167": "37", "168": "38", "169": "39",
    # Vietnamobile, Gmobile
    "186": "56", "188": "58", "199": "59",
}  # fmt: skip
"""Mobile prefixes until 14/11/2018 → those since, without the leading 0; the last seven digits stayed."""

OLD_AREA_CODES = {
    # since 11/02/2017
    "22": "212", "231": "213", "20": "214", "230": "215", "29": "216", "510": "235", "511": "236",
    # since 15/04/2017
    "240": "204", "25": "205", "26": "206", "27": "207", "280": "208", "281": "209", "320": "220", "321": "221",
    "241": "222", "351": "226", "350": "228", "780": "290", "781": "291", "710": "292", "711": "293",
    # since 17/06/2017
    "4": "24", "61": "251", "62": "252", "64": "254", "68": "259", "60": "260", "501": "261", "500": "262",
    "63": "263", "651": "271", "650": "274", "66": "276", "67": "277",
}  # fmt: skip
"""Area codes until 2017 → those since, without the leading 0.

The others (8 for Ho Chi Minh City, 52, 77, …) are left out: with their numbers they now read as mobile numbers.
"""

MOBILE_FIRST_DIGITS = "35789"
"""Nine digits that begin so are a mobile number, also with a prefix younger than phonenumbers' data (055, 087)."""

_VIETNAM = 84
_MOBILE_DIGITS, _LANDLINE_DIGITS = 9, 10  # without the leading 0
_SEVERAL = re.compile(r"[/;,|\n&]|\bhoặc\b")
_PUNCTUATION = str.maketrans("", "", " \t.-()/,_'\u00a0‐‑‒–—−·")
_MIN_DIGITS = 8
_MAX_DIGITS = 17  # E.164 has at most 15, after 00


class PhoneError(DomainError):
    """No phone number; the problem's code says why: ``phone_empty``, ``phone_letters``, ``phone_too_short``, …"""


@dataclass(frozen=True, slots=True)
class Phone:
    """A number as it was typed and as it is stored."""

    raw: str
    e164: str

    @property
    def is_mobile(self) -> bool:
        """Whether it can be expected to receive an SMS or a Zalo message."""
        return is_mobile(self.e164)


def parse_phone(raw: str | int | float, region: str = "VN") -> Phone:
    """The number that ``raw`` means; a number from a spreadsheet cell may have lost its leading 0.

    Raises :class:`PhoneError` with one problem that says what is wrong. A mobile number is not refused because its
    prefix is unknown, nor a foreign number of possible length: phonenumbers' data is older than the newest range.
    """
    return Phone(str(raw), _e164(raw, region))


@lru_cache(maxsize=2_048, typed=True)
def _e164(raw: str | int | float, region: str) -> str:
    """Kept, because an import reads a number three times: as a cell, among its neighbours and when it is stored."""
    international, digits = _split(_as_text(raw))
    if region == "VN":
        return _e164_vietnamese(international, digits)
    return _e164_foreign(f"+{digits}" if international else digits, region)


def _as_text(raw: str | int | float) -> str:
    if isinstance(raw, float):
        if not raw.is_integer():
            raise _error("phone_characters", _("A phone number has no decimals."))
        raw = int(raw)
    text = unicodedata.normalize("NFKC", str(raw))
    text = "".join(char for char in text if unicodedata.category(char) != "Cf").strip()
    if re.fullmatch(r"\d{8,12}\.0", text):
        return text[:-2]
    if re.fullmatch(r"\d[.,]\d+[eE]\+?\d+", text):
        return _from_scientific(text)
    return text


def _from_scientific(text: str) -> str:
    try:
        number = Decimal(text.replace(",", "."))
    except InvalidOperation:  # pragma: no cover - the pattern above admits numbers only
        number = Decimal(0)
    exponent = number.as_tuple().exponent
    if exponent != 0:
        raise _error("phone_scientific", _("Excel shortened this number; format the column as text and type it again."))
    return str(int(number))


def _split(text: str) -> tuple[bool, str]:
    """(written internationally, digits only)"""
    if not text:
        raise _error("phone_empty", _("The phone number is missing."))
    parts = [part for part in _SEVERAL.split(text) if sum(map(str.isdigit, part)) >= _MIN_DIGITS]
    if len(parts) > 1:
        raise _error("phone_several", _("This is more than one phone number."))
    compact = text.translate(_PUNCTUATION)
    if any(char.isalpha() for char in compact):
        raise _error("phone_letters", _("A phone number has no letters."))
    international = compact.startswith("+")
    digits = compact.removeprefix("+")
    if not digits.isdecimal():
        raise _error("phone_characters", _("A phone number has only digits, spaces, dots and hyphens."))
    digits = "".join(str(unicodedata.decimal(char)) for char in digits)
    if len(digits) > _MAX_DIGITS:
        raise _error("phone_too_long", _("The phone number is too long."))
    if digits.startswith("00"):
        return True, digits[2:]
    if international and digits.startswith("0"):
        return False, digits
    return international, digits


def _e164_vietnamese(international: bool, digits: str) -> str:
    if international and not digits.startswith(str(_VIETNAM)):
        return _e164_foreign(f"+{digits}", None)
    national = digits.removeprefix(str(_VIETNAM)) if international or _carries_country_code(digits) else digits
    return f"+{_VIETNAM}{_current_national(national.lstrip('0'))}"


def _carries_country_code(digits: str) -> bool:
    # 084 is also a mobile prefix: nine digits that begin with 84 have lost their 0, they carry no country code.
    return digits.startswith(str(_VIETNAM)) and len(digits) > 9


def _current_national(digits: str) -> str:
    """The national number valid today, without the leading 0."""
    if len(digits) == 10 and digits[:3] in OLD_MOBILE_PREFIXES:
        return OLD_MOBILE_PREFIXES[digits[:3]] + digits[3:]
    if _is_valid(digits):
        return digits
    if len(digits) == _MOBILE_DIGITS and digits[0] in MOBILE_FIRST_DIGITS:
        return digits
    landline = _renumbered_landline(digits)
    if landline is None:
        raise _refusal(digits)
    return landline


def _refusal(digits: str) -> PhoneError:
    is_mobile = digits[:1] in tuple(MOBILE_FIRST_DIGITS)
    shortest = _MOBILE_DIGITS if is_mobile else _LANDLINE_DIGITS if digits.startswith("2") else _MIN_DIGITS
    longest = _MOBILE_DIGITS if is_mobile else _LANDLINE_DIGITS
    if len(digits) < shortest:
        return _error(
            "phone_too_short", _("The phone number is too short: a mobile number has 10 digits, a landline 11.")
        )
    if len(digits) > longest:
        return _error(
            "phone_too_long", _("The phone number is too long: a mobile number has 10 digits, a landline 11.")
        )
    return _error(
        "phone_unknown_prefix", _("No Vietnamese phone number begins with %(prefix)s.", prefix=f"0{digits[:3]}")
    )


def _renumbered_landline(digits: str) -> str | None:
    for length in (3, 2, 1):
        area = OLD_AREA_CODES.get(digits[:length])
        if area and _is_valid(area + digits[length:]):
            return area + digits[length:]
    return None


def _is_valid(national: str) -> bool:
    number = PhoneNumber(country_code=_VIETNAM, national_number=int(national or "0"))
    return phonenumbers.is_valid_number(number)


def _e164_foreign(text: str, region: str | None) -> str:
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException as error:
        if error.error_type == NumberParseException.INVALID_COUNTRY_CODE:
            raise _error("phone_unknown_prefix", _("No country has this calling code.")) from None
        raise _error("phone_too_short", _("The phone number is too short.")) from None
    match phonenumbers.is_possible_number_with_reason(number):
        case ValidationResult.TOO_LONG:
            raise _error("phone_too_long", _("The phone number is too long for its country."))
        case ValidationResult.IS_POSSIBLE:
            return phonenumbers.format_number(number, PhoneNumberFormat.E164)
        case _:
            raise _error("phone_too_short", _("The phone number is too short for its country."))


def _error(code: str, message: object) -> PhoneError:
    return PhoneError(Problem(code, message))


def is_mobile(e164: str) -> bool:
    """Whether ``e164`` is a mobile number; foreign ones by phonenumbers' data, where some countries do not tell."""
    national = _national(e164)
    if national is not None:
        return len(national) == 9 and national[0] in MOBILE_FIRST_DIGITS
    return phonenumbers.number_type(phonenumbers.parse(e164)) in (
        phonenumbers.PhoneNumberType.MOBILE,
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
    )


def format_phone(e164: str) -> str:
    """As people read it: ``0912 345 678``, ``024 3822 1234``, ``1900 1234``; foreign numbers as ``+1 650-253-0000``."""
    if is_mobile(e164) and (national := _national(e164)):
        return f"0{national[:3]} {national[3:6]} {national[6:]}"
    number = phonenumbers.parse(e164)
    shape = PhoneNumberFormat.NATIONAL if number.country_code == _VIETNAM else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, shape)


def plain_phone(e164: str) -> str:
    """How it is dialled at home, digits only: ``0912345678``, hotlines ``19001234``; foreign numbers with their +."""
    national = _national(e164)
    if national is None:
        return e164
    return national if national.startswith("1") else f"0{national}"


def mask_phone(e164: str) -> str:
    """Enough to recognise a number one knows, too little to call it: ``0912 *** 678``."""
    digits = plain_phone(e164)
    ends = (4, 3) if len(digits) > 9 else (2, 2)
    return f"{digits[: ends[0]]} *** {digits[-ends[1] :]}"


def search_form(e164: str) -> str:
    """The digits that a search column stores: ``0912345678 84912345678``.

    Any part of either spelling is a substring of it, so ``phone_fragments`` of what the user typed finds it with LIKE.
    """
    national = _national(e164)
    return e164.removeprefix("+") if national is None else f"{plain_phone(e164)} {e164.removeprefix('+')}"


def phone_fragments(query: str) -> tuple[str, ...]:
    """The digit strings to look for in :func:`search_form` when the user typed ``query``; any of them is a hit.

    ``"+84 912"`` → ``("84912",)``; an old prefix adds its successor: ``"0169 567"`` → ``("0169567", "039567")``. Empty
    when the query is not a piece of a phone number.
    """
    compact = unicodedata.normalize("NFKC", query).strip().translate(_PUNCTUATION)
    digits = compact.removeprefix("+")
    if not digits.isdecimal() or not digits.isascii():
        return ()
    digits = digits.removeprefix("00") or digits
    if digits.startswith(f"{_VIETNAM}0"):
        digits = f"{_VIETNAM}{digits[3:]}"
    renumbered = _renumbered_fragment(digits)
    return (digits, renumbered) if renumbered else (digits,)


def _renumbered_fragment(digits: str) -> str | None:
    # Fewer than ten bare digits are more likely the middle of a number than an old prefix without its 0.
    for before in (str(_VIETNAM), "0") if len(digits) < 10 else (str(_VIETNAM), "0", ""):
        rest = digits.removeprefix(before)
        if digits.startswith(before) and rest[:3] in OLD_MOBILE_PREFIXES:
            return before + OLD_MOBILE_PREFIXES[rest[:3]] + rest[3:]
    return None


def _national(e164: str) -> str | None:
    """The digits after +84, or None for a foreign number."""
    prefix = f"+{_VIETNAM}"
    return e164.removeprefix(prefix) if e164.startswith(prefix) else None
