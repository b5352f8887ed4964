"""The customer's page as a salesperson in the street uses it: writing, pictures, location, second thoughts, feedback."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.testing.browser import DESKTOP, PHONE
from tests.e2e.test_salesperson import CUSTOMERS, own_customer

pytestmark = [pytest.mark.browser, pytest.mark.engine("sqlite")]

HERE = {"latitude": 21.028511, "longitude": 105.804817, "accuracy": 12}
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc000000301010018dd8db0"
    "0000000049454e44ae426082"
)


def pictures(folder: Path, count: int) -> list[Path]:
    files = [folder / f"ảnh {number}.png" for number in range(count)]
    for file in files:
        file.write_bytes(PICTURE)
    return files


def show_only(page: Page, what: str) -> None:
    """The funnel (CUS-035)."""
    page.locator("#talk").get_by_role("button", name="Lọc trao đổi").click()
    page.locator("#talk-filter").get_by_role("link", name=what, exact=True).click()


@pytest.mark.req("CUS-022", "CUS-024", "CUS-026", "CUS-027", "CUS-028", "CUS-035", "CUS-056")
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_writes_with_pictures_and_a_location_and_thinks_again(office, look, viewport, tmp_path: Path) -> None:
    id, _name = own_customer(office, "quan.le")
    page: Page = office.at_work("quan.le", viewport, geolocation=HERE, permissions=["geolocation"])
    page.goto(f"{CUSTOMERS}{id}")
    talk = page.locator("#talk")
    text = talk.get_by_label("Viết trao đổi")
    expect(text).to_be_visible()

    chooser = talk.locator("[data-encloses]").last
    chooser.set_input_files(pictures(tmp_path, 11))
    expect(talk.locator("[data-enclosed] .error")).to_contain_text("tối đa 10 tệp")
    page.get_by_role("button", name="Đăng", exact=True).click()
    expect(talk.locator("[data-enclosed] .enclosure")).to_have_count(11)  # nothing was sent, nothing is lost
    chooser.set_input_files(pictures(tmp_path, 3))
    expect(talk.locator(".enclosure img[src^='data:']")).to_have_count(3)
    talk.get_by_role("button", name="Bỏ ảnh 1.png").click()
    talk.get_by_role("button", name="Gắn vị trí của tôi").click()
    expect(talk.locator("[data-place]")).to_contain_text("chính xác tới 12 m")
    text.fill("x" * 10_001)
    page.get_by_role("button", name="Đăng", exact=True).click()
    expect(talk.locator("#composer-error")).to_contain_text("10000 ký tự")
    expect(talk.locator("[data-enclosed] .enclosure")).to_have_count(2)  # what is refused loses nothing
    expect(talk.locator("[data-place]")).to_contain_text("chính xác tới 12 m")
    text.fill("Khách hẹn gặp ở kho")
    look(page)
    page.get_by_role("button", name="Đăng", exact=True).click()

    post = talk.locator(".post").last
    expect(post).to_contain_text("Khách hẹn gặp ở kho")
    expect(post.locator("img")).to_have_count(2)
    expect(post.get_by_role("link", name="Vị trí lúc")).to_have_attribute(
        "href", "https://www.google.com/maps?q=21.028511,105.804817"
    )
    expect(text).to_have_value("")

    post.get_by_role("button", name="Thích").click()
    expect(post.get_by_role("button", name="Đã thích · 1")).to_be_focused()
    post.get_by_role("link", name=re.compile(r"Sửa \(còn 1 giờ 59 phút\)")).click()
    change = talk.get_by_label("Sửa bình luận")
    expect(change).to_be_focused()
    change.fill("Khách hẹn gặp ở kho lúc 15:30")
    talk.get_by_role("button", name="Lưu", exact=True).click()
    expect(post).to_contain_text("lúc 15:30")
    expect(post).to_contain_text("đã sửa")
    look(page)

    page.get_by_role("link", name=re.compile("^Tài liệu")).click()
    expect(page.locator("#pane")).to_contain_text("ảnh 2.png")
    if viewport == DESKTOP:  # a phone's page that still scrolls shuts its menus
        show_only(page, "Thay đổi")
        expect(talk.locator(".post")).to_have_count(0)
        show_only(page, "Trao đổi")
        expect(post).to_contain_text("lúc 15:30")

    boss = office.at_work("thang.nguyen")
    with boss.expect_response(re.compile("/read$")) as read:
        boss.goto(f"{CUSTOMERS}{id}")
    assert read.value.ok
    expect(boss.locator("#talk .count-new")).to_be_visible()
    boss.reload()
    expect(boss.locator("#talk .post").last).to_contain_text("lúc 15:30")
    expect(boss.locator("#talk .count-new")).to_have_count(0)

    post.get_by_role("button", name="Xóa").click()
    page.locator("#confirm").get_by_role("button").last.click()
    expect(talk.locator(".post").last).to_contain_text("Bình luận đã bị xóa.")


@pytest.mark.req("CUS-028")
def test_who_refuses_his_location_is_told_and_posts_without(office) -> None:
    id, _name = own_customer(office, "quan.le")
    page: Page = office.at_work("quan.le")
    page.goto(f"{CUSTOMERS}{id}")
    talk = page.locator("#talk")
    talk.get_by_label("Viết trao đổi").fill("Đang trên đường")
    refuse = "(found, failed) => failed({ code: 1, PERMISSION_DENIED: 1 })"
    page.evaluate(f"() => {{ navigator.geolocation.getCurrentPosition = {refuse}; }}")
    talk.get_by_role("button", name="Gắn vị trí của tôi").click()
    expect(talk.locator("[data-place] .error")).to_contain_text("chưa được phép cho biết vị trí")
    page.get_by_role("button", name="Đăng", exact=True).click()
    expect(talk.locator(".post").last).to_contain_text("Đang trên đường")
    expect(talk.locator(".post").last.locator(".place")).to_have_count(0)


@pytest.mark.req("CUS-052")
def test_a_customer_rates_on_his_phone_by_a_link(office, look) -> None:
    id, _name = own_customer(office, "quan.le")
    page: Page = office.at_work("quan.le")
    page.goto(f"{CUSTOMERS}{id}?tab=feedback")
    page.get_by_label("Về việc gì").fill("Đơn hàng DH-10482")
    page.get_by_role("button", name="Tạo đường dẫn").click()
    path = re.search(r"/customer/feedback/\S+", page.locator("#pane p.code").inner_text())
    assert path is not None

    visitor: Page = office.page(PHONE)
    visitor.goto(path[0])
    expect(visitor.get_by_text("Đơn hàng DH-10482")).to_be_visible()
    visitor.get_by_role("button", name="Gửi phản hồi").click()
    expect(visitor.locator("[data-errors]")).to_contain_text("một đến năm sao")
    visitor.get_by_title("4 sao").click()
    visitor.get_by_label("Điều gì tốt").fill("Giao đúng hẹn")
    look(visitor)
    visitor.get_by_role("button", name="Gửi phản hồi").click()
    expect(visitor.get_by_text("Xin cảm ơn quý khách!")).to_be_visible()
    page.reload()
    expect(page.locator("#pane .stars")).to_have_attribute("aria-label", "4 trên 5 sao")
    expect(page.get_by_role("link", name=re.compile("^Phản hồi"))).to_contain_text("1")
