"""Titles of columns, however people spell them."""

from __future__ import annotations

import unicodedata

import pytest

from core.exchange.headers import COMMON_ALIASES, ImportField, match_headers
from core.i18n import translator

_ = translator(__name__)
FIELDS = [
    ImportField("name", "Tên khách hàng", COMMON_ALIASES["name"]),
    ImportField("phone", _("Phone"), COMMON_ALIASES["phone"]),
    ImportField("email", "Email", COMMON_ALIASES["email"]),
    ImportField("code", "Mã khách hàng", COMMON_ALIASES["code"]),
    ImportField("birthday", "Ngày sinh", COMMON_ALIASES["birthday"]),
    ImportField("tax_code", "Mã số thuế", COMMON_ALIASES["tax_code"]),
]


@pytest.mark.parametrize(
    "title",
    [
        "so dien thoai", "SĐT", "Điện thoại", "phone", "PHONE NUMBER", " Số  điện thoại (*) ", "Số điện thoại *",
        unicodedata.normalize("NFD", "Số Điện Thoại"), "sodienthoai", "phone_number", "Số điện thoại KH", "ĐT:",
        "Điện\nthoại", "Di động [bắt buộc]",
    ],
)  # fmt: skip
def test_a_phone_column_is_recognised(title: str) -> None:
    assert match_headers([title], FIELDS).columns == {0: "phone"}


def test_columns_in_any_order_with_unknown_ones_between() -> None:
    match = match_headers(["STT", "Điện thoại", "", "Họ và tên", "Ghi chú riêng", "MST"], FIELDS)
    assert match.columns == {1: "phone", 3: "name", 5: "tax_code"}
    assert match.unmatched == (0, 4)
    assert match.duplicates == {}


def test_two_columns_of_one_field_are_reported_and_the_first_is_taken() -> None:
    match = match_headers(["SĐT", "Tên", "Điện thoại", "Phone"], FIELDS)
    assert match.columns == {0: "phone"}
    assert match.duplicates == {"phone": (0, 2, 3)}
    assert match.unmatched == (1, 2, 3)


@pytest.mark.parametrize("title", ["Điện thoại người liên hệ", "Tên người giới thiệu", "x", "***", "Mã nhân viên"])
def test_a_title_that_says_more_is_left_to_the_user(title: str) -> None:
    assert match_headers([title], FIELDS).columns == {}


def test_a_name_of_two_fields_matches_neither() -> None:
    fields = [ImportField("seller", "Nhân viên"), ImportField("technician", "Kỹ thuật", ("Nhân viên",))]
    match = match_headers(["Nhân viên"], fields)
    assert (match.columns, match.unmatched) == ({}, (0,))


def test_an_exact_title_wins_over_a_similar_one_before_it() -> None:
    match = match_headers(["Số điện thoại phụ", "Số điện thoại"], FIELDS)
    assert match.columns == {1: "phone"}
    assert match.duplicates == {}
