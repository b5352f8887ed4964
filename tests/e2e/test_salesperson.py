"""A salesperson's day: logging in, finding customers, writing about them, entering new ones."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from addons.customer.models import Customer, CustomerContact
from core.access.models import UserSession
from core.clock import now
from core.discussion.models import Comment
from core.testing.browser import DESKTOP, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.engine("sqlite")]

CUSTOMERS = "/customer/customers/"


def count_of(page: Page) -> int:
    """How many customers there are, as the heading of the list says."""
    return int(page.locator("h1 .count").inner_text().replace(".", ""))


def names_in(page: Page) -> list[str]:
    return page.locator("#list tbody td.name a").all_inner_texts()


def own_customer(office, username, **criteria):
    """Id and name of one of the customers that ``username`` is in charge of."""
    user = office.user(username)
    with office.world.session(office.tenant) as session:
        query = select(Customer.id, Customer.name).where(Customer.owner_id == user.id).order_by(Customer.id)
        return session.execute(query.limit(1)).one()


@pytest.mark.engine("sqlite", "postgresql")
@pytest.mark.req("CUS-018", "CUS-019", "CUS-020", "CUS-034", "CUS-054")
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_logs_in_finds_a_customer_and_writes_to_a_colleague(office, log_in, viewport):
    page = office.page(viewport)
    page.goto("/")
    page.wait_for_url("**/login**")
    log_in(page, "quan.le")
    page.get_by_role("link", name="Khách hàng").locator("visible=true").first.click()
    with office.world.session(office.tenant, office.user("quan.le")) as session:
        mine = session.scalar(select(func.count(Customer.id)))
        dangs = set(session.scalars(select(Customer.name).where(Customer.name.startswith("Đặng "))))
    expect(page.locator("h1 .count")).to_have_text(str(mine))

    page.get_by_role("searchbox", name="Tìm trong danh sách").press_sequentially("dang")
    page.wait_for_url("**?q=dang**")
    expect(page.locator(".pager")).not_to_contain_text(str(mine))
    assert dangs
    assert dangs <= set(names_in(page))
    page.get_by_role("link", name=re.compile("Đặng ")).first.click()

    header = page.locator(".who")
    expect(header.get_by_role("heading")).to_contain_text("Đặng")
    expect(header).to_contain_text("Lê Minh Quân")
    write = page.get_by_label("Viết trao đổi")
    write.press_sequentially("Nhờ @thang")
    page.get_by_role("option", name="Nguyễn Đức Thắng").click()
    expect(write).to_have_value("Nhờ @thang.nguyen ")
    write.press_sequentially("duyệt giá giúp.")
    page.get_by_role("button", name="Đăng", exact=True).dblclick()
    posts = page.locator(".post", has_text="duyệt giá giúp.")
    expect(posts).to_have_count(1)
    page.reload()
    expect(posts).to_have_count(1)
    with office.world.session(office.tenant) as session:
        written = select(func.count(Comment.id)).where(Comment.body == "Nhờ @thang.nguyen duyệt giá giúp.")
        assert session.scalar(written) == 1

    manager = office.at_work("thang.nguyen", viewport)
    manager.goto("/")
    manager.get_by_role("button", name=re.compile("^Thông báo, [0-9]+ tin chưa đọc$")).click()
    manager.locator("#notices").get_by_text("duyệt giá giúp.").click()
    expect(manager.locator(".post", has_text="duyệt giá giúp.")).to_be_visible()


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_palette_finds_customers_and_pages_from_anywhere(office, look, viewport):
    page = office.at_work("quan.le", viewport)
    page.goto("/account")
    page.locator("h1").click()
    if viewport == DESKTOP:
        page.keyboard.press("Control+k")
    else:
        page.locator("#find").click()
    expect(page.get_by_role("combobox", name="Tìm mọi thứ")).to_be_focused()
    page.keyboard.type("dang")
    found = page.get_by_role("group", name="Khách hàng").get_by_role("option", name=re.compile("^Đặng|Đặng "))
    expect(found.first).to_be_visible()
    look(page)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(rf"{CUSTOMERS}[0-9a-f-]{{36}}$"))
    expect(page.locator("h1")).to_contain_text("Đặng")
    page.keyboard.press("/")
    page.keyboard.type("them khach")
    expect(page.get_by_role("option", name="Thêm khách hàng", exact=True)).to_be_visible()
    expect(page.locator("#palette")).not_to_have_class(
        re.compile("is-stale|is-searching")
    )  # else Enter leads to the page
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{CUSTOMERS}new")


@pytest.mark.req("CUS-034")
def test_an_empty_comment_is_not_posted(office):
    id, _name = own_customer(office, "quan.le")
    page = office.at_work("quan.le")
    page.goto(f"{CUSTOMERS}{id}")
    page.get_by_label("Viết trao đổi").fill("   ")
    before = page.locator(".post").count()
    page.get_by_role("button", name="Đăng", exact=True).click()
    expect(page.locator("#talk .error")).to_be_visible()
    assert page.locator(".post").count() == before


def choose_required(page: Page) -> None:
    page.get_by_label("Nguồn khách hàng").select_option(label="Giới thiệu")
    page.get_by_label("Khách lẻ").check()
    page.get_by_label("Mối quan hệ").select_option(label="Tiềm năng")


def save(page: Page) -> None:
    page.get_by_role("button", name="Lưu", exact=True).click()


@pytest.mark.req(
    "CUS-001", "CUS-002", "CUS-003", "CUS-004", "CUS-010", "CUS-011", "CUS-012", "CUS-013", "CUS-014", "CUS-015",
    "CUS-016", "CUS-017",
)  # fmt: skip
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_enters_a_customer_and_is_warned_of_the_second_one(office, viewport):
    page = office.at_work("quan.le", viewport)
    page.goto(CUSTOMERS)
    page.get_by_role("link", name="Thêm", exact=False).locator("visible=true").first.click()
    page.wait_for_url(f"**{CUSTOMERS}new")
    expect(page.get_by_role("combobox", name="Người phụ trách")).to_have_value("Lê Minh Quân")

    page.get_by_label("Điện thoại", exact=True).fill("+84 912.345.678")
    save(page)
    problems = page.locator("[data-errors]")
    for label in ("Tên khách hàng", "Nguồn khách hàng", "Nhóm khách hàng", "Mối quan hệ"):
        expect(problems.get_by_role("link", name=label)).to_be_visible()
    expect(page.get_by_label("Tên khách hàng")).to_be_focused()
    expect(page.get_by_label("Điện thoại", exact=True)).to_have_value(re.compile("912.?345.?678"))

    page.get_by_label("Tên khách hàng").fill("Đặng Thị Kiều Oanh")
    choose_required(page)
    referrer = page.get_by_role("combobox", name="Người giới thiệu")
    page.get_by_label("Dữ liệu người dùng").check()
    referrer.press_sequentially("tran ngoc")
    page.get_by_role("option", name="Trần Ngọc Ánh").click()
    expect(page.locator("input[name=referrer]")).to_have_value(re.compile("^user:"))
    page.get_by_label("Dữ liệu khách hàng").check()
    referrer.fill("")
    referrer.press_sequentially("nguyen van")
    option = page.get_by_role("option", name=re.compile("Nguyễn Văn")).first
    referred_by = option.get_attribute("data-label")
    option.click()
    expect(page.locator("input[name=referrer]")).to_have_value(re.compile("^customer:"))
    page.get_by_role("button", name="Thêm liên hệ").click()
    row = page.locator("[data-row]")
    row.get_by_label("Tên người liên hệ").fill("Phạm Gia Bảo")
    save(page)

    page.wait_for_url(re.compile(rf"{CUSTOMERS}[0-9a-f-]{{36}}$"))
    first = page.url
    expect(page.locator(".who")).to_contain_text("0912 345 678")
    expect(page.locator("#pane")).to_contain_text(referred_by)
    page.locator("#pane").get_by_role("link", name="Liên hệ").click()
    expect(page.locator("#pane")).to_contain_text("Phạm Gia Bảo")

    page.goto(f"{CUSTOMERS}new")
    page.get_by_label("Tên khách hàng").fill("Đặng Kiều Oanh")
    page.get_by_label("Điện thoại", exact=True).fill("0912345678")
    choose_required(page)
    save(page)
    expect(page.get_by_text("Có thể khách hàng này đã tồn tại")).to_be_visible()
    existing = page.locator(".dups").get_by_role("link", name="Đặng Thị Kiều Oanh", exact=True)
    assert first.endswith(existing.get_attribute("href"))
    page.get_by_label(re.compile("Vẫn lưu")).check()
    save(page)
    page.wait_for_url(re.compile(rf"{CUSTOMERS}[0-9a-f-]{{36}}$"))
    assert page.url != first
    with office.world.session(office.tenant) as session:
        assert session.scalar(select(func.count(Customer.id)).where(Customer.phone == "+84912345678")) == 2
        assert session.scalar(select(CustomerContact.name).where(CustomerContact.name == "Phạm Gia Bảo"))


def test_esc_leaves_the_form_but_asks_before_it_throws_entries_away(office):
    page = office.at_work("quan.le")
    page.goto(f"{CUSTOMERS}new")
    page.get_by_label("Tên khách hàng").fill("Đặng Văn Nháp")
    answers = iter(["dismiss", "accept"])
    asked: list[str] = []

    def answer(dialog):
        asked.append(dialog.type)
        getattr(dialog, next(answers))()

    page.on("dialog", answer)
    page.keyboard.press("Escape")
    expect(page.get_by_label("Tên khách hàng")).to_have_value("Đặng Văn Nháp")
    page.keyboard.press("Escape")
    page.wait_for_url(f"**{CUSTOMERS}")
    assert asked == ["beforeunload", "beforeunload"]


def test_a_draft_survives_an_expired_session(office, log_in):
    page = office.page()
    page.goto("/login")
    log_in(page, "quan.le")
    page.goto(f"{CUSTOMERS}new")
    page.get_by_label("Tên khách hàng").fill("Đặng Thị Kiều Oanh")
    choose_required(page)
    with office.world.session(office.tenant) as session:
        for each in session.scalars(select(UserSession)):
            each.expires_at = now() - timedelta(minutes=1)
    save(page)

    page.wait_for_url(re.compile("/login"))
    page.get_by_label("Tên đăng nhập").fill("quan.le")
    page.get_by_label("Mật khẩu").first.fill("thu-banyan-2026")
    page.get_by_role("button", name="Đăng nhập", exact=True).click()
    page.wait_for_url(lambda url: "/login" not in url)
    page.goto(f"{CUSTOMERS}new")
    expect(page.get_by_label("Tên khách hàng")).to_have_value("Đặng Thị Kiều Oanh")
    expect(page.get_by_label("Khách lẻ")).to_be_checked()
    save(page)
    page.wait_for_url(re.compile(rf"{CUSTOMERS}[0-9a-f-]{{36}}$"))


@pytest.mark.req("CUS-053")
def test_the_menu_of_a_customer_copies_edits_and_deletes_and_a_filter_narrows_the_list(office):
    page = office.at_work("thang.nguyen")
    page.goto(CUSTOMERS)
    everybody = count_of(page)
    page.get_by_role("button", name="Thêm bộ lọc").click()
    page.get_by_role("link", name="Mối quan hệ").locator("visible=true").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Tiềm năng").check()
    dialog.get_by_role("button", name="Lọc").click()
    page.wait_for_url("**f.relationship=**")
    rows = page.locator("#list tbody tr")
    expect(rows.first).to_contain_text("Tiềm năng")
    assert rows.filter(has=page.locator(".tag", has_text="Tiềm năng")).count() == rows.count()

    name = names_in(page)[0]
    page.get_by_role("link", name=name, exact=True).first.click()
    page.get_by_role("button", name="Thao tác khác").click()
    menu = page.locator("#record-menu")
    menu.get_by_role("button", name="Sao chép").click()
    expect(page.locator("#toasts")).to_contain_text("Đã sao chép")
    expect(menu).to_be_hidden()
    address = page.url.partition("?")[0]
    page.get_by_role("button", name="Thao tác khác").click()
    expect(menu.get_by_role("link", name="Sửa")).to_have_attribute("href", re.compile("/edit$"))
    menu.get_by_role("link", name="Xóa").click()
    page.get_by_role("dialog").get_by_role("button", name="Xóa", exact=True).click()
    page.wait_for_url(f"**{CUSTOMERS}**")
    page.goto(CUSTOMERS)
    assert count_of(page) == everybody - 1
    assert page.request.get(address).status == 404


@pytest.mark.req("CUS-053")
def test_a_copied_link_shows_a_stranger_what_a_missing_page_shows(office, watch):
    watch.allow("status of 404")
    id, name = own_customer(office, "quan.le")
    page = office.at_work("my.huynh")
    assert page.goto(f"{CUSTOMERS}{id}").status == 404
    hidden = page.locator("main").inner_text()
    assert name not in hidden
    page.goto(f"{CUSTOMERS}{'0' * 8}-0000-7000-8000-{'0' * 12}")
    assert page.locator("main").inner_text() == hidden
