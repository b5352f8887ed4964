"""The provinces and cities of Vietnam since 01/07/2025 (19/2025/QĐ-TTg): what the form suggests and the list filters by.

Other names are kept as they are: old units stay in use in contracts and with carriers (docs/spec/vietnam.md §8).
"""

from __future__ import annotations

import re

from core.text import fold

PROVINCES = (
    "An Giang", "Bắc Ninh", "Cà Mau", "Cao Bằng", "Cần Thơ", "Đà Nẵng", "Đắk Lắk", "Điện Biên", "Đồng Nai", "Đồng Tháp",
    "Gia Lai", "Hà Nội", "Hà Tĩnh", "Hải Phòng", "Huế", "Hưng Yên", "Khánh Hòa", "Lai Châu", "Lâm Đồng", "Lạng Sơn",
    "Lào Cai", "Nghệ An", "Ninh Bình", "Phú Thọ", "Quảng Ngãi", "Quảng Ninh", "Quảng Trị", "Sơn La", "Tây Ninh",
    "Thái Nguyên", "Thanh Hóa", "TP. Hồ Chí Minh", "Tuyên Quang", "Vĩnh Long",
)  # fmt: skip

BEFORE_2025 = (
    "Bà Rịa - Vũng Tàu", "Bạc Liêu", "Bắc Giang", "Bắc Kạn", "Bến Tre", "Bình Dương", "Bình Định", "Bình Phước",
    "Bình Thuận", "Đắk Nông", "Hà Giang", "Hà Nam", "Hải Dương", "Hậu Giang", "Hòa Bình", "Kiên Giang", "Kon Tum",
    "Long An", "Nam Định", "Ninh Thuận", "Phú Yên", "Quảng Bình", "Quảng Nam", "Sóc Trăng", "Thái Bình",
    "Thừa Thiên Huế", "Tiền Giang", "Trà Vinh", "Vĩnh Phúc", "Yên Bái",
)  # fmt: skip
"""Provinces that were joined to others on 01/07/2025; old addresses still name them."""

_PREFIX = re.compile(r"^(tinh|thanh pho|tp\.?)\s*")
_SHORT = {"hcm": "TP. Hồ Chí Minh", "sai gon": "TP. Hồ Chí Minh", "hn": "Hà Nội"}


def _bare(name: str) -> str:
    return _PREFIX.sub("", fold(name)).strip(" .")


_OLD = {_bare(name): name for name in BEFORE_2025}
_BY_BARE_NAME = {_bare(name): name for name in PROVINCES} | _SHORT


def province_name(text: str) -> str:
    """The usual spelling of one of today's provinces, however it was typed; any other text as it is."""
    return _BY_BARE_NAME.get(_bare(text), text)


def is_province(text: str) -> bool:
    """Whether the text names a province of today or of before 2025."""
    return _bare(text) in _BY_BARE_NAME or _bare(text) in _OLD
