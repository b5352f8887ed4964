"""An import in a real browser, with its progress bar, at both sizes; nothing that assistive technology trips over."""

import pytest

from core.jobs.claims import claim_next
from core.jobs.execution import run_claim
from core.testing.browser import DESKTOP, PHONE
from tests.core.exchange.desk import workbook

pytestmark = pytest.mark.engine("sqlite")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_from_the_file_to_the_records(size, open_page, sign_in, live_server, desk, clerk, axe, monkeypatch, tmp_path):
    monkeypatch.setattr("core.exchange.jobs.BATCH", 4)

    def look(page):
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    file = tmp_path / "danh-sach-khach.xlsx"
    rows = [("Ghi chú", "SĐT", "Tên khách", "Cột lạ"), *(("", f"09{n:08}", f"Khách {n}", "?") for n in range(12))]
    file.write_bytes(workbook([*rows, ("", "09x", "Hỏng", "?")]))
    page = sign_in(open_page(size, base_url=live_server.url), clerk)
    page.goto("/guestbook/guests/import")
    look(page)
    page.set_input_files("#file", file)
    page.get_by_role("button", name="Upload and read").click()
    page.get_by_text("Reading the file").wait_for()
    desk.run_jobs()

    page.get_by_role("button", name="Try all rows").wait_for()
    look(page)
    page.get_by_role("button", name="Try all rows").click()
    page.get_by_text("Trying all rows").wait_for()
    desk.run_jobs()

    page.get_by_role("button", name="Import 12 rows").wait_for()
    look(page)
    page.get_by_role("button", name="Import 12 rows").click()
    bar = page.locator("#progress progress[max]")
    page.get_by_role("heading", name="Importing").wait_for()
    with desk.world.app.app_context():
        run_claim(claim_next(), lambda: True)
    page.locator("#progress progress[value='4']").wait_for()
    assert bar.get_attribute("max") == "13"
    look(page)
    desk.run_jobs()

    page.get_by_text("The import is done").wait_for()
    look(page)
    page.get_by_role("link", name="Show the imported records").click()
    page.get_by_role("link", name="Khách 11").click()
    page.get_by_role("heading", name="Khách 11").wait_for()
