"""One line of address into the parts that the form asks for, where the line says plainly what they are (CUS-014)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from addons.customer.provinces import is_province, province_name
from core.text import fold

_WARD = re.compile(r"(phuong|xa|thi tran|dac khu)\s|(p|x|tt)\.")
_DISTRICT = re.compile(r"(quan|huyen|thi xa|thanh pho)\s|(q|h|tx|tp)\.")
_COUNTRY = {"viet nam", "vietnam", "vn"}


@dataclass(frozen=True, slots=True)
class AddressParts:
    """House number and street, ward or commune, district (old addresses have one), province."""

    address: str
    ward: str
    district: str
    province: str


def split_address(line: str) -> AddressParts | None:
    """``"12 Lê Lợi, P. Bến Nghé, Q.1, TP.HCM"`` in parts; None where the end is no province, today's or before 2025."""
    parts = [part.strip() for part in line.split(",") if part.strip()]
    if parts and fold(parts[-1]) in _COUNTRY:
        parts.pop()
    if len(parts) < 2 or not is_province(parts[-1]):
        return None
    province = province_name(parts.pop())
    district = parts.pop() if len(parts) > 1 and _DISTRICT.match(fold(parts[-1])) else ""
    ward = parts.pop() if len(parts) > 1 and _WARD.match(fold(parts[-1])) else ""
    return AddressParts(", ".join(parts), ward, district, province)
