"""Invented people that pass for real ones, and lists of them as customers keep them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from core.demo.dirty import GROUPS, HEADERS, write_dirty_workbook
from core.demo.people import MOBILE_PREFIXES, Population, demo_customers, old_spelling, tax_check_digit
from core.demo.places import PROVINCES, TOWNS
from core.errors import DomainError
from core.exchange.headers import COMMON_ALIASES, ImportField, match_headers
from core.exchange.rows import Flaw
from core.exchange.spooling import read_spool
from core.exchange.values import parse_choice, parse_date, parse_text
from core.exchange.xlsx import spool
from core.phone import parse_phone
from core.text import clean, fold


def test_the_same_seed_gives_the_same_people_and_another_seed_others() -> None:
    assert demo_customers(300, seed=5) == demo_customers(300, seed=5)
    assert demo_customers(300, seed=5) != demo_customers(300, seed=6)


def test_two_thousand_customers_are_distinct_and_their_numbers_valid() -> None:
    customers = demo_customers(2_500)
    assert len({customer.phone for customer in customers}) == 2_500
    assert len({customer.email for customer in customers}) == 2_500
    assert len({customer.name for customer in customers}) > 2_000
    for customer in customers:
        phone = parse_phone(customer.phone)
        assert phone.e164 == customer.phone
        assert phone.is_mobile
        assert customer.phone[5:7] == "00"
        assert customer.email.endswith(".example")
        assert customer.email.isascii()
        assert customer.name == clean(customer.name)
        assert customer.contact.birthday < date(2008, 1, 1)
    assert 300 < sum(customer.is_company for customer in customers) < 800


def test_names_follow_the_population_with_many_dang() -> None:
    families = Counter(customer.contact.family_name for customer in demo_customers(2_500))
    assert families.most_common(1)[0][0] == "Nguyễn"
    assert families["Đặng"] > 120
    assert len(families) > 25


def test_tax_codes_have_their_check_digit_and_are_of_no_real_series() -> None:
    assert [tax_check_digit(code[:9]) for code in ("0100047516", "0108156901", "0100233488")] == [6, 1, 8]
    companies = [customer for customer in demo_customers(2_500) if customer.is_company]
    for company in companies:
        assert tax_check_digit(company.tax_code[:9]) == int(company.tax_code[9])
        assert company.tax_code[2] == "9"
    assert len({company.tax_code for company in companies}) == len(companies)
    assert not any(customer.tax_code for customer in demo_customers(300) if not customer.is_company)


def test_addresses_are_of_the_old_or_the_new_system() -> None:
    assert len(PROVINCES) == len(set(PROVINCES)) == 34
    assert all(town.province in PROVINCES for town in TOWNS)
    addresses = [customer.address for customer in demo_customers(500)]
    with_district = [address for address in addresses if address.district]
    assert 100 < len(with_district) < 250
    assert all(address.province in PROVINCES for address in addresses if not address.district)
    assert str(with_district[0]).count(", ") == 3


def test_every_prefix_in_use_is_drawn() -> None:
    population = Population(seed=3)
    drawn = [population.phone() for _ in range(5_000)]
    assert {phone[3:5] for phone in drawn} == set(MOBILE_PREFIXES)
    assert len(set(drawn)) == 5_000


def test_an_old_spelling_is_read_as_the_number_of_today() -> None:
    assert old_spelling("+84390001234") == "01690001234"
    assert parse_phone("01690001234").e164 == "+84390001234"
    assert old_spelling("+84912000123") is None


@pytest.mark.parametrize(("rows", "seed"), [(3_000, 1), (1_000, 7)])
def test_a_dirty_workbook_holds_exactly_what_it_says(tmp_path: Path, rows: int, seed: int) -> None:
    dirt = write_dirty_workbook(tmp_path / "dirty.xlsx", rows=rows, seed=seed)
    info = spool(tmp_path / "dirty.xlsx", tmp_path / "out.jsonl")
    assert (info.rows, dirt.rows, info.headers) == (rows, rows, HEADERS)
    fields = [ImportField(key, key, COMMON_ALIASES[key]) for key in ("name", "phone", "birthday", "note", "group")]
    column = {key: index for index, key in match_headers(info.headers, fields).columns.items()}
    assert set(column) == {"name", "phone", "birthday", "note", "group"}

    refused, phones, duplicates = set(), {}, {}
    for row in read_spool(tmp_path / "out.jsonl"):
        assert row.number not in dirt.empty
        try:
            parse_choice(row.value(column["group"]), {group: group for group in GROUPS})
            parse_date(row.value(column["birthday"]))
            phone = parse_phone(row.value(column["phone"])).e164
            name = parse_text(row.value(column["name"]))
        except DomainError:
            refused.add(row.number)
            continue
        if row.flaws:
            assert row.flaws == {column["name"]: Flaw.FORMULA}
            assert row.cell_name(column["name"]) in dirt.formulas
            refused.add(row.number)
        elif phone in phones:
            duplicates[row.number] = phones[phone]
        else:
            phones[phone] = row.number
            assert name
            assert fold(name)

    assert refused == dirt.refused
    assert duplicates == dirt.duplicates
    assert len(phones) == dirt.customers


def test_a_dirty_workbook_has_every_kind_of_dirt(tmp_path: Path, same_bytes: Callable[[Path, Path], bool]) -> None:
    dirt = write_dirty_workbook(tmp_path / "one.xlsx", rows=2_000)
    assert len(dirt.empty) == 9
    assert len(dirt.formulas) == 1
    for planted in (
        dirt.duplicates,
        dirt.old_numbers,
        dirt.numbers_without_zero,
        dirt.text_dates,
        dirt.stray_blanks,
        dirt.mixed_case,
        dirt.wrong_dates,
        dirt.phones_with_letters,
    ):
        assert planted
    assert write_dirty_workbook(tmp_path / "two.xlsx", rows=2_000) == dirt
    assert same_bytes(tmp_path / "one.xlsx", tmp_path / "two.xlsx")
