"""Folding, alphabetical keys and cleaning of Vietnamese text."""

from __future__ import annotations

import random
import re
import unicodedata
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text import SORT_KEY_LENGTH, clean, fold, initials, like_pattern, sort_key

ALPHABETICAL_WORDS = """
    An Án Anh Ánh Ẵm Ăn Ân Ấn Bá Bạch Ca Chi Cường Da Dũng Đan Đạt Đăng Đặng Đức Em Én Ê Fin Gia Giang Hà Hạ
    Hoa Hòa Hỏa Hoạ Hoan Hoàn Hoàng Hồ Hổ Hơ Im Jim Khánh Kỳ Kỷ Kỹ Lan Lân Ly Mai Mơ Nga Ngà Ngả Ngã Ngá Ngạ Ngọc
    Oanh Ôn Ơn Phan Quý Quỳnh Sơn Tân Tấn Tú Tuấn Tư Từ Tứ Ức Vân Will Xuân Ý Yến Zen
"""


def in_order(names: list[str], by: Literal["given", "full"] = "given") -> list[str]:
    """``names`` shuffled, then sorted."""
    return sorted(random.Random(1).sample(names, len(names)), key=lambda name: sort_key(name, by=by))


def test_the_alphabet_puts_marked_letters_after_plain_ones_and_tones_after_letters() -> None:
    words = ALPHABETICAL_WORDS.split()
    assert in_order(words) == words


def test_the_six_tones_come_in_their_school_order() -> None:
    tones = ["ma", "mà", "mả", "mã", "má", "mạ"]
    assert in_order(tones) == tones
    nasal = ["tư", "từ", "tử", "tữ", "tứ", "tự", "tưa"]
    assert in_order(nasal) == nasal


def test_the_33_letters_keep_their_places() -> None:
    letters = list("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")
    assert in_order(letters) == letters


def test_people_sort_by_given_name_first_and_then_by_the_rest() -> None:
    people = ["Lê Văn An", "Nguyễn Thị An", "Đặng Thị Ánh", "Bùi Đức Bình", "Đào Bình", "Phạm Ân"]
    by_given = ["Lê Văn An", "Nguyễn Thị An", "Đặng Thị Ánh", "Phạm Ân", "Bùi Đức Bình", "Đào Bình"]
    assert in_order(people) == by_given
    by_full = ["Bùi Đức Bình", "Đào Bình", "Đặng Thị Ánh", "Lê Văn An", "Nguyễn Thị An", "Phạm Ân"]
    assert in_order(people, by="full") == by_full


def test_the_end_of_a_word_counts_before_its_successor() -> None:
    names = ["Hoa Vinh", "Hòa An", "Hoan"]
    assert in_order(names, by="full") == names


def test_notes_in_brackets_are_not_the_given_name() -> None:
    assert sort_key("Nguyễn Văn An (Zalo)") > sort_key("Nguyễn Văn An")
    assert sort_key("Nguyễn Văn An (Zalo)") < sort_key("Nguyễn Văn Bình")
    assert sort_key("(An)") == sort_key("An")


def test_numbers_in_names_compare_by_value() -> None:
    shops = ["Cửa hàng 2", "Cửa hàng 10", "Cửa hàng A", "Cửa hàng 商"]
    assert in_order(shops, by="full") == shops


@given(st.text(max_size=300))
def test_a_sort_key_is_short_and_safe_in_every_collation(name: str) -> None:
    for by in ("given", "full"):
        key = sort_key(name, by=by)
        assert re.fullmatch("[a-z0-9]*", key)
        assert len(key) <= SORT_KEY_LENGTH


def test_a_very_long_name_has_a_key_that_an_index_can_hold() -> None:
    assert len(sort_key("Công ty Trách nhiệm hữu hạn " * 20, by="full")) == SORT_KEY_LENGTH


@given(st.text(alphabet="aăâàạbđêĐƠớ ỮNg-"))
def test_composed_and_decomposed_names_sort_alike_and_case_does_not_matter(name: str) -> None:
    assert sort_key(unicodedata.normalize("NFD", name)) == sort_key(name) == sort_key(name.upper())


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Đặng Thị Thuỷ", "dang thi thuy"),
        ("Ðặng (eth)", "dang (eth)"),
        ("  NGUYỄN\t Văn \u00a0 Ước ", "nguyen van uoc"),
        ("Hoà Bình", "hoa binh"),
        ("Hòa Bình", "hoa binh"),
        (unicodedata.normalize("NFD", "Đường Trường Chinh"), "duong truong chinh"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("soft\u00adhyphen", "softhyphen"),
        ("\uff10\uff19\uff11 ＡＢＣ", "091 abc"),
        ("Straße № 5", "strasse no 5"),
        ("nul\x00 bell\x07", "nul bell"),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_composition_does_not_matter_to_folding(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))


@given(st.text())
def test_clean_text_can_be_stored_anywhere(text: str) -> None:
    cleaned = clean(text)
    assert cleaned == clean(cleaned)
    assert not any(unicodedata.category(char) in ("Cc", "Cs") for char in cleaned)
    assert unicodedata.is_normalized("NFC", cleaned)
    assert cleaned == cleaned.strip()


def test_cleaning_removes_what_is_invisible_but_keeps_lines_where_wanted() -> None:
    assert clean(" a\x00b\r\nc\u202e\u200b ") == "ab c"
    assert clean("a\r\nb\rc\t\x07d\n", multiline=True) == "a\nb\nc\td"
    assert clean("e\u0302\u0301") == "ế"
    assert clean("\ud800x\ufffe") == "x"
    family = "\U0001f468\u200d\U0001f469"
    assert clean(family) == family


def test_initials_are_of_family_and_given_name() -> None:
    assert initials("Đặng Thu Hà") == "ĐH"
    assert initials("hoa") == "H"
    assert initials("nguyễn văn ánh (sỉ)") == "NÁ"
    assert initials(" -- ") == ""


def test_like_patterns_take_wildcards_literally() -> None:
    assert like_pattern("50%_\\") == "%50\\%\\_\\\\%"
