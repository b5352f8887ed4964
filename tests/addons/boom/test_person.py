"""The page of the person himself: with a code to his phone he sees, disputes and forbids what shops say of him."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from core.jobs.execution import run_due_jobs
from core.kernel import EXTENSION


@pytest.fixture
def console(world: Any) -> None:
    """SMS go to the log, as in development."""
    kernel = world.app.extensions[EXTENSION]
    world.app.extensions[EXTENSION] = replace(kernel, config=replace(kernel.config, smtp_url="console:"))


def link(shop: Any) -> str:
    page = shop.world.client(shop.owner).get("/boom/network").text
    found = re.search(r'href="http[^"]*?(/boom/person/[^"]+)"', page)
    assert found
    return found[1]


def sent_code(shop: Any, caplog: Any) -> str:
    caplog.clear()
    with shop.world.app.app_context(), caplog.at_level("INFO"):
        run_due_jobs()
    found = re.findall(r"\b\d{6}\b", caplog.text)
    assert found, caplog.text
    return str(found[-1])


def prove(shop: Any, client: Any, path: str, caplog: Any, phone: str = "0912345678") -> None:
    assert client.post(f"{path}/code", data={"phone": phone}).status_code == 200
    opened = client.post(f"{path}/open", data={"phone": phone, "code": sent_code(shop, caplog)})
    assert opened.status_code == 303, opened.text


@pytest.mark.req("BOO-25")
def test_a_person_sees_disputes_and_forbids_what_shops_say_of_him(open_shop: Any, console: None, caplog: Any) -> None:
    one, two = open_shop("Hải Đăng"), open_shop("Sao Mai")
    one.accept()
    two.accept()
    here, there = one.customer(), two.customer()
    wrong = one.report_id(here, one.returned(here, "DH-1"), content="Không nghe máy")
    one.report_id(here, one.returned(here, "DH-2"), content="Đặt chơi")
    other = two.report_id(two.customer("0933333333", "Người khác"), None, content="Chuyện khác")
    path = link(two)
    person = one.world.client()
    assert "Không nghe máy" not in person.get(path).text
    assert person.get(f"{path}x").status_code == 404
    for unproved in ("dispute/" + str(wrong), "forbid"):
        asked = person.post(f"{path}/{unproved}", data={"words": "Sai"})
        assert (asked.status_code, 'name="phone"' in asked.text) == (200, True)
    assert "Không nghe máy" in two.history(there)

    prove(two, person, path, caplog)
    seen = person.get(path)
    assert "Không nghe máy" in seen.text
    assert "Hải Đăng" in seen.text
    assert "Chuyện khác" not in seen.text
    assert "noindex" in seen.headers["X-Robots-Tag"]
    assert person.post(f"{path}/dispute/{wrong}", data={"words": "x"}, csrf=False).status_code == 403
    for nothing in ("", "x" * 501):
        refused = person.post(f"{path}/dispute/{wrong}", data={"words": nothing})
        assert refused.status_code == 422
        assert nothing in refused.text
    assert person.post(f"{path}/dispute/{other}", data={"words": "Không phải tôi"}).status_code == 404
    assert person.post(f"{path}/dispute/{wrong}", data={"words": "Tôi ở nhà cả ngày"}).status_code == 303
    assert "Không nghe máy" not in two.history(there)
    assert "Không nghe máy" not in one.history(here)  # hidden everywhere, also at home
    assert "Đặt chơi" in two.history(there)
    assert "being decided" in person.get(path + "?language=en").text or "đang chờ" in person.get(path).text

    owner = one.world.client(one.owner)
    assert "Tôi ở nhà cả ngày" in owner.get(f"/boom/reports/{wrong}").text
    assert "disputes a bad report" in owner.get("/notifications").text
    assert (
        one.world.client(one.seller).post(f"/boom/reports/{wrong}/uphold", data={"answer": "Đúng"}).status_code == 403
    )
    assert owner.post(f"/boom/reports/{wrong}/uphold", data={"answer": ""}).status_code == 422
    assert owner.post(f"/boom/reports/{wrong}/uphold", data={"answer": "Bưu tá gọi ba lần"}).status_code == 303
    assert owner.post(f"/boom/reports/{wrong}/uphold", data={"answer": "Lại"}).status_code == 422
    assert "Không nghe máy" in two.history(there)
    again = person.post(f"{path}/dispute/{wrong}", data={"words": "Vẫn sai"})
    assert again.status_code == 409  # decided once

    assert person.post(f"{path}/forbid").status_code == 303
    assert "Đặt chơi" not in two.history(there)
    assert "Đặt chơi" in one.history(here)  # the own shop keeps what it wrote of its own order
    one.report_id(here, one.returned(here, "DH-3"), content="Mới nữa")
    assert "Mới nữa" not in two.history(there)
    assert "Mới nữa" not in person.get(path).text


def test_a_dispute_that_nobody_decides_ends_the_report(open_shop: Any, console: None, caplog: Any) -> None:
    from addons.boom.jobs import DECIDE_WITHIN
    from core.jobs import enqueue

    one = open_shop("Hải Đăng")
    one.accept()
    here = one.customer()
    report = one.report_id(here, one.returned(here))
    person, path = one.world.client(), link(one)
    prove(one, person, path, caplog)
    person.post(f"{path}/dispute/{report}", data={"words": "Không đúng"})

    def state(days: float) -> str:
        from addons.boom.models import BoomReport

        with time_machine.travel(datetime.now(UTC) + timedelta(days=days), tick=True):
            with one.world.session(one.tenant) as session:
                enqueue(session, "boom.let_go")
            with one.world.app.app_context():
                run_due_jobs()
            with one.world.session(one.tenant) as session:
                return str(session.need(BoomReport, report).state)

    assert state(DECIDE_WITHIN.days - 1) == "disputed"
    assert state(DECIDE_WITHIN.days + 1) == "withdrawn"


@pytest.mark.engine("sqlite")
def test_a_code_is_good_once_for_ten_minutes_and_five_tries(open_shop: Any, console: None, caplog: Any) -> None:
    shop = open_shop("Hải Đăng")
    path, phone = link(shop), {"phone": "0912345678"}
    person = shop.world.client()
    for wrong in ("", "090", "không số"):
        refused = person.post(f"{path}/code", data={"phone": wrong})
        assert refused.status_code == 422
    assert person.post(f"{path}/code", data=phone, csrf=False).status_code == 403

    assert person.post(f"{path}/code", data=phone).status_code == 200
    code = sent_code(shop, caplog)
    bad = f"{(int(code) + 1) % 10**6:06d}"
    for _try in range(5):
        assert person.post(f"{path}/open", data={**phone, "code": bad}).status_code == 422
    assert person.post(f"{path}/open", data={**phone, "code": code}).status_code == 422  # used up

    person.post(f"{path}/code", data=phone)
    code = sent_code(shop, caplog)
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=11), tick=True):
        assert person.post(f"{path}/open", data={**phone, "code": code}).status_code == 422
    assert person.post(f"{path}/open", data={"phone": "0933333333", "code": code}).status_code == 422
    assert person.post(f"{path}/open", data={**phone, "code": code}).status_code == 303
    assert person.post(f"{path}/open", data={**phone, "code": code}).status_code == 422  # once
    assert "No shop reports" in person.get(f"{path}?language=en").text or "Không cửa hàng" in person.get(path).text
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=31), tick=True):
        assert 'name="phone"' in person.get(path).text  # asked anew

    person.post(f"{path}/code", data=phone)
    assert person.post(f"{path}/code", data=phone).status_code == 429  # three SMS to a number, no more
    for number in range(17):
        assert person.post(f"{path}/code", data={"phone": f"09333333{number:02d}"}).status_code in {200, 429}
    assert person.post(f"{path}/code", data={"phone": "0944444444"}).status_code == 429  # nor to many from one place


@pytest.mark.engine("sqlite")
def test_without_an_sms_service_the_page_says_so(open_shop: Any) -> None:
    shop = open_shop("Hải Đăng")
    person, path = shop.world.client(), link(shop)
    page = person.get(path)
    assert page.status_code == 200
    assert 'name="phone"' not in page.text
    assert person.post(f"{path}/code", data={"phone": "0912345678"}).status_code == 422
