"""A workbook as customers send it: everything that goes wrong in lists kept by hand, planted and counted."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from core.dates import format_date
from core.demo.people import DemoCustomer, Population, old_spelling
from core.exchange.rows import column_name
from core.phone import format_phone, plain_phone

HEADERS = ("STT", "Ghi chú", "SĐT", "Họ và tên", "Ngày sinh", "Địa chỉ", "Nhóm KH", "Email")
GROUPS = ("VIP", "Khách lẻ", "Khách sỉ", "Đại lý")
PHONE_COLUMN, NAME_COLUMN = HEADERS.index("SĐT"), HEADERS.index("Họ và tên")

_EMPTY_EVERY = 200
_DUPLICATES, _LETTERS, _WRONG_DATES = 0.02, 0.002, 0.002
"""Shares of rows."""
_OLD_SPELLINGS = 0.04
"""Share of the numbers that were renumbered in 2018 and are still written the old way."""
_FORMULA = "=B2&C2"


@dataclass
class Dirt:
    """What was planted; lists hold row numbers as Excel shows them."""

    rows: int = 0
    """Rows with content below the header."""
    empty: list[int] = field(default_factory=list)
    duplicates: dict[int, int] = field(default_factory=dict)
    """Row → the earlier row with the same phone number, spelled otherwise."""
    old_numbers: list[int] = field(default_factory=list)
    numbers_without_zero: list[int] = field(default_factory=list)
    text_dates: list[int] = field(default_factory=list)
    stray_blanks: list[int] = field(default_factory=list)
    mixed_case: list[int] = field(default_factory=list)
    wrong_dates: list[int] = field(default_factory=list)
    phones_with_letters: list[int] = field(default_factory=list)
    formulas: list[str] = field(default_factory=list)
    """Names of cells that hold a formula without a value: a name put together from two others."""

    @property
    def refused(self) -> set[int]:
        """Rows that no import should accept."""
        return {*self.wrong_dates, *self.phones_with_letters, *(int(name[1:]) for name in self.formulas)}

    @property
    def customers(self) -> int:
        """Distinct customers in the rows that can be imported."""
        return self.rows - len(self.refused) - len(self.duplicates)


def write_dirty_workbook(path: Path, rows: int = 10_000, seed: int = 1) -> Dirt:
    """Write so many rows with content, columns in an order of their own; returns what is wrong with them."""
    return _Scribe(seed, rows).write(path)


class _Scribe:
    def __init__(self, seed: int, rows: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - invented mistakes are no secrets
        self._population = Population(seed)
        self._rows = rows
        self._dirt = Dirt()
        self._good: list[tuple[int, DemoCustomer]] = []

    def write(self, path: Path) -> Dirt:
        book = Workbook(write_only=True)
        sheet = book.create_sheet("Danh sách KH")
        sheet.append(list(HEADERS))
        for cells in self._lines():
            sheet.append([_typed(sheet, cell) for cell in cells])
        book.save(path)
        return self._dirt

    def _lines(self) -> Iterator[list[object]]:
        number = 1
        formula_at = max(1, self._rows // 2)
        for index in range(self._rows):
            number += 1
            if index and index % _EMPTY_EVERY == 0:
                self._dirt.empty.append(number)
                yield []
                number += 1
            self._dirt.rows += 1
            yield self._row(number, index, has_formula=index == formula_at)

    def _row(self, number: int, index: int, *, has_formula: bool) -> list[object]:
        is_duplicate = not has_formula and bool(self._good) and self._chance.random() < _DUPLICATES
        customer = self._population.private_customer()
        phone, birthday = self._phone(number, customer), self._birthday(number, customer)
        if is_duplicate:
            first, original = self._chance.choice(self._good)
            self._dirt.duplicates[number] = first
            phone, birthday = format_phone(original.phone), customer.contact.birthday
            self._forget(number)
        elif has_formula:
            self._forget(number)
            self._dirt.formulas.append(f"{column_name(NAME_COLUMN)}{number}")
            phone, birthday = plain_phone(customer.phone), customer.contact.birthday
        elif self._chance.random() < _LETTERS:
            self._forget(number)
            self._dirt.phones_with_letters.append(number)
            phone, birthday = f"{plain_phone(customer.phone)[:-1]}x", customer.contact.birthday
        elif self._chance.random() < _WRONG_DATES:
            self._forget(number)
            self._dirt.wrong_dates.append(number)
            phone, birthday = plain_phone(customer.phone), f"31/02/{customer.contact.birthday.year}"
        else:
            self._good.append((number, customer))
        name = _FORMULA if has_formula else self._name(number, customer)
        note = self._chance.choice((None, None, None, "khách quen", " gọi sau 17h ", "=)) dễ thương", "-5% lần sau"))
        group = self._chance.choice(GROUPS)
        return [
            index + 1,
            note,
            phone,
            name,
            birthday,
            str(customer.address),
            group,
            customer.email.replace("@", "@khach."),
        ]

    def _phone(self, number: int, customer: DemoCustomer) -> object:
        old = old_spelling(customer.phone)
        if old and self._chance.random() < _OLD_SPELLINGS:
            self._dirt.old_numbers.append(number)
            return old
        match self._chance.randrange(10):
            case 0 | 1:
                self._dirt.numbers_without_zero.append(number)
                return int(plain_phone(customer.phone))
            case 2:
                return f"+84 {customer.phone[3:6]}.{customer.phone[6:9]}.{customer.phone[9:]}"
            case 3 | 4:
                return format_phone(customer.phone)
            case 5:
                return customer.phone[1:]
            case _:
                return plain_phone(customer.phone)

    def _birthday(self, number: int, customer: DemoCustomer) -> object:
        birthday = customer.contact.birthday
        match self._chance.randrange(10):
            case 0:
                return None
            case 1 | 2 | 3:
                self._dirt.text_dates.append(number)
                return self._chance.choice((format_date(birthday), birthday.isoformat(), f"{birthday:%d-%m-%Y}"))
            case _:
                return birthday

    def _name(self, number: int, customer: DemoCustomer) -> str:
        match self._chance.randrange(20):
            case 0:
                self._dirt.stray_blanks.append(number)
                return f"  {customer.name.replace(' ', '  ', 1)}\u00a0"
            case 1:
                self._dirt.mixed_case.append(number)
                return self._chance.choice((customer.name.upper(), customer.name.lower(), customer.name.swapcase()))
            case _:
                return customer.name

    def _forget(self, number: int) -> None:
        """A row gets one kind of phone and date only, so that what is counted is what is there."""
        for planted in (self._dirt.old_numbers, self._dirt.numbers_without_zero, self._dirt.text_dates):
            if planted[-1:] == [number]:
                planted.pop()


def _typed(sheet: WriteOnlyWorksheet, value: object) -> object:
    """Text stays text, except the one formula that is meant."""
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, value=value)
    cell.data_type = "f" if value == _FORMULA else "s"
    return cell
