"""E-mails and SMS to a customer (SYS-03, CUS-033, CUS-049, CUS-050): the dialog, its templates, what stands in the log.

The buttons are there where a sender is integrated for the channel and the user holds the right of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import wtforms
from flask import abort, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, func, select

from addons.customer.api import merge_variables, note_contact
from addons.customer.models import CUSTOMERS_PATH, Customer
from addons.customer.queries import list_contacts
from core.access.models import User
from core.audit import record
from core.db import ActorSession
from core.errors import DomainError
from core.i18n import translator
from core.kernel import current_session
from core.messages import Channel, MessageTemplate, Variable
from core.messages.channels import HAS_SUBJECT, MAX_BODY
from core.messages.merging import merge, merge_line
from core.messages.models import Message
from core.messages.queries import Choice, find_sender, list_choices, list_templates
from core.messages.services import has_mail_address, queue_message, tenant_name
from core.phone import format_phone, is_mobile
from core.resources import Action
from core.web import AddonViews, redirect_to, render, toast
from core.web.forms import ChoiceField, Form, Required, StringField, TextAreaField

_ = translator(__name__)

messaging_views = AddonViews(__name__)

BY_MESSAGE = "customer.message"
"""The kind of contact that a message is."""

BY_READING = "customer.reading"
"""The kind of contact that an opened e-mail is."""

LISTED = 100
"""Messages that a customer's page lists, the newest first."""


@dataclass(frozen=True, slots=True)
class Way:
    """What differs between the channels."""

    channel: Channel
    title: object
    action: str
    done: object


WAYS = {
    Channel.EMAIL: Way(Channel.EMAIL, _("Send an e-mail"), "send_email", _("The e-mail to %(name)s is on its way.")),
    Channel.SMS: Way(Channel.SMS, _("Send an SMS"), "send_sms", _("The SMS to %(name)s is on its way.")),
}

ACTIONS = (
    Action(
        _("E-mail"),
        "customer.email_to",
        icon="mail",
        dialog=True,
        when=lambda customer: can_send(Channel.EMAIL),
    ),
    Action(_("SMS"), "customer.sms_to", icon="message", dialog=True, when=lambda customer: can_send(Channel.SMS)),
)
"""The quick actions of a customer's page; who lacks the right sees neither, by their routes."""

VARIABLES = (
    Variable("customer_name", _("Customer with salutation"), "Chị Nguyễn Thị Huyền Trang"),
    Variable("customer_salutation", _("Salutation"), "Chị"),
    Variable("customer_code", _("Customer code"), "KH000123"),
    Variable("customer_phone", _("Phone"), "0912 345 678"),
    Variable("customer_email", _("E-mail"), "trang@example.vn"),
    Variable("customer_address", _("Address"), "12 Lý Thường Kiệt, Hà Nội"),
    Variable("employee_name", _("Who writes"), "Lê Minh Quân"),
    Variable("employee_phone", _("Telephone of who writes"), "0988 765 432"),
    Variable("company", _("Our business"), "Công ty TNHH Hải Đăng"),
)


def templates() -> list[MessageTemplate]:
    """The first letter and the first SMS; a business adds its own beside them (CUS-049, CUS-050)."""
    return [
        MessageTemplate(
            "customer.email",
            Channel.EMAIL,
            _("Thank-you letter"),
            subject=_("{{ company }} thanks {{ customer_name }}"),
            body=_(
                "Dear {{ customer_name }},\n\nthank you for your interest in {{ company }}. "
                "If there is anything that we can do for you, just answer this e-mail.\n\n"
                "Kind regards\n{{ employee_name }}\n{{ company }}"
            ),
            variables=VARIABLES,
            allows_own=True,
        ),
        MessageTemplate(
            "customer.sms",
            Channel.SMS,
            _("Thanks by SMS"),
            body=_("{{ company }} thanks {{ customer_name }} for the interest."),
            variables=VARIABLES,
            allows_own=True,
        ),
    ]


class LetterForm(Form):
    """A message to a customer. Recipients are those that the customer's record has."""

    recipient = ChoiceField(_("To"), [Required()])
    subject = StringField(_("Subject"))
    body = TextAreaField(_("Text"), [Required()])
    once = wtforms.HiddenField()


def can_send(channel: str) -> bool:
    """Whether the present tenant has a sender for the channel (SYS-03)."""
    return find_sender(current_session(), channel) is not None


def values_for(session: ActorSession, customer: Customer) -> dict[str, str]:
    """What the variables of a letter stand for: the customer (CUS-009), who writes, the business."""
    return _values(session, customer, session.find(User, session.actor.user_id))


def _values(session: ActorSession, customer: Customer, writer: User | None) -> dict[str, str]:
    return {
        **merge_variables(customer),
        "employee_name": writer.name if writer else "",
        "employee_phone": format_phone(writer.phone) if writer and writer.phone else "",
        "company": tenant_name(session),
    }


def recipients_of(session: ActorSession, customer: Customer, channel: str) -> list[tuple[str, str]]:
    """(address, label) of the customer and of his contacts, as far as the channel reaches them; each address once."""
    people = [(customer.full_name, customer.email, (customer.phone, customer.phone2))]
    people += [(each.name, each.email, (each.phone,)) for each in list_contacts(session, customer.id)]
    found: dict[str, str] = {}
    for name, email, phones in people:
        if channel == Channel.EMAIL:
            if email and has_mail_address(email):
                found.setdefault(email, f"{name} <{email}>")
        else:
            for phone in phones:
                if phone and is_mobile(phone):
                    found.setdefault(phone, f"{name} · {format_phone(phone)}")
    return list(found.items())


def send_to_customer(
    session: ActorSession,
    customer: Customer,
    channel: str,
    *,
    recipient: str,
    subject: str,
    body: str,
    template: str,
    once: str,
) -> Message:
    """Ask for a message to a customer; it stands in his log, counts as contact, and answers go to who writes.

    ``once`` is the key of this dialog: sending it again adds nothing. DomainError: the recipient is none of the customer's,
    and what ``queue_message`` refuses.
    """
    labels = dict(recipients_of(session, customer, channel))
    if recipient not in labels:
        raise DomainError.of("unknown_recipient", _("Choose one of the customer's addresses."), "recipient")
    key = f"customer:{customer.id}:{session.actor.user_id}:{once}"
    if (standing := session.scalar(select(Message).where(Message.key == key))) is not None:
        return standing
    writer = session.find(User, session.actor.user_id)
    message = queue_message(
        session,
        channel=channel,
        recipient=recipient,
        recipient_name=customer.full_name if recipient in (customer.email, customer.phone) else "",
        subject=subject,
        body=body,
        key=key,
        template=template,
        reply_to=writer.email if writer and writer.email and has_mail_address(writer.email) else "",
        about=customer,
        url=url_for("customer.customers_detail", id=customer.id),
    )
    told = {"recipient": [None, message.recipient], "text": [None, message.title]}
    record(session, WAYS[Channel(channel)].action, entity="customer", entity_id=customer.id, changes=told)
    note_contact(session, customer.id, BY_MESSAGE)
    return message


def send_by_rule(session: ActorSession, customer: Customer, choice: Choice, once: str) -> str:
    """The chosen letter to the customer's first address, in the name of the person in charge, who gets the answers; whom it
    goes to. It is no contact: nobody has spoken to the customer. DomainError where there is no address.
    """
    recipients = recipients_of(session, customer, Channel.EMAIL)
    if not recipients:
        raise DomainError.of("no_address", _("The customer has no e-mail address."))
    (address, label), writer = recipients[0], session.find(User, customer.owner_id)
    values = _values(session, customer, writer)
    message = queue_message(
        session,
        channel=Channel.EMAIL,
        recipient=address,
        recipient_name=customer.full_name if address == customer.email else "",
        subject=merge_line(choice.wording.subject, values),
        body=merge(choice.wording.body, values),
        key=once,
        template=_template_of(choice.value),
        reply_to=writer.email if writer and writer.email and has_mail_address(writer.email) else "",
        about=customer,
        url=f"{CUSTOMERS_PATH}/{customer.id}",
    )
    told = {"recipient": [None, message.recipient], "text": [None, message.title]}
    record(session, WAYS[Channel.EMAIL].action, entity="customer", entity_id=customer.id, changes=told)
    return label


def list_messages(session: ActorSession, customer: Customer) -> Sequence[Message]:
    """What was sent to a customer, newest first; whoever sees him sees that."""
    query = select(Message).where(Message.entity == Customer.__tablename__, Message.entity_id == customer.id)
    return session.scalars(query.order_by(Message.id.desc()).limit(LISTED)).all()


def count_messages(customer: Customer) -> Select[int]:
    """How many that were, for the number on the tab."""
    query = select(func.count(Message.id))
    return query.where(Message.entity == Customer.__tablename__, Message.entity_id == customer.id)


@messaging_views.route(
    "/customers/<uuid:id>/email", methods=("GET", "POST"), permission="customer.send_email", endpoint="email_to"
)
def email_to(id: UUID) -> ResponseReturnValue:
    """Write an e-mail to a customer; ``?text=`` a template to begin with (CUS-033, CUS-049)."""
    return _write(id, WAYS[Channel.EMAIL])


@messaging_views.route(
    "/customers/<uuid:id>/sms", methods=("GET", "POST"), permission="customer.send_sms", endpoint="sms_to"
)
def sms_to(id: UUID) -> ResponseReturnValue:
    """Write an SMS to a customer (CUS-033, CUS-050)."""
    return _write(id, WAYS[Channel.SMS])


def _write(id: UUID, way: Way) -> ResponseReturnValue:
    if not can_send(way.channel):
        abort(404)
    session = current_session()
    customer = session.need(Customer, id)
    recipients = recipients_of(session, customer, way.channel)
    if request.method == "GET":
        return _page(session, customer, way, _begun(session, customer, way, recipients), recipients)
    form = _form(way, recipients)
    try:
        if form.validate():
            data = {name: form[name].data or "" for name in ("recipient", "body", "once")}
            subject = form.subject.data or "" if "subject" in form else ""
            text = request.form.get("text", "")[:120]
            send_to_customer(session, customer, way.channel, subject=subject, template=_template_of(text), **data)
            toast(str(way.done) % {"name": customer.full_name})
            return redirect_to(url_for("customer.customers_detail", id=id))
    except DomainError as refused:
        session.rollback()
        customer = session.need(Customer, id)
        form.refuse(refused)
    return _page(session, customer, way, form, recipients), 422


def _template_of(text: str) -> str:
    """The key, or the id of the tenant's own text, that a choice of the form names; kept with the message."""
    return text.partition(":")[2]


def _begun(session: ActorSession, customer: Customer, way: Way, recipients: list[tuple[str, str]]) -> LetterForm:
    """The form with the chosen template's text, filled in for this customer; a text is chosen by ``?text=``."""
    data: dict[str, Any] = {"once": str(uuid4())}
    wanted = request.args.get("text", "")
    for choice in _choices(session, way):
        if choice.value == wanted:
            values = values_for(session, customer)
            data["subject"] = merge_line(choice.wording.subject, values)
            data["body"] = merge(choice.wording.body, values)
    return _form(way, recipients, data)


def _form(way: Way, recipients: list[tuple[str, str]], data: dict[str, Any] | None = None) -> LetterForm:
    form = LetterForm() if data is None else LetterForm(formdata=None, data=data)
    form.recipient.offer(recipients)
    if way.channel not in HAS_SUBJECT:
        del form.subject
    return form


def _choices(session: ActorSession, way: Way) -> list[Any]:
    own = [each for each in list_templates(session) if each.key in ("customer.email", "customer.sms")]
    return list_choices(session, [each for each in own if each.channel == way.channel])


def _page(
    session: ActorSession, customer: Customer, way: Way, form: LetterForm, recipients: list[tuple[str, str]]
) -> str:
    return render(
        "customer/message.html",
        customer=customer,
        form=form,
        title=way.title,
        channel=way.channel,
        choices=_choices(session, way),
        text=request.values.get("text", ""),
        recipients=recipients,
        most=MAX_BODY[way.channel],
        action=request.path,
    )
