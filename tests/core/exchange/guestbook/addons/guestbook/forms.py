"""The form of a guest."""

from __future__ import annotations

from addons.guestbook.models import Source
from sqlalchemy import select

from core.kernel import current_session
from core.web.forms import (
    BooleanField,
    ChoiceField,
    DateField,
    Form,
    Length,
    MoneyField,
    Optional,
    PhoneField,
    Required,
    StringField,
    as_uuid,
)

LEVELS = {"gold": "Vàng", "silver": "Bạc"}


def list_sources() -> list[tuple[object, str]]:
    return [(row[0], row[1]) for row in current_session().execute(select(Source.id, Source.name))]


class GuestForm(Form):
    name = StringField("Name", [Required(), Length(max=80)])
    code = StringField("Code", [Optional()])
    phone = PhoneField("Phone")
    birthday = DateField("Birthday")
    budget = MoneyField("Budget")
    level = ChoiceField("Level", choices=list(LEVELS.items()), blank="None")
    is_member = BooleanField("Member")
    note = StringField("Note")
    source_id = ChoiceField("Source", choices=list_sources, blank="None", coerce=as_uuid)
