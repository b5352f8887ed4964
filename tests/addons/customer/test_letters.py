"""E-mails that were read and messages that were sent, in the customer KPI (CUS-068, CUS-069), and as contact."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from core.clock import now
from tests.addons.customer.conftest import Shop
from tests.addons.customer.test_kpi import KPI, month_begins, number_of


@pytest.mark.engine("sqlite")
@pytest.mark.req("CUS-057", "CUS-068", "CUS-069")
def test_read_and_sent_messages_count_once_for_whoever_wrote_them(shop: Shop) -> None:
    from core.messages.models import Message
    from core.messages.receipts import PICTURE, receipt_of
    from core.settings.services import change_settings

    reader = shop.world.user(shop.tenant, "customer.read", "customer.view_all", "customer.kpi", name="Vũ Thu Hương")
    lan, hidden = shop.customer(name="Lan"), shop.customer(by=shop.colleague, name="Của Ánh")
    numbers = iter(range(100))

    def message(channel: str = "email", customer: Any = lan, by: Any = shop.seller, **more: Any) -> str:
        with shop.world.session(shop.tenant, by) as session:
            row = Message(
                channel=channel, recipient="lan@example.vn", subject="Cảm ơn", body="Chào chị",
                entity="customer", entity_id=customer, key=f"thư {next(numbers)}",
                **{"state": "sent", "sent_at": now(), **more},
            )  # fmt: skip
            session.add(row)
            session.flush()
            address = receipt_of(session, row)
        return address.partition("://")[2].partition("/")[2]

    opened, unread = message(), message()
    anonymous = shop.world.app.test_client()
    for _time in range(5):
        seen = anonymous.get(f"/{opened}")
        assert (seen.status_code, seen.data, seen.content_type) == (200, PICTURE, "image/gif")
    for made_up in ("/messages/seen/nonsense", f"/{unread[:-2]}xx"):
        assert anonymous.get(made_up).data == PICTURE, "tells nothing"
    anonymous.get(f"/{message(customer=hidden, by=shop.colleague)}")
    for state, at in (
        ("sent", now()),
        ("failed", None),
        ("queued", None),
        ("sent", month_begins() - timedelta(seconds=1)),
    ):
        message("sms", state=state, sent_at=at)
    assert message("sms") == "", "an SMS has no picture"

    client = shop.world.client(reader)
    page = client.get(KPI).text
    assert (number_of(page, "E-mail"), number_of(page, "SMS")) == ("2", "2")
    mine = client.get(KPI, query_string={"f.who": str(shop.seller.id)}).text
    assert (number_of(mine, "E-mail"), number_of(mine, "SMS")) == ("1", "2")
    assert number_of(client.get(KPI, query_string={"period": "last_month"}).text, "SMS") == "1"
    found = re.search(r'class="strong">E-mail</p>.*?tile-value"><a href="([^"]+)"', mine, re.DOTALL)
    assert found
    listed = client.get(found[1].replace("&amp;", "&")).text
    assert re.search(r'id="total">.*?class="count">1<', listed, re.DOTALL)
    assert "lan@example.vn" in listed
    own = shop.world.client(shop.colleague).get("/customer/letters/").text
    assert own.count("lan@example.vn") == 1, "of customers that one sees"
    assert shop.stored("Lan").last_contact_at is not None
    assert shop.stored("Của Ánh").last_contact_at is not None
    with shop.world.session(shop.tenant) as session:
        change_settings(session, "core", {"mail_receipts": False})
    assert message() == ""
