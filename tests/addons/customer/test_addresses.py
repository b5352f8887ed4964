"""Addresses of one line, as lists kept by hand have them (CUS-014)."""

from __future__ import annotations

import pytest

from addons.customer.addresses import split_address


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("12 Lê Lợi, Phường Bến Nghé, Quận 1, TP.HCM", ("12 Lê Lợi", "Phường Bến Nghé", "Quận 1", "TP. Hồ Chí Minh")),
        ("Thôn 3, xã Ea Tiêu, tỉnh Đắk Lắk", ("Thôn 3", "xã Ea Tiêu", "", "Đắk Lắk")),
        ("Số 5, P. Dịch Vọng, Q. Cầu Giấy, Hà Nội, Việt Nam", ("Số 5", "P. Dịch Vọng", "Q. Cầu Giấy", "Hà Nội")),
        ("45 Trần Phú, TP. Vũng Tàu, Bà Rịa - Vũng Tàu", ("45 Trần Phú", "", "TP. Vũng Tàu", "Bà Rịa - Vũng Tàu")),
        ("Quận 1, TP HCM", ("Quận 1", "", "", "TP. Hồ Chí Minh")),
    ],
)  # fmt: skip
def test_a_line_that_ends_with_a_province_comes_apart(line: str, parts: tuple[str, ...]) -> None:
    found = split_address(line)
    assert found is not None
    assert (found.address, found.ward, found.district, found.province) == parts


@pytest.mark.parametrize("line", ["", ",", "Hà Nội", "12 Lê Lợi", "12 Lê Lợi, gần chợ", "12 phố Huế", "Việt Nam"])
def test_any_other_line_stays_as_it_is(line: str) -> None:
    assert split_address(line) is None
