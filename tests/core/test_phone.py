"""Phone numbers in every spelling that Vietnamese lists contain."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DomainError
from core.phone import (
    PhoneError,
    format_phone,
    is_mobile,
    mask_phone,
    parse_phone,
    phone_fragments,
    search_form,
)

RENUMBERED_2018 = {
    "0120": "070", "0121": "079", "0122": "077", "0126": "076", "0128": "078",
    "0123": "083", "0124": "084", "0125": "085", "0127": "081", "0129": "082",
    "0162": "032", "0163": "033", "0164": "034", "0165": "035", "0166": "036", "0167": "037", "0168": "038",
    "0169": "039", "0186": "056", "0188": "058", "0199": "059",
}  # fmt: skip


@pytest.mark.parametrize(
    "raw",
    [
        "0912345678",
        "+84 912.345.678",
        "84912345678",
        "0912 345 678",
        "(091) 234-5678",
        "0084912345678",
        "+84 (0)912 345 678",
        "(+84) 912-345-678",
        "84 0912 345 678",
        "+0912345678",
        "\uff10\uff19\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18",
        "912345678",
        912345678,
        912345678.0,
        "912345678.0",
        "9.12345678E+08",
        "\u202a0912\u00a0345\u200b678 ",
        "'0912345678",
        "0912–345–678",
    ],
)
def test_every_spelling_is_the_same_number(raw: str | int | float) -> None:
    phone = parse_phone(raw)
    assert phone.e164 == "+84912345678"
    assert phone.raw == str(raw)
    assert phone.is_mobile


@pytest.mark.parametrize(("old", "new"), RENUMBERED_2018.items())
def test_every_old_mobile_prefix_of_2018_is_renumbered_in_every_spelling(old: str, new: str) -> None:
    expected = f"+84{new[1:]}5678945"
    for raw in (
        f"{old}5678945",
        f"{old} 567 89 45",
        f"+84 {old[1:]} 5678945",
        f"84{old[1:]}5678945",
        f"0084{old[1:]}5678945",
        f"{old[1:]}5678945",
        float(f"{old[1:]}5678945"),
    ):
        assert parse_phone(raw).e164 == expected


@pytest.mark.parametrize(
    ("raw", "e164"),
    [
        ("024 3822 1234", "+842438221234"),
        ("0236 3822 123", "+842363822123"),
        ("842438221234", "+842438221234"),
        ("04 3822 1234", "+842438221234"),
        ("0511 3822 123", "+842363822123"),
        ("0650 3822 123", "+842743822123"),
        ("061 3822 123", "+842513822123"),
        ("1900 1234", "+8419001234"),
        ("1900123456", "+841900123456"),
        ("1800 1234", "+8418001234"),
        (18001234.0, "+8418001234"),
        ("844666531", "+84844666531"),
        ("84844666531", "+84844666531"),
        ("0551234567", "+84551234567"),
        ("0871234567", "+84871234567"),
        ("+1 650 253 0000", "+16502530000"),
        ("001 650 253 0000", "+16502530000"),
        ("+44 20 7946 0018", "+442079460018"),
    ],
)
def test_landlines_hotlines_young_prefixes_and_foreign_numbers(raw: str | float, e164: str) -> None:
    assert parse_phone(raw).e164 == e164


def test_a_mobile_number_of_today_wins_over_an_old_area_code() -> None:
    assert parse_phone("0838221234").e164 == "+84838221234"
    assert parse_phone("0543822123").e164 == "+84543822123"


def test_another_region_reads_its_own_national_numbers() -> None:
    assert parse_phone("650 253 0000", region="US").e164 == "+16502530000"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("", "phone_empty"),
        (" \u200b ", "phone_empty"),
        ("091234567", "phone_too_short"),
        ("113", "phone_too_short"),
        ("0", "phone_too_short"),
        ("024 382212", "phone_too_short"),
        ("09123456789", "phone_too_long"),
        ("024 3822 12345", "phone_too_long"),
        ("9" * 10_000, "phone_too_long"),
        ("O912345678", "phone_letters"),
        ("0912 345 67a", "phone_letters"),
        ("không có", "phone_letters"),
        ("0912345678 / 0987654321", "phone_several"),
        ("0912345678\n0987654321", "phone_several"),
        ("0912345678 hoặc 0987654321", "phone_several"),
        ("0112345678", "phone_unknown_prefix"),
        ("+999 12345678", "phone_unknown_prefix"),
        ("0912#345*678", "phone_characters"),
        ("++84912345678", "phone_characters"),
        ("+", "phone_characters"),
        (912345678.5, "phone_characters"),
        (float("nan"), "phone_characters"),
        ("9.12E+08", "phone_scientific"),
        ("+1 650", "phone_too_short"),
        ("+1 650 253 00001", "phone_too_long"),
    ],
)
def test_what_is_no_number_says_why(raw: str | float, code: str) -> None:
    with pytest.raises(PhoneError) as refused:
        parse_phone(raw)
    assert [problem.code for problem in refused.value.problems] == [code]
    assert isinstance(refused.value, DomainError)
    assert str(refused.value)


@given(st.text())
def test_any_text_is_a_number_or_a_phone_error(raw: str) -> None:
    try:
        phone = parse_phone(raw)
    except PhoneError:
        return
    assert phone.e164.startswith("+")


@given(st.from_regex(r"\+84(3[2-9]|5[25689]|7[06-9]|8[1-9]|9[0-9])[0-9]{7}", fullmatch=True))
def test_what_is_shown_reads_back_and_parsing_is_idempotent(e164: str) -> None:
    assert parse_phone(e164).e164 == e164
    assert parse_phone(format_phone(e164)).e164 == e164
    assert parse_phone(int(e164[3:])).e164 == e164
    assert phone_fragments(format_phone(e164))[0] in search_form(e164)


@given(st.text(alphabet="0123456789+ .-()", min_size=1, max_size=20))
def test_every_accepted_number_survives_being_shown(raw: str) -> None:
    try:
        e164 = parse_phone(raw).e164
    except PhoneError:
        return
    assert parse_phone(e164).e164 == e164
    assert parse_phone(format_phone(e164)).e164 == e164
    assert "***" in mask_phone(e164)
    assert isinstance(is_mobile(e164), bool)


def test_numbers_are_shown_as_people_group_them() -> None:
    assert format_phone("+84912345678") == "0912 345 678"
    assert format_phone("+842438221234") == "024 3822 1234"
    assert format_phone("+8419001234") == "1900 1234"
    assert format_phone("+16502530000") == "+1 650-253-0000"


def test_a_masked_number_hides_the_middle() -> None:
    assert mask_phone("+84912345678") == "0912 *** 678"
    assert mask_phone("+842438221234") == "0243 *** 234"
    assert mask_phone("+8419001234") == "19 *** 34"


@pytest.mark.parametrize(
    "typed",
    ["0912345", "+84912", "912 345", "84 912", "0084912", "678", "0912.345.678", "+84 (0)912", "(091) 234", "5678"],
)
def test_any_piece_of_any_spelling_finds_the_number(typed: str) -> None:
    assert any(fragment in search_form("+84912345678") for fragment in phone_fragments(typed))


@pytest.mark.parametrize("typed", ["01695678945", "0169 567", "84169567", "+84 169 567", "1695678945"])
def test_an_old_number_finds_its_successor(typed: str) -> None:
    assert any(fragment in search_form(parse_phone("01695678945").e164) for fragment in phone_fragments(typed))


@pytest.mark.parametrize("typed", ["", "Hà", "KH0001", "+", "a0912"])
def test_what_is_no_piece_of_a_number_is_not_searched_as_one(typed: str) -> None:
    assert phone_fragments(typed) == ()


def test_search_forms_of_hotlines_and_foreign_numbers() -> None:
    assert search_form("+84912345678") == "0912345678 84912345678"
    assert search_form("+8419001234") == "19001234 8419001234"
    assert search_form("+16502530000") == "16502530000"
