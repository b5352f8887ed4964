"""Customers for automation rules (SYS-16): what is watched, counted from and changed, who is told, how one writes to them."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import func, select

from addons.automation.contributions import (
    Automatable,
    RuleField,
    RuleLetters,
    RuleMoment,
    RulePerson,
    automatables,
)
from addons.customer.messaging import send_by_rule
from addons.customer.models import Customer, CustomerRelationship, CustomerSource
from addons.customer.ownership import hand_over
from addons.customer.queries import list_all_entries
from addons.customer.services import change_relationship
from core.access.models import User
from core.contributions import contributes
from core.db import ActorSession
from core.i18n import translator

_ = translator(__name__)

E = TypeVar("E", CustomerRelationship, CustomerSource)


def _entries(model: type[E]) -> Any:
    return lambda session: [(entry.id, entry.name) for entry in list_all_entries(session, model)]


def _people(session: ActorSession) -> list[tuple[Any, str]]:
    query = select(User.id, User.name).where(User.is_active).order_by(User.sort_name, User.id)
    return [(row[0], row[1]) for row in session.execute(query)]


def _set_relationship(session: ActorSession, customer: Customer, value: Any) -> None:
    change_relationship(session, [customer.id], value)


def _set_owner(session: ActorSession, customer: Customer, value: Any) -> None:
    hand_over(session, [customer.id], [value])


@contributes(automatables)
def customers() -> Automatable:
    return Automatable(
        "customer.customers",
        fields=(
            RuleField("relationship_id", _("Relationship"), _entries(CustomerRelationship), _set_relationship),
            RuleField("source_id", _("Source"), _entries(CustomerSource)),
            RuleField("owner_id", _("Person in charge"), _people, _set_owner),
            RuleField("province", _("Province, city")),
            RuleField("phone", _("Phone")),
            RuleField("email", _("E-mail")),
        ),
        moments=(
            RuleMoment("last_contact", _("Last contact"), func.coalesce(Customer.last_contact_at, Customer.created_at)),
            RuleMoment("created", _("Created"), Customer.created_at),
            RuleMoment("birthday", _("Birthday"), Customer.birthday, is_yearly=True),
        ),
        people=(
            RulePerson("owner", _("Person in charge"), lambda customer: customer.owner_id),
            RulePerson("creator", _("Entered by"), lambda customer: customer.created_by_id),
        ),
        letters=RuleLetters(("customer.email",), send_by_rule),
        without=frozenset({"unread"}),
    )
