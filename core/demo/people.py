"""Believable people and companies of Vietnam, all invented, and the same for the same seed on every machine.

Phone numbers are valid and have 00 after their prefix; tax codes are right but of series that are not given out; mail
goes to domains that cannot exist (RFC 2606). The word of a seed is kept only within one version of this file.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, TypeVar

from core.demo import names
from core.demo.places import STREETS, TOWNS, Town
from core.phone import OLD_MOBILE_PREFIXES
from core.text import fold

T = TypeVar("T")

MOBILE_PREFIXES = (
    "32", "33", "34", "35", "36", "37", "38", "39", "86", "96", "97", "98",
    "81", "82", "83", "84", "85", "88", "91", "94",
    "70", "76", "77", "78", "79", "89", "90", "93",
    "52", "56", "58", "92", "59", "99",
)  # fmt: skip
"""The 34 mobile prefixes in use, without the leading 0."""

MAIL_DOMAINS = ("mail.example", "thu.example", "hopthu.example", "email.example")
_TAX_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)
_FIRST_TAX_SERIES, _TAX_SERIES = 9_000_000, 1_000_000
"""These sequence numbers are far beyond those given out in any province."""
_NUMBERS_PER_PREFIX = 100_000
_NUMBERS = len(MOBILE_PREFIXES) * _NUMBERS_PER_PREFIX
_STRIDE = 1_236_067
"""Has no factor in common with the count of numbers, so steps of this length meet each of them once."""
_COMPANY_SHARE = 0.22


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address; ``district`` is empty in the system of July 2025."""

    street: str
    ward: str
    district: str
    province: str

    def __str__(self) -> str:
        return ", ".join(part for part in (self.street, self.ward, self.district, self.province) if part)


@dataclass(frozen=True, slots=True)
class Person:
    """A human being. ``phone`` is E.164."""

    salutation: str
    family_name: str
    middle_name: str
    given_name: str
    gender: Literal["male", "female"]
    birthday: date
    phone: str
    email: str

    @property
    def name(self) -> str:
        """``Đặng Thị Thu Hà``"""
        return f"{self.family_name} {self.middle_name} {self.given_name}"


@dataclass(frozen=True, slots=True)
class DemoCustomer:
    """A person or a company that buys; for a company ``contact`` is who answers the phone."""

    name: str
    is_company: bool
    contact: Person
    phone: str
    email: str
    address: Address
    tax_code: str
    """Empty for a person."""


class Population:
    """Draws people and companies. No two share a phone number or an e-mail address."""

    def __init__(self, seed: int = 1, today: date = date(2026, 1, 1)) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - invented names are no secrets
        self._today = today
        self._next_phone = self._chance.randrange(_NUMBERS)
        self._phones_left = _NUMBERS
        self._mails: dict[str, int] = {}
        self._tax_codes: set[str] = set()

    def customers(self, count: int) -> Iterator[DemoCustomer]:
        """So many customers, about a fifth of them companies."""
        for _ in range(count):
            yield self.company() if self._chance.random() < _COMPANY_SHARE else self.private_customer()

    def private_customer(self) -> DemoCustomer:
        """A person who buys."""
        person = self.person()
        address = self.address(self.town())
        return DemoCustomer(person.name, False, person, person.phone, person.email, address, "")

    def company(self) -> DemoCustomer:
        """A business with a contact, a tax code of its province and an office mailbox."""
        contact, town = self.person(), self.town()
        name = _weighted(self._chance, names.COMPANY_KINDS).format(
            trade=self._chance.choice(names.TRADES),
            farm=self._chance.choice(names.FARMS),
            person=contact.name,
            name=f"{self._chance.choice(names.COMPANY_FIRST_WORDS)} {self._chance.choice(names.COMPANY_SECOND_WORDS)}",
        )
        mail = self._mail("lienhe", "".join(fold(name).split()[-2:]))
        address = self.address(town)
        return DemoCustomer(name, True, contact, self.phone(), mail, address, self.tax_code(town.tax_prefix))

    def person(self) -> Person:
        """An adult up to 80, addressed by age and gender."""
        is_male = self._chance.random() < 0.5
        family = _weighted(self._chance, names.FAMILY_NAMES)
        middle = _weighted(self._chance, names.MALE_MIDDLE_NAMES if is_male else names.FEMALE_MIDDLE_NAMES)
        given = _weighted(self._chance, names.MALE_GIVEN_NAMES if is_male else names.FEMALE_GIVEN_NAMES)
        age = int(self._chance.triangular(19, 80, 34))
        birthday = self._today - timedelta(days=age * 365 + self._chance.randrange(365))
        older, younger = ("Ông", "Anh") if is_male else ("Bà", "Chị")
        return Person(
            salutation=older if age >= 55 else younger,
            family_name=family,
            middle_name=middle,
            given_name=given,
            gender="male" if is_male else "female",
            birthday=birthday,
            phone=self.phone(),
            email=self._mail(given, family),
        )

    def phone(self) -> str:
        """An unused mobile number as E.164; there are 3.4 million."""
        if not self._phones_left:
            raise RuntimeError("all invented phone numbers are used")
        self._phones_left -= 1
        self._next_phone = (self._next_phone + _STRIDE) % _NUMBERS
        prefix, number = divmod(self._next_phone, _NUMBERS_PER_PREFIX)
        return f"+84{MOBILE_PREFIXES[prefix]}00{number:05d}"

    def town(self) -> Town:
        """A place, the big cities more often."""
        return self._chance.choices(TOWNS, [town.weight for town in TOWNS])[0]

    def address(self, town: Town) -> Address:
        """A street and number there; one address in three is still written as before July 2025."""
        number = self._chance.randint(1, 480)
        lane = f"Ngõ {self._chance.randint(2, 190)} " if self._chance.random() < 0.15 else ""
        street = f"{number} {lane}{self._chance.choice(STREETS)}"
        if self._chance.random() < 1 / 3:
            district, ward = self._chance.choice(town.old_wards)
            return Address(street, ward, district, town.old_province)
        return Address(street, self._chance.choice(town.wards), "", town.province)

    def tax_code(self, prefix: str) -> str:
        """Ten digits with the right check digit (Thông tư 105/2020/TT-BTC)."""
        while True:
            body = f"{prefix}{_FIRST_TAX_SERIES + self._chance.randrange(_TAX_SERIES)}"
            check = tax_check_digit(body)
            if check is not None and body not in self._tax_codes:
                self._tax_codes.add(body)
                return f"{body}{check}"

    def _mail(self, first: str, second: str) -> str:
        local = f"{fold(first)}.{fold(second)}".replace(" ", "")
        self._mails[local] = self._mails.get(local, 0) + 1
        number = self._mails[local]
        return f"{local}{number if number > 1 else ''}@{self._chance.choice(MAIL_DOMAINS)}"


def tax_check_digit(first_nine: str) -> int | None:
    """The tenth digit of a tax code; None for the sequences that are never given out because it would be 10."""
    remainder = sum(weight * int(digit) for weight, digit in zip(_TAX_WEIGHTS, first_nine, strict=True)) % 11
    return 10 - remainder if remainder else None


def old_spelling(e164: str) -> str | None:
    """How an invented number was written before September 2018, ``01690001234``; None where it is no renumbered one."""
    for old, new in OLD_MOBILE_PREFIXES.items():
        if e164.startswith(f"+84{new}"):
            return f"0{old}{e164[5:]}"
    return None


def demo_customers(count: int = 2_000, seed: int = 1) -> list[DemoCustomer]:
    """The first customers of the population of this seed."""
    return list(Population(seed).customers(count))


def _weighted(chance: random.Random, weights: Mapping[T, int]) -> T:
    options: Sequence[T] = list(weights)
    return chance.choices(options, list(weights.values()))[0]
