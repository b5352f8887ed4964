"""The form of a customer, and the short ones of its actions. What is wrong is judged by the services."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import wtforms
from flask import url_for

from addons.customer import ownership, sharing
from addons.customer.checking import MAX_CONTACTS
from addons.customer.duplicates import Duplicate, DuplicateWarning
from addons.customer.grouping import GroupChange
from addons.customer.models import TONES, CustomerGroup, CustomerRelationship, CustomerSource, CustomerType
from addons.customer.names import SALUTATIONS
from addons.customer.queries import Entry, list_entries
from addons.customer.referrers import find_referrer_by_code
from addons.customer.sharing import ShareChange
from core.db import ActorSession
from core.errors import DomainError
from core.i18n import translator
from core.kernel import current_session
from core.phone import format_phone
from core.settings import setting
from core.text import clean
from core.web.forms import (
    BooleanField,
    ChoiceField,
    ChoicesField,
    DateField,
    FieldList,
    Form,
    FormField,
    IntegerField,
    Optional,
    StringField,
    SubForm,
    TextAreaField,
    UserField,
    as_uuid,
)
from core.web.people_field import PeopleField

_ = translator(__name__)

TONE_NAMES = {
    "green": _("Green"),
    "teal": _("Teal"),
    "blue": _("Blue"),
    "violet": _("Violet"),
    "amber": _("Amber"),
    "orange": _("Orange"),
    "red": _("Red"),
    "grey": _("Grey"),
}
assert TONE_NAMES.keys() == set(TONES)

REQUIRED_BY_SETTING = {
    "source_id": "customer.source_required",
    "group_ids": "customer.group_required",
    "relationship_id": "customer.relationship_required",
}

REFERRER_SOURCES = (("customer", _("Customer data")), ("user", _("User data")))
"""The two sources that the arrow of the referrer opens (CUS-004)."""


class TypedPhoneField(StringField):  # type: ignore[misc]
    """A telephone number as it was typed: the service keeps that spelling beside the number itself."""

    ui = "phone"

    def _value(self) -> str:
        text = self.data or ""
        return format_phone(text) if text.startswith("+84") else str(text)


class RadioField(ChoiceField):
    """One of a few values, all in sight."""

    ui = "radios"


class ReferrerField(wtforms.Field):  # type: ignore[misc]
    """Who referred the customer: ``customer:<id>`` or ``user:<id>``, chosen from the source that stands in another field."""

    ui = "picker"
    widget = wtforms.widgets.TextInput()
    picker_attrs = {"data-depends": "referrer_source"}
    data: Any

    def __init__(self, label: object = None, validators: Any = None, **options: Any) -> None:
        super().__init__(label, validators, **options)
        self.text = ""

    @property
    def url(self) -> str:
        """Where the options come from; ``without`` is the customer himself."""
        return url_for("customer.referrers", without=getattr(self, "customer_id", None))

    def process(self, formdata: Any, data: Any = wtforms.utils.unset_value, extra_filters: Any = None) -> None:
        super().process(formdata, data, extra_filters)
        if formdata is not None:
            self.text = clean(formdata.get(f"{self.name}_text", ""))
            if not self.data and self.text:
                self.data = self._by_code()

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = valuelist[0] if valuelist else ""

    def _value(self) -> str:
        return str(self.data or "")

    def _by_code(self) -> str:
        """Without scripts a customer's code is typed; anything else must be chosen."""
        found = find_referrer_by_code(current_session(), self.text)
        return f"customer:{found}" if found else "unknown:"

    def chosen_ids(self) -> tuple[UUID | None, UUID | None]:
        """(customer, user), one of them or none. ValueError for what is no choice."""
        if not self.data:
            return None, None
        kind, _colon, id = str(self.data).partition(":")
        if kind not in {"customer", "user"}:
            raise ValueError(kind)
        return (UUID(id), None) if kind == "customer" else (None, UUID(id))


class ContactForm(SubForm):
    """A contact (CUS-015)."""

    id = wtforms.HiddenField()
    name = StringField(_("Contact's name"))
    position = StringField(_("Position"))
    phone = TypedPhoneField(_("Phone"))
    email = StringField(_("E-mail"), render_kw={"type": "email"})
    birthday = DateField(_("Birthday"))
    note = StringField(_("Note"))
    is_main = BooleanField(_("Main contact"))


class CustomerForm(Form):
    """New customer, and the same fields when editing (CUS-001 to CUS-016)."""

    referrer_source = RadioField(_("Referrer from"), choices=REFERRER_SOURCES, default="customer")
    referrer = ReferrerField(_("Referrer"))
    code = StringField(_("Customer code"), description=_("Leave it empty and the system gives one."))
    salutation = ChoiceField(_("Salutation"), choices=[(each, each) for each in SALUTATIONS], blank="—")
    name = StringField(
        _("Customer name"),
        description=_("Family and given name in full, no nickname: e-mails and messages address the customer by it."),
    )
    owner_id = UserField(_("Person in charge"))
    source_id = ChoiceField(_("Source"), coerce=as_uuid, blank=_("Choose a source"))
    group_ids = ChoicesField(_("Groups"), coerce=as_uuid)
    relationship_id = ChoiceField(_("Relationship"), coerce=as_uuid, blank=_("Choose a relationship"))
    phone = TypedPhoneField(_("Phone"))
    phone2 = TypedPhoneField(_("Second phone"))
    email = StringField(_("E-mail"), render_kw={"type": "email", "inputmode": "email"})
    website = StringField(_("Website"), render_kw={"inputmode": "url"})
    tax_code = StringField(_("Tax code"), render_kw={"inputmode": "numeric"})
    address = StringField(_("House number, street"))
    ward = StringField(_("Ward, commune"))
    district = StringField(_("District"), description=_("Only for addresses from before 01/07/2025."))
    province = StringField(_("Province, city"), render_kw={"list": "provinces"})
    birthday = DateField(_("Birthday"))
    note = TextAreaField(_("Note"))
    contacts = FieldList(FormField(ContactForm), _("Contacts"), max_entries=MAX_CONTACTS)
    confirm = BooleanField(_("Save all the same: this is another customer"))

    duplicates: tuple[Duplicate, ...] = ()

    def prepare(self, session: ActorSession, record: Any) -> None:
        """Offer what can be chosen now, with what the record still has; mark what the settings require."""
        groups = self.group_ids.data or []
        self._offer(session, "source_id", CustomerSource)
        self._offer(session, "relationship_id", CustomerRelationship)
        self.group_ids.offer(_groups(session, groups))
        if self.salutation.data and self.salutation.data not in SALUTATIONS:
            self.salutation.offer([(each, each) for each in (*SALUTATIONS, self.salutation.data)])
        self.name.flags.required = True
        for name, key in REQUIRED_BY_SETTING.items():
            if name in self:
                self[name].flags.required = setting(key)
        self.referrer.customer_id = record.id if record else None
        if record is not None and self.referrer.data == referrer_value(record):
            self.referrer.text = record.referrer_label or ""

    def fields(self) -> dict[str, Any]:
        """What the services take."""
        values = {
            name: self[name].data
            for name in ("code", "salutation", "name", "owner_id", "source_id", "relationship_id", "phone", "phone2",
                         "email", "website", "tax_code", "address", "ward", "district", "province", "birthday", "note")
            if name in self
        }  # fmt: skip
        values["group_ids"] = list(self.group_ids.data or [])
        values["contacts"] = [{**entry.data, "id": _id(entry.data.get("id"))} for entry in self.contacts]
        values["referrer_customer_id"], values["referrer_user_id"] = self.referrer.chosen_ids()
        return values

    def refuse(self, error: DomainError) -> None:
        """Duplicates are no mistake: the form names them and offers to save all the same (CUS-017)."""
        if isinstance(error, DuplicateWarning):
            self.duplicates = error.duplicates
        else:
            super().refuse(error)

    def validate_referrer(self, field: Any) -> None:
        """Only what was chosen from one of the two sources."""
        try:
            field.chosen_ids()
        except ValueError:
            raise wtforms.ValidationError(str(_("Choose the referrer from the list."))) from None

    def _offer(self, session: ActorSession, name: str, model: type[Entry]) -> None:
        if name in self:  # what the user may not change is not in his form
            self[name].offer(_named(session, model, [self[name].data]))


def referrer_value(customer: Any) -> str:
    """The referrer of a customer as the form sends it."""
    if customer.referrer_customer_id:
        return f"customer:{customer.referrer_customer_id}"
    return f"user:{customer.referrer_user_id}" if customer.referrer_user_id else ""


def _named(session: ActorSession, model: type[Entry], keep: Iterable[Any]) -> list[tuple[UUID, str]]:
    return [(entry.id, entry.name) for entry in list_entries(session, model, keep=keep)]


def _groups(session: ActorSession, keep: Iterable[UUID]) -> list[tuple[UUID, str]]:
    """The groups with their type before them, in the order of the types: ``Khu vực: Miền Bắc``."""
    types: dict[UUID | None, tuple[int, str]] = {
        entry.id: (at, entry.name) for at, entry in enumerate(list_entries(session, CustomerType))
    }
    entries = list_entries(session, CustomerGroup, keep=keep)
    ordered = sorted(entries, key=lambda entry: types.get(entry.type_id, (-1, ""))[0])
    return [
        (entry.id, f"{types[entry.type_id][1]}: {entry.name}" if entry.type_id in types else entry.name)
        for entry in ordered
    ]


def _id(text: Any) -> UUID | None:
    try:
        return UUID(str(text)) if text else None
    except ValueError:
        return None


def offered_relationships() -> list[tuple[UUID, str]]:
    """The relationships that can be chosen now."""
    return _named(current_session(), CustomerRelationship, ())


def offered_types() -> list[tuple[UUID, str]]:
    """The types that can be chosen now."""
    return _named(current_session(), CustomerType, ())


class RelationshipForm(Form):
    """Change relationship (Đổi mối quan hệ), of one customer or of several."""

    relationship_id = ChoiceField(_("Relationship"), choices=offered_relationships, coerce=as_uuid)


class GroupsForm(Form):
    """Change groups (Chuyển nhóm khách hàng) of several customers, GRP-03."""

    option = RadioField(
        _("Option"),
        choices=(
            (GroupChange.MOVE, _("Move: the ticked groups take the place of those of the same type")),
            (GroupChange.ADD, _("Add: the present groups stay")),
            (GroupChange.REMOVE, _("Remove the ticked groups")),
        ),
        default=GroupChange.MOVE,
        coerce=GroupChange,
    )
    group_ids = ChoicesField(_("Groups"), choices=lambda: _groups(current_session(), ()), coerce=as_uuid)
    replace_all = BooleanField(_("When moving, take the place of all groups, whatever their type"))


class ShareForm(Form):
    """Share customers (Chia sẻ khách hàng), SHR-04 to SHR-07."""

    people = PeopleField(
        _("Share with"),
        description=_("A department means the people who are in it now; who joins later is not included."),
    )
    boxes = ChoicesField(_("What they may see"), choices=lambda: sharing.offered_boxes(current_session()))
    option = RadioField(
        _("Option"),
        choices=(
            (ShareChange.ADD, _("Add share: others keep theirs")),
            (ShareChange.TRANSFER, _("Transfer share: these people instead of all others")),
            (ShareChange.REMOVE, _("Remove share from these people")),
        ),
        default=ShareChange.ADD,
        coerce=ShareChange,
    )


class HandoverForm(Form):
    """Change the owner (Chuyển chủ sở hữu) of one customer or several, OWN-03 to OWN-12."""

    people = PeopleField(_("New person in charge"))
    split = BooleanField(
        _("Split evenly"),
        description=_(
            "Customers are dealt out one by one, from the top of the list of people to the bottom, and again."
        ),
    )
    boxes = ChoicesField(
        _("Pass on"),
        choices=lambda: ownership.offered_boxes(current_session()),
        description=_("What is not ticked stays with the person who has it now."),
    )
    end_shares = BooleanField(_("End the present shares"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if not self.boxes.choices:
            del self.boxes


class OwnerForm(Form):
    """Change the person in charge of one customer, short form (CUS-030); empty means nobody."""

    owner_id = UserField(_("Person in charge"), description=_("Leave it empty and nobody is in charge."))
    boxes = ChoicesField(
        _("Pass on"),
        choices=lambda: ownership.offered_boxes(current_session()),
        default=lambda: [key for key, _label in ownership.offered_boxes(current_session())],
        description=_("What is not ticked stays with the person who has it now."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if not self.boxes.choices:
            del self.boxes


class FeedbackForm(Form):
    """What a customer says of us, on the public page (CUS-052). What is wrong is judged by the service."""

    stars = RadioField(_("How satisfied are you?"), choices=[(n, n) for n in range(1, 6)], coerce=int)
    body = TextAreaField(_("What was good, what can be better?"))

    def prepare(self) -> None:
        """Stars are required."""
        self.stars.flags.required = True


class EntryForm(Form):
    """An entry of a catalogue."""

    name = StringField(_("Name"))
    position = IntegerField(_("Order"), [Optional()], description=_("Small numbers come first."))
    is_active = BooleanField(_("Offered"), default=True, description=_("An entry that is off stays where it is used."))

    def prepare(self, session: ActorSession, record: Any) -> None:
        """Mark what is required."""
        self.name.flags.required = True


class ToneForm(EntryForm):
    """A relationship, with the colour of its badge."""

    tone = ChoiceField(_("Colour"), choices=[(tone, TONE_NAMES[tone]) for tone in TONES], default="grey")
    forget_days = IntegerField(
        _("Don't forget after (days)"), description=_("Empty: as for all customers, under Settings.")
    )


class GroupForm(EntryForm):
    """A group, with the dimension it is a value of."""

    type_id = ChoiceField(_("Type"), choices=offered_types, coerce=as_uuid, blank=_("Without type"))
