"""What customers say of the business on a page that a signed link opens (CUS-052)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import select

from core.clock import now
from tests.addons.customer.conftest import Shop

ANSWER = {"stars": "4", "body": "Giao nhanh <b>lắm</b>\nđóng gói đẹp"}


def tab(shop: Shop, user: Any, id: Any) -> str:
    return str(shop.world.client(user).get(f"/customer/customers/{id}?tab=feedback").text.partition('id="pane"')[2])


def make_link(shop: Shop, user: Any, id: Any, about: str = "") -> str:
    """The path of a new link, as the tab shows it."""
    made = shop.world.client(user).post(f"/customer/customers/{id}/feedback", data={"about": about})
    assert made.status_code == 303, made.text
    address = re.search(r'data-copy="http[^"]*?(/customer/feedback/[^"]+)"', tab(shop, user, id))
    assert address is not None
    return address[1]


def stored(shop: Shop) -> list[Any]:
    from addons.customer.models import CustomerFeedback

    with shop.world.session(shop.tenant) as session:
        return [
            (each.stars, each.body) for each in session.scalars(select(CustomerFeedback).order_by(CustomerFeedback.id))
        ]


@pytest.mark.req("CUS-052")
def test_a_customer_answers_once_without_an_account_and_the_person_in_charge_is_told(shop: Shop) -> None:
    from core.notifications import Notification

    id = shop.customer(email="trang@mail.example")
    assert "No feedback yet" in tab(shop, shop.seller, id)
    path = make_link(shop, shop.seller, id, "Đơn hàng DH-10482")
    assert "mailto:trang%40mail.example" in tab(shop, shop.seller, id)

    for _look in range(2):  # messengers look first
        page = shop.world.client().get(path)
        assert page.status_code == 200
    assert shop.tenant.name in page.text
    assert "Đơn hàng DH-10482" in page.text
    assert "Nguyễn Thị Huyền Trang" not in page.text  # a link may go astray
    assert 'lang="vi"' in page.text
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert 'name="robots" content="noindex' in page.text

    visitor = shop.world.client()
    assert visitor.post(path, data=ANSWER, csrf=False).status_code == 403
    for wrong in (
        {**ANSWER, "stars": ""},
        {**ANSWER, "stars": "6"},
        {**ANSWER, "stars": "x"},
        {"stars": "5", "body": "x" * 2_001},
    ):
        refused = visitor.post(path, data=wrong)
        assert refused.status_code == 422, wrong
        assert wrong["body"].partition("<")[0] in refused.text  # what was typed stays
    assert stored(shop) == [(None, "")]
    done = visitor.post(path, data=ANSWER)
    assert done.status_code == 200
    assert "Xin cảm ơn" in done.text
    assert visitor.post(path, data={**ANSWER, "stars": "1"}).status_code == 409  # whoever has the link
    assert "Xin cảm ơn" in visitor.get(path).text
    assert stored(shop) == [(4, ANSWER["body"])]

    shown = tab(shop, shop.seller, id)
    assert "4 of 5 stars" in shown
    assert "Giao nhanh &lt;b&gt;lắm&lt;/b&gt;" in shown
    assert "/customer/feedback/" not in shown  # no open link is left
    assert 'Feedback <span class="count">1</span>' in tab(shop, shop.seller, id).replace("\n", " ")
    with shop.world.session(shop.tenant) as session:
        notice = session.scalars(select(Notification)).one()
        assert (notice.user_id, notice.kind, notice.url) == (
            shop.seller.id, "customer.feedback", f"/customer/customers/{id}?tab=feedback",
        )  # fmt: skip
        assert notice.title == "Nguyễn Thị Huyền Trang gave 4 of 5 stars"  # in the language of who reads it
    assert shop.world.client(shop.colleague).get(f"/customer/customers/{id}?tab=feedback").status_code == 404


@pytest.mark.req("CUS-052")
def test_a_link_ends_by_time_and_with_whatever_it_hangs_on(shop: Shop) -> None:
    from addons.customer.models import Customer, CustomerFeedback
    from core.settings.models import set_setting
    from core.signing import sign_ids
    from core.tenancy.services import disable_addon, enable_addon

    id = shop.customer()
    with shop.world.session(shop.tenant) as session:
        set_setting(session, "customer.feedback_days", 3)
    path, withdrawn = make_link(shop, shop.seller, id), make_link(shop, shop.seller, id)
    client = shop.world.client()

    def works(which: str = path) -> bool:
        status = client.get(which).status_code
        assert status in (200, 404)
        assert status == 200 or client.post(which, data=ANSWER).status_code == 404
        return bool(status == 200)

    with time_machine.travel(now() + timedelta(days=3, seconds=-30)):
        assert works()
    with time_machine.travel(now() + timedelta(days=3, seconds=1)):
        assert not works()
    with shop.world.session(shop.tenant) as session:
        last = session.scalars(select(CustomerFeedback.id).order_by(CustomerFeedback.id.desc())).first()
        first = session.scalars(select(CustomerFeedback.id).order_by(CustomerFeedback.id)).first()
    assert shop.world.client(shop.colleague).post(f"/customer/feedback-links/{last}/withdraw").status_code == 404
    assert shop.world.client(shop.seller).post(f"/customer/feedback-links/{last}/withdraw").status_code == 303
    assert not works(withdrawn)
    token = path.rpartition("/")[2]
    with shop.world.app.app_context():
        elsewhere = shop.world.tenant()
        forged = [
            sign_ids("customer.feedback", elsewhere.id, first),  # another business's
            sign_ids("customer.feedback", shop.tenant.id, uuid4()),
            sign_ids("customer.feedback", first),
            sign_ids("something else", shop.tenant.id, first),
            token[:-2] + ("A" if token[-2] != "A" else "B") + token[-1],  # the last letter has bits that say nothing
            "rubbish", "%00", "ảnh.x",
        ]  # fmt: skip
    assert [works(f"/customer/feedback/{value}") for value in forged] == [False] * len(forged)

    with shop.world.app.test_request_context(), shop.world.session(shop.tenant) as session:
        disable_addon(session, "customer")
    assert not works()
    with shop.world.app.test_request_context(), shop.world.session(shop.tenant) as session:
        enable_addon(session, "customer")
    assert works()
    with shop.world.session(shop.tenant) as session:
        session.delete(session.need(Customer, id))
    assert not works()
    assert {stars for stars, _body in stored(shop)} == {None}


@pytest.mark.req("CUS-052")
@pytest.mark.engine("sqlite")
def test_answers_of_one_network_are_limited(shop: Shop) -> None:
    from addons.customer.feedback import ANSWERS

    path = make_link(shop, shop.seller, shop.customer())
    visitor = shop.world.client()
    statuses = [visitor.post(path, data={"stars": "", "body": "còn đây"}).status_code for _try in range(ANSWERS + 1)]
    assert statuses == [422] * ANSWERS + [429]
    refused = visitor.post(path, data={"stars": "5", "body": "còn đây"})
    assert "còn đây" in refused.text
    other = shop.world.client()
    assert other.post(path, data=ANSWER, environ_base={"REMOTE_ADDR": "203.0.113.9"}).status_code == 200
