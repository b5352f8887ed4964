"""A list kept by hand in Excel comes in, its faulty rows are corrected and come in too, and a filtered list goes out."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import func, select

from core.audit import AuditEntry
from core.demo.dirty import HEADERS, NAME_COLUMN, PHONE_COLUMN, write_dirty_workbook
from core.exchange.applying import Batches
from core.exchange.spooling import ERROR_HEADER
from core.testing.browser import DESKTOP, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.engine("sqlite")]

CUSTOMERS = "/customer/customers/"
ROWS = 600
BATCH = 200
NEW_GROUP = "VIP"
"""A group that stands in the workbook, and not in the demonstration business."""
LONG = 30_000  # milliseconds that the machine may take for 600 rows when others work on it too


class Turnstile:
    """Lets the batches of an import through one by one, while a test looks at its page."""

    def __init__(self) -> None:
        self._may_pass = threading.Semaphore(10_000)

    def close_after(self, batches: int) -> None:
        self._may_pass = threading.Semaphore(batches)

    def open(self) -> None:
        self._may_pass.release(10_000)

    def pass_through(self) -> None:
        assert self._may_pass.acquire(timeout=60), "nobody opened the turnstile"


@pytest.fixture
def turnstile(monkeypatch: pytest.MonkeyPatch):
    made = Turnstile()
    write = Batches.write

    def write_in_turn(self, rows):
        made.pass_through()
        return write(self, rows)

    monkeypatch.setattr("core.exchange.jobs.BATCH", BATCH)
    monkeypatch.setattr(Batches, "write", write_in_turn)
    yield made
    made.open()


def open_import(page: Page) -> None:
    page.goto(CUSTOMERS)
    link = page.get_by_role("link", name="Nhập từ Excel").locator("visible=true")
    if page.viewport_size["width"] == PHONE[0]:
        page.get_by_role("button", name="Thao tác khác").click()
    link.first.click()
    page.wait_for_url("**/import")


def try_rows(page: Page, file: Path, look: Callable[[Page], None] = lambda page: None) -> int:
    """Upload, match and try; the rows that could be imported."""
    page.get_by_label("Tệp Excel").set_input_files(file)
    page.get_by_role("button", name="Tải lên và đọc").click()
    page.get_by_role("button", name="Chạy thử mọi dòng").wait_for(timeout=LONG)
    expect(page.get_by_label("Trường cho cột SĐT")).to_have_value("phone")
    expect(page.get_by_label("Trường cho cột Họ và tên")).to_have_value("name")
    looked_at(page, look)
    page.get_by_label("Tự thêm tên chưa có vào danh mục").check()
    page.get_by_role("button", name="Chạy thử mọi dòng").click()
    start = page.get_by_role("button", name=re.compile(r"^Nhập [\d.]+ dòng$"))
    start.wait_for(timeout=LONG)
    looked_at(page, look)
    return int(re.sub(r"\D", "", start.inner_text()))


def start_import(page: Page) -> None:
    page.get_by_role("button", name=re.compile(r"^Nhập [\d.]+ dòng$")).click()


def correct(file: Path) -> int:
    """Do what the last column asks for; the number of rows."""
    book = load_workbook(file)
    sheet = book.worksheets[0]
    titles = [cell.value for cell in sheet[1]]
    assert titles == [*HEADERS, ERROR_HEADER]
    for number, row in enumerate(sheet.iter_rows(min_row=2), 1):
        assert row[-1].value, f"row {row[0].row} does not say what is wrong"
        row[PHONE_COLUMN].value = f"0888{number:06}"
        row[NAME_COLUMN].value = f"Đặng Sửa Lại {number}"
        row[HEADERS.index("Ngày sinh")].value = date(1990, 1, 31)
        row[HEADERS.index("Email")].value = None
    book.save(file)
    return sheet.max_row - 1


def saved(page: Page, button: Locator, path: Path) -> Path:
    with page.expect_download() as download:
        button.click()
    download.value.save_as(path)
    return path


def looked_at(page: Page, look: Callable[[Page], None]) -> None:
    """A step of the import as both themes and a narrow phone show it."""
    look(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


@pytest.mark.req("SYS-10")
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_list_kept_by_hand_comes_in_is_corrected_filtered_and_goes_out(office, turnstile, look, tmp_path, viewport):
    dirt = write_dirty_workbook(tmp_path / "khach.xlsx", rows=ROWS)
    in_new_group = sum(
        row[HEADERS.index("Nhóm KH")] == NEW_GROUP
        for row in load_workbook(tmp_path / "khach.xlsx").worksheets[0].iter_rows(values_only=True)
    )
    page = office.at_work("quantri", viewport)
    open_import(page)
    good = try_rows(page, tmp_path / "khach.xlsx", look)
    assert ROWS - good >= len(dirt.refused) + len(dirt.duplicates)

    turnstile.close_after(1)
    start_import(page)
    bar = page.locator("#progress progress")
    expect(bar).to_have_attribute("value", str(BATCH), timeout=LONG)
    expect(bar).to_have_attribute("max", str(ROWS))
    expect(page.locator("#progress")).to_contain_text(f"{BATCH} trên {ROWS}")
    expect(page.locator("#progress")).to_contain_text(re.compile(r"còn khoảng \d+"))
    looked_at(page, look)
    address = page.url
    page.goto("/")
    page.goto(address)
    expect(bar).to_have_attribute("value", str(BATCH))
    turnstile.open()
    expect(page.get_by_text("Đã nhập xong")).to_be_visible(timeout=LONG)
    expect(page.locator("main")).to_contain_text(f"Thêm mới {good}")

    looked_at(page, look)
    failed = saved(page, page.get_by_role("link", name="Tải dòng lỗi để sửa"), tmp_path / "sua.xlsx")
    assert correct(failed) == ROWS - good
    open_import(page)
    assert try_rows(page, failed) == ROWS - good
    start_import(page)
    expect(page.get_by_text("Đã nhập xong")).to_be_visible(timeout=LONG)
    expect(page.locator("main")).to_contain_text(f"Thêm mới {ROWS - good}, cập nhật 0, lỗi 0")

    page.goto(CUSTOMERS)
    page.get_by_role("button", name="Thêm bộ lọc").click()
    page.locator("#filters").get_by_role("link", name="Nhóm khách hàng").click()
    page.get_by_role("dialog").get_by_label(NEW_GROUP, exact=True).check()
    page.get_by_role("dialog").get_by_role("button", name="Lọc").click()
    page.wait_for_url("**f.group=**")
    expect(page.locator(".pager")).to_contain_text(str(in_new_group))
    page.get_by_role("button", name="Thao tác khác").click()
    page.locator("#list-menu").get_by_role("link", name="Xuất Excel").click()
    page.wait_for_url("**/export**")
    button = page.get_by_role("button", name="Xuất", exact=True)
    check_export(saved(page, button, tmp_path / "vip.xlsx"), in_new_group)
    with office.world.session(office.tenant) as session:
        assert session.scalar(select(func.count(AuditEntry.id)).where(AuditEntry.action == "export")) == 1


def check_export(file: Path, rows: int) -> None:
    header, *content = list(load_workbook(file).worksheets[0].iter_rows())
    titles = [cell.value for cell in header]
    assert titles[:4] == ["Mã khách hàng", "Danh xưng", "Tên khách hàng", "Điện thoại"]
    assert len(content) == rows
    assert not [cell.coordinate for row in content for cell in row if cell.data_type == "f"], "a note became a formula"
    assert any(str(row[titles.index("Ghi chú")].value or "").startswith(("=", "'=")) for row in content)
    phones = [row[titles.index("Điện thoại")] for row in content]
    assert all(isinstance(cell.value, str) and re.fullmatch(r"0\d{9}", cell.value.replace(" ", "")) for cell in phones)
    assert {cell.number_format for cell in phones} == {"@"}
    assert all(NEW_GROUP in row[titles.index("Nhóm khách hàng")].value for row in content)
    birthdays = [row[titles.index("Ngày sinh")].value for row in content]
    assert all(isinstance(day, datetime) for day in birthdays if day is not None)
    assert any(birthdays)
