"""Shops that report a customer to each other: who sees what, when, and who never does (BOO-06, 07, 24 to 28)."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from core.db.base import Model
from core.phone import format_phone
from tests.addons.boom.conftest import CUSTOMERS

PHONE, OLD = "0912 345 678", "+84 91 2345678"


@pytest.mark.req("BOO-06", "BOO-07", "BOO-23", "BOO-24", "BOO-25", "BOO-26")
def test_a_report_is_shown_to_every_shop_that_accepted_the_terms(open_shop: Any) -> None:
    one, two, third = open_shop("Hải Đăng"), open_shop("Sao Mai"), open_shop("Không Chia Sẻ")
    here, there, elsewhere = (shop.customer(phone) for shop, phone in ((one, PHONE), (two, OLD), (third, PHONE)))
    order = one.returned(here, "DH-7")
    early = one.report_id(here, order, content="Đặt rồi không nhận <b>hai</b> lần")

    for shop, id in ((two, there), (third, elsewhere)):  # nobody has accepted anything
        assert "Đặt rồi" not in shop.history(id)
    two.accept()
    assert "Đặt rồi" not in two.history(there)  # the reporting shop has not
    one.accept()
    shown = two.history(there)
    assert "Hải Đăng" in shown
    assert "Đặt rồi không nhận &lt;b&gt;hai&lt;/b&gt; lần" in shown
    assert "Refused the parcel" in shown
    assert re.search(r"\d\d/\d\d/20\d\d", shown)
    assert "DH-7" not in shown
    assert "Đặt rồi" not in third.history(elsewhere)
    assert "Trần Văn Bom" not in shown.partition("<table")[2]
    popup = one.world.client(two.seller).get(f"/boom/customers/{there}/report").text
    assert "Hải Đăng" in popup  # the second tab
    assert "Send report" in popup

    outsider = one.world.user(two.tenant, *CUSTOMERS)
    assert one.world.client(outsider).get(f"/boom/customers/{there}/history").status_code == 403
    assert one.world.client(two.seller).get(f"/boom/customers/{here}/history").status_code == 404

    again = one.report(here, order)
    assert again.status_code == 422
    assert "already" in again.text
    assert one.world.client(one.seller).post(f"/boom/reports/{early}/withdraw").status_code == 303
    assert "Đặt rồi" not in two.history(there)
    assert "Đặt rồi" not in one.history(here)
    assert one.world.client(one.seller).post(f"/boom/reports/{early}/withdraw").status_code == 409
    one.report_id(here, order, content="Lần nữa")  # a withdrawn one is no obstacle
    assert "Lần nữa" in two.history(there)

    assert one.world.client(one.seller).post("/boom/network/withdraw").status_code == 403
    assert one.world.client(one.owner).post("/boom/network/withdraw").status_code == 303
    assert "Lần nữa" not in two.history(there)
    assert "Lần nữa" in one.history(here)
    page = one.world.client(one.owner).get("/boom/network").text
    assert page.count("Chủ Hải Đăng") >= 2  # who accepted, and who withdrew
    one.accept()
    assert "Lần nữa" in two.history(there)


@pytest.mark.req("BOO-24", "BOO-28")
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"content": ""}, "required"),
        ({"content": "x" * 501}, "At most 500"),
        ({"content": "Gọi 0987.654.321 để hỏi"}, "telephone numbers"),
        ({"content": "mail bom@example.vn"}, "telephone numbers"),
        ({"reason": ""}, ""),
        ({"reason": "ugly"}, ""),
        ({"order_id": "00000000-0000-7000-8000-000000000000"}, ""),
        ({"order_id": "x"}, ""),
    ],
)
@pytest.mark.engine("sqlite")
def test_what_a_report_lacks_is_told_and_nothing_typed_is_lost(open_shop: Any, changes: Any, words: str) -> None:
    shop = open_shop("Hải Đăng")
    id = shop.customer()
    shop.returned(id)
    refused = shop.report(id, **{"content": "Đặt rồi không nhận", **changes})
    assert refused.status_code == 422
    assert words in refused.text
    assert changes.get("content", "Đặt rồi không nhận") in refused.text
    assert "Đặt rồi" not in shop.history(id)


@pytest.mark.req("BOO-28")
def test_a_report_without_a_returned_order_stays_in_the_own_shop(open_shop: Any) -> None:
    one, two = open_shop("Hải Đăng"), open_shop("Sao Mai")
    one.accept()
    two.accept()
    here, there = one.customer(), two.customer()
    one.report_id(here, content="Chỉ nội bộ")
    assert "Chỉ nội bộ" in one.history(here)
    assert "Chỉ nội bộ" not in two.history(there)
    stranger = one.returned(one.customer("0933 333 333", "Người khác"), "DH-9")
    assert one.report(here, stranger).status_code == 422  # somebody else's order proves nothing
    nameless = one.customer(None, "Không số")
    assert "no phone" in one.report(nameless).text


@pytest.mark.req("BOO-25")
def test_a_report_ages_out_everywhere_by_the_setting(open_shop: Any) -> None:
    one, two = open_shop("Hải Đăng"), open_shop("Sao Mai")
    one.accept()
    two.accept()
    here, there = one.customer(), two.customer()
    one.report_id(here, one.returned(here), content="Sẽ cũ đi")
    begin = datetime.now(UTC)

    def shown(days: int) -> tuple[bool, bool]:
        from addons.boom.models import BoomLookup

        with time_machine.travel(begin + timedelta(days=days), tick=True):
            for shop in (one, two):  # sessions have ended by then, services have not
                with one.world.session(shop.tenant, shop.seller) as session:
                    from addons.boom.network import look_up
                    from addons.boom.queries import list_own

                    if shop is one:
                        own = bool(list_own(session, here))
                    else:
                        shared = bool(look_up(session, ["+84912345678"]).reports)
                        assert session.scalar(select(BoomLookup.id).limit(1))
        return own, shared

    assert shown(359) == (True, True)
    assert shown(361) == (False, False)
    set_months = one.world.client(one.owner).post("/settings/boom", data={"report_months": "24"})
    assert set_months.status_code == 303, set_months.text
    assert shown(361) == (True, True)
    assert "Sẽ cũ đi" in two.history(there)


@pytest.mark.req("BOO-25")
def test_no_phone_stands_in_the_shared_tables_and_no_digest_that_could_be_guessed(open_shop: Any) -> None:
    one, two = open_shop("Hải Đăng"), open_shop("Sao Mai")
    one.accept()
    two.accept()
    here, there = one.customer(), two.customer()
    one.report_id(here, one.returned(here))
    two.history(there)
    with one.world.session(one.tenant) as session:
        from addons.boom.network import forget, put_tally
        from addons.boom.phone_key import PhoneKey, phone_key
        from addons.boom.rates import Counts

        put_tally(session, "+84912345678", Counts(4, 3))
        tables = [name for name in Model.metadata.tables if name.startswith("boom_network_") or name == "boom_lookup"]
        connection = session.connection()

        def dump() -> str:
            rows = [connection.exec_driver_sql(f"SELECT * FROM {name}").fetchall() for name in sorted(tables)]
            assert len(tables) == 6
            return str(rows)

        text = dump()
        key = phone_key(PHONE)
        assert text.count(key) >= 2
        spellings = {"912345678", format_phone("+84912345678"), "0912", "Trần Văn Bom"}
        plain = {"+84912345678", "84912345678", "0912345678", "912345678"}
        guesses = {
            name(each.encode()).hexdigest() for each in plain for name in (hashlib.sha256, hashlib.sha1, hashlib.md5)
        }
        assert not [each for each in spellings | plain | guesses if each in text]
        code = Model.metadata.tables["boom_network_code"].c.phone_key
        for stranger in ("+84912345678", key + "", PhoneKey("f" * 63), PhoneKey("F" * 64)):
            with pytest.raises(StatementError, match="only a digest"):  # by construction, not by care
                connection.execute(select(code).where(code == stranger))
        forget(session, key)
        assert 1 <= dump().count(key) <= 2  # that he objected, and who once asked


@pytest.mark.req("BOO-18")
def test_lookups_are_logged_and_ten_thousand_numbers_are_cut_off(open_shop: Any) -> None:
    from addons.boom.models import BoomLookup
    from addons.boom.network import PER_SHOP_DAY, PER_USER, TooManyLookups, look_up

    shop = open_shop("Hải Đăng")
    shop.accept()
    told = 0
    with shop.world.session(shop.tenant, shop.seller) as session:
        for number in range(10_000):
            try:
                look_up(session, [f"+8490{number:07d}"])
                told += 1
            except TooManyLookups:
                if number > PER_USER + 20:
                    break  # nothing frees a place but time
        assert told == PER_USER
        assert len(session.scalars(select(BoomLookup.id)).all()) == PER_USER
        look_up(session, ["+84900000000"])  # the same number again is no other one
    page = shop.world.client(shop.owner).get("/boom/network").text
    assert page.count("Sale Hải Đăng") == 50

    begin = datetime.now(UTC)
    with (
        time_machine.travel(begin + timedelta(minutes=11), tick=True),
        shop.world.session(shop.tenant, shop.seller) as session,
    ):
        look_up(session, ["+84911111111"])
        for number in range(PER_SHOP_DAY - PER_USER - 1):
            session.add(BoomLookup(user_id=shop.owner.id, at=datetime.now(UTC), phone_key=_key(number), reports=0))
        session.flush()
        with pytest.raises(TooManyLookups):
            look_up(session, ["+84922222222"])


def _key(number: int) -> Any:
    from addons.boom.phone_key import PhoneKey

    return PhoneKey(f"{number:064x}")


def test_a_history_that_was_opened_too_often_says_so_and_still_shows_the_own_reports(open_shop: Any) -> None:
    from addons.boom.models import BoomLookup
    from addons.boom.network import PER_USER

    shop = open_shop("Hải Đăng")
    shop.accept()
    id = shop.customer()
    shop.report_id(id, content="Của mình")
    with shop.world.session(shop.tenant) as session:
        for number in range(PER_USER):
            session.add(BoomLookup(user_id=shop.seller.id, at=datetime.now(UTC), phone_key=_key(number), reports=0))
    shown = shop.history(id)
    assert "Too many numbers" in shown
    assert "Của mình" in shown


def test_a_shop_that_switches_the_application_off_takes_its_reports_along(open_shop: Any) -> None:
    from core.tenancy.services import disable_addon, enable_addon

    one, two = open_shop("Hải Đăng"), open_shop("Sao Mai")
    one.accept()
    two.accept()
    here, there = one.customer(), two.customer()
    one.report_id(here, one.returned(here), content="Còn mất")
    assert "Còn mất" in two.history(there)
    with one.world.session(one.tenant) as session:
        disable_addon(session, "boom")
    assert "Còn mất" not in two.history(there)
    with one.world.session(one.tenant) as session:
        enable_addon(session, "boom")
    assert "Còn mất" in two.history(there)
