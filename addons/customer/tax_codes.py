"""Vietnamese tax codes: 10 digits with a check digit, 13 for branches, 12 where the personal ID number is used.

Weights: Circular 105/2020/TT-BTC, appendix 1 (docs/spec/vietnam.md §9).
"""

from __future__ import annotations

import re

WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)
_COMPANY = re.compile(r"(\d{10})(?:-?(\d{3}))?")
_PERSON = re.compile(r"\d{12}")


def normalise_tax_code(text: str) -> str:
    """The code as it is stored and compared: no spaces or dots, a branch as ``0100233488-001``."""
    compact = re.sub(r"[\s.]", "", text).upper()
    match = _COMPANY.fullmatch(compact)
    return f"{match[1]}-{match[2]}" if match and match[2] else compact


def is_tax_code(code: str) -> bool:
    """Whether a normalised code can have been issued. Others are worth a warning, never a refusal."""
    if _PERSON.fullmatch(code):
        return True
    match = _COMPANY.fullmatch(code)
    if not match:
        return False
    digits = [int(char) for char in match[1]]
    check = 10 - sum(weight * digit for weight, digit in zip(WEIGHTS, digits, strict=False)) % 11
    return check == digits[9]
