"""Writing to a customer: who sees the buttons, what a template becomes, what is sent, where it stands afterwards."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from core.jobs.execution import run_due_jobs
from core.kernel import EXTENSION
from core.messages.models import Message


@pytest.fixture
def use_mail(app):
    """``use_mail("console:")``: e-mail and SMS can be sent; a mail server's address: e-mail; None: nothing."""

    def use(url):
        kernel = app.extensions[EXTENSION]
        config = replace(kernel.config, smtp_url=url, mail_from="crm@haidang.example")
        app.extensions[EXTENSION] = replace(kernel, config=config)

    return use


@pytest.fixture
def writer(shop):
    return shop.world.user(
        shop.tenant,
        "customer.read",
        "customer.view_all",
        "customer.send_email",
        "customer.send_sms",
        name="Lê Minh Quân",
    )


@pytest.fixture
def trang(shop):
    contact = {"name": "Trần Văn Kho", "phone": "0912000333", "email": "kho@example.vn"}
    return shop.customer(salutation="Chị", email="trang@example.vn", phone="0912000111", contacts=[contact])


def messages(shop):
    with shop.world.session(shop.tenant) as session:
        found = list(session.scalars(select(Message).order_by(Message.id)))
        session.expunge_all()
        return found


@pytest.mark.engine("sqlite")
@pytest.mark.req("SYS-03", "CUS-033")
def test_the_icons_want_a_sender_and_the_right(shop, client_for, use_mail, writer, trang):
    page = f"/customer/customers/{trang}"

    def offered(client):
        text = client.get(page).text
        return [channel for channel in ("email", "sms") if f"{page}/{channel}" in text]

    def opened(client):
        return [client.get(f"{page}/{channel}").status_code for channel in ("email", "sms")]

    client = client_for(writer)
    mail_only = client_for(shop.world.user(shop.tenant, "customer.read", "customer.view_all", "customer.send_email"))
    assert (offered(client), opened(client)) == ([], [404, 404])
    use_mail("smtp://127.0.0.1:25")
    assert (offered(client), opened(client)) == (["email"], [200, 404])
    use_mail("console:")
    assert (offered(client), opened(client)) == (["email", "sms"], [200, 200])
    assert (offered(mail_only), opened(mail_only)) == (["email"], [200, 403])
    assert (offered(client_for(shop.seller)), opened(client_for(shop.seller))) == ([], [403, 403])
    blind = client_for(shop.world.user(shop.tenant, "customer.read", "customer.send_email", "customer.send_sms"))
    assert opened(blind) == [404, 404]


@pytest.mark.req("CUS-033", "CUS-049", "CUS-009")
def test_a_letter_is_chosen_read_changed_and_sent_once(app, shop, client_for, use_mail, writer, trang):
    use_mail("console:")
    client = client_for(writer)
    editor = client_for(shop.world.user(shop.tenant, "core.manage_templates"))
    added = {
        "title": "Chúc mừng sinh nhật",
        "subject_vi": "Mừng {{ customer_name }}",
        "body_vi": "Thân gửi {{ customer_name }}!",
    }
    assert editor.post("/core/templates/customer.email/new", data=added).status_code == 303
    assert (
        "{{ customer_age }}"
        in editor.post("/core/templates/customer.email/new", data=added | {"body_vi": "{{ customer_age }}"}).text
    )

    at = f"/customer/customers/{trang}/email"
    dialog = client.get(at, htmx="dialog").text
    assert "<html" not in dialog
    choices = {unescape(text): value for value, text in re.findall(r'<option value="([^"]+)"[^>]*>([^<]+)', dialog)}
    assert {"Thank-you letter", "Thank-you letter (English)", "Chúc mừng sinh nhật"} <= choices.keys()
    chosen = choices["Chúc mừng sinh nhật"]
    filled = client.get(f"{at}?text={chosen}", htmx="dialog").text
    assert 'value="Mừng Chị Nguyễn Thị Huyền Trang"' in filled
    assert "Thân gửi Chị Nguyễn Thị Huyền Trang!" in filled
    once = re.search(r'name="once"[^>]*value="([^"]+)"', filled)[1]
    sent = {
        "text": chosen,
        "once": once,
        "recipient": "trang@example.vn",
        "subject": "Mừng chị",
        "body": "Chào {{ chị }}",
    }

    refused = client.post(at, data=sent | {"recipient": "somebody@example.vn"})
    assert (refused.status_code, "Chào {{ chị }}" in refused.text) == (422, True)
    empty = client.post(at, data=sent | {"subject": ""})
    assert (empty.status_code, "subject-error" in empty.text) == (422, True)
    assert messages(shop) == []
    for _twice in range(2):
        assert client.post(at, data=sent).location == f"/customer/customers/{trang}"
    (message,) = messages(shop)
    assert (message.recipient, message.subject, message.body) == ("trang@example.vn", "Mừng chị", "Chào {{ chị }}")
    assert (message.recipient_name, message.entity, message.entity_id) == (
        "Chị Nguyễn Thị Huyền Trang",
        "customer",
        trang,
    )
    with app.app_context():
        run_due_jobs()
    assert messages(shop)[0].state == "sent"

    log = unescape(client.get(f"/discussion/customer/{trang}").text)
    assert log.count("Lê Minh Quân: Sent an e-mail (To: trang@example.vn, Text: Mừng chị)") == 1
    tab = client.get(f"/customer/customers/{trang}?tab=messages").text
    assert "Mừng chị" in tab
    assert "Sent" in tab
    assert shop.stored("Nguyễn Thị Huyền Trang").last_contact_at is not None


@pytest.mark.engine("sqlite")
@pytest.mark.req("CUS-033", "CUS-050")
def test_an_sms_goes_to_the_customers_mobile_numbers_alone(shop, client_for, use_mail, writer, trang):
    use_mail("console:")
    client = client_for(writer)
    at = f"/customer/customers/{trang}/sms"
    page = client.get(f"{at}?text=vi:customer.sms").text
    assert "cảm ơn Chị Nguyễn Thị Huyền Trang" in page
    assert 'name="subject"' not in page
    assert re.findall(r'value="(\+84\d+)"', page) == ["+84912000111", "+84912000333"]
    sent = {"once": "a", "recipient": "+84912000333", "body": "Chào anh"}
    assert client.post(at, data=sent | {"body": "x" * 919}).status_code == 422
    assert client.post(at, data=sent | {"recipient": "+84912000999"}).status_code == 422
    assert client.post(at, data=sent).status_code == 303
    assert [(each.channel, each.recipient, each.body) for each in messages(shop)] == [
        ("sms", "+84912000333", "Chào anh")
    ]

    landline = shop.customer(name="Công ty Hải Đăng", phone="02438251234")
    assert 'name="body"' not in client.get(f"/customer/customers/{landline}/sms").text
    assert 'name="body"' not in client.get(f"/customer/customers/{landline}/email").text


@pytest.mark.browser
@pytest.mark.engine("sqlite")
@pytest.mark.req("SYS-03", "CUS-049")
def test_writing_in_the_browser(shop, use_mail, writer, trang, live_server, page, sign_in, axe):
    use_mail("console:")
    sign_in(page, writer)
    page.goto(f"{live_server.url}/customer/customers/{trang}")
    page.get_by_role("link", name="E-mail", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)
    dialog.get_by_label("Template", exact=True).select_option(label="Thank-you letter")
    expect(dialog.locator("textarea")).to_have_value(re.compile("Kính gửi Chị Nguyễn Thị Huyền Trang"))
    axe(page)
    dialog.get_by_label("Subject").fill("Cảm ơn chị")
    dialog.get_by_role("button", name="Send message", exact=True).click()
    page.get_by_text("Sent an e-mail (To: trang@example.vn, Text: Cảm ơn chị)").wait_for()
    assert [each.subject for each in messages(shop)] == ["Cảm ơn chị"]
