"""Two who edit the same record: what one changed alone is kept, what both changed is asked, nobody is overwritten unasked."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from core.testing.browser import PHONE
from tests.core.resources.fields import stored
from tests.core.resources.pages import Page, read, sent_by


class Desk:
    """A book that the librarian has opened, and a colleague who saves first."""

    def __init__(self, world: Any, tenant: Any, librarian: Any, id: Any) -> None:
        self.world, self.tenant, self.id = world, tenant, id
        self.url = f"/shelf/books/{id}/edit"
        colleague = world.user(tenant, "shelf.read", "shelf.edit", name="Phạm Đồng Nghiệp")
        self.mine, self.theirs = world.client(librarian), world.client(colleague)

    def open(self, client: Any = None) -> dict[str, Any]:
        """What a browser would send of the form without a change; an unticked box is not sent."""
        return sent_by(read(client or self.mine, self.url))

    def save(self, client: Any, sent: dict[str, Any], **changes: Any) -> Any:
        return client.post(self.url, data={**sent, **changes})

    def colleague_saves(self, **changes: Any) -> None:
        assert self.save(self.theirs, self.open(self.theirs), **changes).status_code == 303

    def book(self) -> Any:
        from addons.shelf.models import Book, Note

        with self.world.session(self.tenant) as session:
            book = session.need(Book, self.id)
            book.notes = session.scalars(select(Note.text).where(Note.book_id == self.id).order_by(Note.id)).all()
            return book


@pytest.fixture
def desk(world, tenant, librarian, shelve):
    return Desk(world, tenant, librarian, shelve("Dế Mèn", pages=100, price=50_000, phone="+84912345678"))


@pytest.mark.req("SYS-18")
def test_what_only_one_changed_is_merged_without_a_question(desk):
    opened = desk.open()
    desk.colleague_saves(name="Dế Mèn phiêu lưu ký", is_lent="y", **{"notes-0-text": "của họ"})
    answer = desk.save(desk.mine, opened, pages="200")
    assert answer.status_code == 303
    assert "What Phạm Đồng Nghiệp changed meanwhile is kept" in read(desk.mine, answer.location).text

    book = desk.book()
    assert (book.name, book.is_lent, book.pages, book.notes) == ("Dế Mèn phiêu lưu ký", True, 200, ["của họ"])
    assert book.phone == "+84912345678"


@pytest.mark.req("SYS-18")
def test_what_both_changed_is_a_choice_between_three_values(desk):
    opened = desk.open()
    desk.colleague_saves(name="Tên của họ", pages="200", code="HO-1")
    answer = desk.save(desk.mine, opened, name="Tên của tôi", pages="300")
    page = Page(answer.text)
    assert answer.status_code == 409
    assert "Phạm Đồng Nghiệp saved this record" in page.text
    for text in ("When you opened it: 100", "Yours: 300", "Theirs: 200", "When you opened it: Dế Mèn",
                 "Theirs: Tên của họ", "Code: B0001 → HO-1"):  # fmt: skip
        assert text in page.text, text
    assert "Phone" not in page.html.partition("data-meanwhile")[2].partition("</section>")[0]
    assert desk.book().pages == 200

    sent = sent_by(page)
    assert (sent["take-name"], sent["take-pages"]) == (["mine"], ["mine"])
    assert desk.save(desk.mine, sent, **{"take-name": "theirs"}).status_code == 303
    book = desk.book()
    assert (book.name, book.pages, book.code) == ("Tên của họ", 300, "HO-1")


@pytest.mark.req("SYS-18")
def test_a_third_change_asks_again_about_what_is_new_alone(desk):
    opened = desk.open()
    desk.colleague_saves(pages="200")
    first = sent_by(Page(desk.save(desk.mine, opened, pages="300", name="Tên của tôi").text))
    desk.colleague_saves(pages="250", price="70.000")
    again = desk.save(desk.mine, first)
    page = Page(again.text)
    assert again.status_code == 409
    assert "When you opened it: 200" in page.text
    assert "Theirs: 250" in page.text
    assert desk.book().pages == 250

    desk.colleague_saves(pages="260")  # the choice was theirs: what they say now is kept, and nothing is asked
    assert desk.save(desk.mine, sent_by(page), **{"take-pages": "theirs"}).status_code == 303
    book = desk.book()
    assert (book.name, book.pages, book.price) == ("Tên của tôi", 260, 70_000)


def test_sub_forms_without_ids_are_chosen_as_a_whole(desk):
    opened = desk.open()
    desk.colleague_saves(**{"notes-0-text": "của họ"})
    answer = desk.save(desk.mine, opened, **{"notes-0-text": "của tôi", "notes-1-text": "và nữa"})
    page = Page(answer.text)
    assert answer.status_code == 409
    assert "Yours: của tôi; và nữa" in page.text
    assert "Theirs: của họ" in page.text
    sent = sent_by(page)
    assert desk.save(desk.mine, sent, **{"take-notes": "theirs"}).status_code == 303
    assert desk.book().notes == ["của họ"]


def test_what_is_wrong_in_the_merged_form_is_said_and_nothing_is_lost(desk):
    opened = desk.open()
    desk.colleague_saves(pages="200")
    page = Page(desk.save(desk.mine, opened, pages="300", name="Tên của tôi").text)
    refused = desk.save(desk.mine, sent_by(page), price="x")
    assert refused.status_code == 422
    sent = sent_by(Page(refused.text))
    assert (sent["price"], sent["pages"], sent["name"]) == (["x"], ["300"], ["Tên của tôi"])
    assert desk.save(desk.mine, sent, price="9.000").status_code == 303
    assert (desk.book().pages, desk.book().price) == (300, 9_000)


@pytest.mark.parametrize("opened", ["", "{", "[1]", '[["pages"]]', '[["pages", 3]]', "null", '{"a": "b"}'])
def test_a_form_that_does_not_say_what_it_was_opened_with_asks_about_every_difference(desk, opened):
    sent = desk.open()
    desk.colleague_saves(pages="200")
    answer = desk.save(desk.mine, {**sent, "opened": opened})
    assert answer.status_code == 409
    assert "Yours: 100" in Page(answer.text).text
    assert desk.book().pages == 200


def test_custom_fields_and_several_values_are_merged_like_the_others(full, world, tenant, librarian):
    made = full.client.post("/shelf/books/new", data=full.typed)
    desk = Desk(world, tenant, librarian, made.location.rpartition("/")[2])
    text = {"x_tom_tat": full.typed["x_tom_tat"]}
    opened = {**desk.open(), **text}
    desk.colleague_saves(**text, x_chu_de=["dia"], x_nguoi_giu="", x_nguoi_giu_text="")
    assert desk.save(desk.mine, opened, x_tinh_trang="cu", x_so_ban="13").status_code == 303
    assert (
        stored(full)["Dế Mèn"] | {"x_chu_de": ["dia"], "x_tinh_trang": "cu", "x_so_ban": 13} == stored(full)["Dế Mèn"]
    )
    assert "x_nguoi_giu" not in stored(full)["Dế Mèn"]

    opened = {**desk.open(), **text}
    desk.colleague_saves(**text, x_chu_de=["su", "dia"], x_nguoi_giu=str(librarian.id))
    page = Page(desk.save(desk.mine, opened, x_chu_de=["tho"], x_so_ban="14").text)
    for each in ("When you opened it: Địa", "Yours: Thơ", "Theirs: Sử, Địa", "Người giữ: — → Lê Thị Thủ Thư"):
        assert each in page.text, each
    sent = {**sent_by(page), **text, "take-x_chu_de": "theirs"}
    assert desk.save(desk.mine, sent).status_code == 303
    now = stored(full)["Dế Mèn"]
    assert (now["x_chu_de"], now["x_so_ban"], now["x_nguoi_giu"]) == (["su", "dia"], 14, librarian.id)


@pytest.mark.browser
@pytest.mark.engine("sqlite")
def test_a_conflict_is_settled_on_a_phone(desk, librarian, open_page, live_server, sign_in):
    page = sign_in(open_page(PHONE, base_url=live_server.url), librarian)
    page.goto(desk.url)
    page.get_by_label("Pages").fill("300")
    desk.colleague_saves(pages="200", name="Tên của họ")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Phạm Đồng Nghiệp saved this record")).to_be_visible()
    page.get_by_label("Theirs: 200").check()
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url(f"**/shelf/books/{desk.id}")
    assert (desk.book().pages, desk.book().name) == (200, "Tên của họ")
