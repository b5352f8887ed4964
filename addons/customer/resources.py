"""What staff see of customers and their catalogues."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from flask import request, url_for
from sqlalchemy import ColumnElement, Select, func, select

from addons.customer import catalogues, exchange, feedback, messaging, services
from addons.customer.bulk import (
    activate,
    deactivate,
    delete_several,
    give_away,
    place_in_tier,
    preview_giving,
    put_into_relationship,
    regroup,
    share,
)
from addons.customer.checking import clean_customer, hints
from addons.customer.contributions import DeleteReason
from addons.customer.duplicates import Duplicate, find_duplicates
from addons.customer.filters import ForgottenFilter, UnreadFilter
from addons.customer.forms import (
    TONE_NAMES,
    CustomerForm,
    EntryForm,
    GroupForm,
    GroupsForm,
    HandoverForm,
    RelationshipForm,
    ShareForm,
    ToneForm,
    referrer_value,
)
from addons.customer.merging.services import find_survivor, may_merge
from addons.customer.merging.undoing import can_undo_merge
from addons.customer.models import (
    TONES,
    Customer,
    CustomerContact,
    CustomerGroup,
    CustomerGroupMember,
    CustomerHandover,
    CustomerMerge,
    CustomerRelationship,
    CustomerShare,
    CustomerSource,
    CustomerTier,
    CustomerType,
)
from addons.customer.ownership import can_undo
from addons.customer.provinces import PROVINCES
from addons.customer.queries import (
    find_referrer,
    list_all_entries,
    list_contacts,
    list_groups_of,
    list_handed_over,
    list_referred,
)
from addons.customer.sharing import ShareChange, list_viewers, may_share, share_customers
from addons.customer.tiers import catalogue as tiers
from addons.customer.tiers import pages as tier_pages
from addons.customer.tiers.forms import BASIS_NAMES, PlaceForm, TierForm, tier_options
from addons.customer.tiers.placing import PLACED, is_automatic
from addons.customer.tiers.rules import Basis
from addons.customer.type_deletion import Doomed, delete_type, may_delete_customers, read_doomed, restore_type
from core.api.requests import is_api
from core.audit import Recorded
from core.db import Actor, ActorSession
from core.discussion.documents import documents_tab
from core.discussion.models import Comment
from core.discussion.subjects import Discussed
from core.errors import DomainError
from core.exchange.fields import ImportOptions
from core.i18n import translator
from core.kernel import current_session
from core.messages.channels import CHANNELS
from core.messages.models import Message
from core.messages.resources import STATES
from core.messages.resources import TONES as TONES_OF_STATES
from core.phone import format_phone
from core.resources import (
    Action,
    Api,
    Board,
    BooleanFilter,
    BulkAction,
    ChoiceFilter,
    Column,
    DetailTab,
    Fact,
    Hint,
    PeriodFilter,
    Permissions,
    Picker,
    Resource,
    Sent,
    Stage,
    Tab,
    UserFilter,
)
from core.settings import setting
from core.web import toast
from core.web.routes import Route

_ = translator(__name__)

FIELD_NAMES = {
    "code": _("Customer code"),
    "salutation": _("Salutation"),
    "name": _("Customer name"),
    "phone": _("Phone"),
    "phone2": _("Second phone"),
    "email": _("E-mail"),
    "website": _("Website"),
    "tax_code": _("Tax code"),
    "address": _("House number, street"),
    "ward": _("Ward, commune"),
    "district": _("District"),
    "province": _("Province, city"),
    "birthday": _("Birthday"),
    "note": _("Note"),
    "is_active": _("Active"),
    "source_id": _("Source"),
    "relationship_id": _("Relationship"),
    "owner_id": _("Person in charge"),
    "tier": _("Tier"),
    "tier_kept": _("Tier kept by hand"),
    "tier_reason": _("Reason"),
    "referrer_label": _("Referrer"),
    "groups": _("Groups"),
    "shares": _("Shared with"),
}
"""The fields of the record of changes (CUS-036)."""

E = TypeVar("E", CustomerSource, CustomerRelationship, CustomerType, CustomerGroup)


def _mine(actor: Actor) -> ColumnElement[bool]:
    return Customer.owner_id == actor.user_id


def _unassigned(actor: Actor) -> ColumnElement[bool]:
    return Customer.owner_id.is_(None)


def _options(model: type[E]) -> Any:
    return lambda session: [(entry.id, entry.name) for entry in list_all_entries(session, model)]


def _in_groups(ids: Sequence[UUID]) -> ColumnElement[bool]:
    return Customer.id.in_(select(CustomerGroupMember.customer_id).where(CustomerGroupMember.group_id.in_(list(ids))))


def _has_phone(has: bool) -> ColumnElement[bool]:
    return Customer.phone.is_not(None) if has else Customer.phone.is_(None)


def _count_contacts(session: ActorSession, customer: Customer) -> Select[int]:
    return select(func.count(CustomerContact.id)).where(CustomerContact.customer_id == customer.id)


def _count_referred(session: ActorSession, customer: Customer) -> Select[int]:
    return select(func.count(Customer.id)).where(Customer.referrer_customer_id == customer.id)


def _shared(actor: Actor) -> ColumnElement[bool]:
    return Customer.id.in_(select(CustomerShare.customer_id).where(CustomerShare.user_id == actor.user_id))


def _relationship_stages(session: ActorSession) -> list[Stage]:
    """A column for each relationship, also those no longer offered, and one for customers without (CUS-059, CUS-060)."""
    entries = list_all_entries(session, CustomerRelationship)
    stages = [Stage(each.id, each.name, each.tone, is_open=each.is_active) for each in entries]
    return [*stages, Stage(None, _("Without relationship"), is_open=False)]


def _move(session: ActorSession, customer: Customer, relationship_id: UUID) -> None:
    for refused in services.change_relationship(session, [customer.id], relationship_id).skipped:
        raise DomainError.of("refused", refused.reason)


class Customers(Resource[Customer]):
    """The customer data store (Kho dữ liệu khách hàng)."""

    model = Customer
    name = "customers"
    title = _("Customers")
    one = _("customer")
    icon = "users"
    found_everywhere = True
    permissions = Permissions("customer")
    columns = (
        Column(
            "name", _("Customer name"), kind="title", subtitle=("code", "phone"), organisation="is_company", sort=True
        ),
        Column("relationship.name", _("Relationship"), kind="tag", tone="relationship.tone"),
        Column("tier.name", _("Tier"), kind="flat", tone="violet", wide="2xl"),
        Column("source.name", _("Source"), wide="3xl"),
        Column("province", _("Province, city"), sort=True, wide="3xl"),
        Column("owner.name", _("Person in charge"), kind="person", wide="2xl"),
        Column("last_contact_at", _("Last contact"), sort=True, wide="xl"),
        Column("created_at", _("Created"), sort=True, wide="xl"),
    )
    tabs = (
        Tab("all", _("All")),
        Tab("mine", _("Mine"), where=_mine),
        Tab("shared", _("Shared with me"), where=_shared),
        Tab("unassigned", _("Nobody in charge"), where=_unassigned),
    )
    filters = (
        ChoiceFilter(
            "relationship",
            _("Relationship"),
            Customer.relationship_id,
            options=_options(CustomerRelationship),
            several=True,
            empty=_("Without relationship"),
        ),
        ChoiceFilter(
            "source",
            _("Source"),
            Customer.source_id,
            options=_options(CustomerSource),
            several=True,
            empty=_("Without source"),
        ),
        ChoiceFilter("tier", _("Tier"), Customer.tier_id, options=tier_options, several=True, empty=_("Without tier")),
        ChoiceFilter("group", _("Group"), where=_in_groups, options=_options(CustomerGroup), several=True),
        UserFilter("owner", _("Person in charge"), Customer.owner_id, empty=_("Nobody")),
        ChoiceFilter(
            "province",
            _("Province, city"),
            Customer.province,
            options=[(each, each) for each in PROVINCES],
            several=True,
            empty=_("Without province"),
        ),
        PeriodFilter("created", _("Created"), Customer.created_at),
        UserFilter("creator", _("Entered by"), Customer.created_by_id, empty=_("The system")),
        ForgottenFilter("forgotten", _("Contact"), yes=_("Don't forget"), no=_("In time")),
        UnreadFilter("unread", _("Comments"), yes=_("Newly updated"), no=_("All read")),
        BooleanFilter("active", _("Customer state"), Customer.is_active, yes=_("Active"), no=_("Inactive")),
        BooleanFilter("phone", _("Phone"), where=_has_phone, yes=_("Has a phone"), no=_("Has none")),
    )
    default_sort = "-created_at"
    empty_text = _("Enter the first customer, or take over a list from Excel.")
    board = Board(
        "relationship_id",
        stages=_relationship_stages,
        move=_move,
        permission="customer.change_relationship",
        card=("owner.name", "last_contact_at"),
    )
    bulk_actions = (
        BulkAction(
            "relationship",
            _("Change relationship"),
            put_into_relationship,
            "customer.change_relationship",
            icon="heart-handshake",
            form=RelationshipForm,
        ),
        BulkAction("groups", _("Change groups"), regroup, "customer.edit", icon="tags", form=GroupsForm),
        BulkAction("tier", _("Change tier"), place_in_tier, "customer.change_tier", icon="award", form=PlaceForm),
        BulkAction("share", _("Share customers"), share, "customer.read", icon="share", form=ShareForm),
        BulkAction(
            "owner",
            _("Change the owner"),
            give_away,
            "customer.read",
            icon="transfer",
            form=HandoverForm,
            preview=preview_giving,
            whole=True,
        ),
        BulkAction.opening("merge", _("Merge"), "customer.merge", "customer.delete", icon="arrows-join"),
        BulkAction("activate", _("Activate"), activate, "customer.edit", icon="player-play"),
        BulkAction("deactivate", _("Deactivate"), deactivate, "customer.edit", icon="player-pause"),
        BulkAction("delete", _("Delete"), delete_several, "customer.delete", icon="trash", danger=True),
    )
    tags = (
        Fact("relationship.name", kind="tag", tone="relationship.tone"),
        Fact("tier.name", _("Tier"), kind="flat", tone="violet"),
    )
    contacts = (
        Fact("phone", icon="phone"),
        Fact("email", kind="email", icon="mail"),
        Fact("full_address", kind="text", icon="map-pin"),
        Fact("owner.name", _("Person in charge"), kind="person"),
    )
    facts = (
        Fact("code", _("Customer code"), kind="code"),
        Fact("phone2", _("Second phone")),
        Fact("tax_code", _("Tax code"), kind="code"),
        Fact("website", _("Website"), kind="link"),
        Fact("source.name", _("Source")),
        Fact("group_names", _("Groups"), kind="text"),
        Fact("referrer_label", _("Referrer")),
        Fact("birthday", _("Birthday")),
        Fact("last_contact_at", _("Last contact")),
        Fact("created_at", _("Created")),
        Fact("is_active", _("Active")),
        Fact("note", _("Note")),
    )
    actions = (
        Action(_("Change relationship"), "customer.relationship_of", icon="heart-handshake", dialog=True),
        Action(_("Change person in charge"), "customer.owner_of", icon="user-check", dialog=True),
        Action(_("Change tier"), "customer.tier_of", icon="award", dialog=True, place="menu"),
        Action(
            _("Activate"),
            "customer.switch_of",
            icon="player-play",
            post=True,
            place="menu",
            when=lambda customer: not customer.is_active,
        ),
        Action(
            _("Deactivate"),
            "customer.switch_of",
            icon="player-pause",
            post=True,
            place="menu",
            when=lambda customer: customer.is_active,
        ),
        Action(_("Contacted just now"), "customer.contacted_of", icon="phone-check", post=True, place="menu"),
        Action(_("Share customer"), "customer.share_of", icon="share", dialog=True, place="menu"),
        Action(_("Change the owner"), "customer.handover_of", icon="transfer", dialog=True, place="menu"),
        Action(
            _("Merge with another customer"),
            "customer.merge_of",
            icon="arrows-join",
            dialog=True,
            place="menu",
            when=lambda customer: may_merge(current_session()),
        ),
        *messaging.ACTIONS,
    )
    detail_tabs = (
        DetailTab(
            "contacts",
            _("Contacts"),
            "customer/contacts.html",
            context=lambda session, customer: {
                "contacts": list_contacts(session, customer.id),
                "format_phone": format_phone,
            },
            count=_count_contacts,
            order=10,
        ),
        documents_tab(order=30),
        DetailTab(
            "feedback",
            _("Feedback"),
            "customer/feedback.html",
            context=lambda session, customer: {
                "answers": feedback.list_feedback(session, customer.id),
                "links": feedback.list_open_links(session, customer.id),
            },
            count=feedback.count_feedback,
            order=80,
        ),
        DetailTab(
            "referrer",
            _("Referrer"),
            "customer/referrer.html",
            context=lambda session, customer: {
                "referrer": find_referrer(session, customer),
                "referred": list_referred(session, customer.id),
            },
            count=_count_referred,
            order=90,
        ),
        DetailTab("tier", _("Tier"), "customer/tier_tab.html", context=tier_pages.tab_of, order=105),
        DetailTab(
            "viewers",
            _("Viewers"),
            "customer/viewers.html",
            context=lambda session, customer: {"viewers": list_viewers(session, customer)},
            order=110,
        ),
        DetailTab(
            "messages",
            _("Messages"),
            "customer/messages.html",
            context=lambda session, customer: {
                "messages": messaging.list_messages(session, customer),
                "states": STATES,
                "tones": TONES_OF_STATES,
            },
            count=lambda session, customer: messaging.count_messages(customer),
            order=100,
        ),
    )
    discussion = True
    exchange = exchange.FIELDS
    exchange_key = "code"
    import_in_batches = True
    picker = Picker(hint=("code", "phone"))
    api = Api(fields=("salutation", "address", "ward", "district"), hidden=frozenset({"referrer_source"}))
    form = CustomerForm
    inline = ("name", "code", "phone", "phone2", "email", "website", "tax_code")
    provinces = PROVINCES
    template_form = "customer/customers_form.html"
    template_delete = "customer/customers_delete.html"

    def create(self, session: ActorSession, form: Any) -> Customer:
        return services.create_customer(session, confirm=bool(form.confirm.data), **form.fields())

    def update(self, session: ActorSession, record: Customer, form: Any) -> None:
        services.update_customer(session, record, confirm=bool(form.confirm.data), **form.fields())

    def delete(self, session: ActorSession, record: Customer) -> None:
        services.delete_customer(session, record, confirm=True)  # the question has named what hangs on the customer

    def import_context(self, session: ActorSession, rows: Sequence[Mapping[str, Any]], options: ImportOptions) -> Any:
        return exchange.load_known(session, rows)

    def import_row(
        self, session: ActorSession, values: Mapping[str, Any], *, existing: Customer | None, options: ImportOptions
    ) -> Customer:
        return exchange.store_row(session, values, existing=existing, options=options)

    def make_form(self, session: ActorSession, record: Customer | None, *, sent: Sent = True) -> Any:
        form = super().make_form(session, record, sent=sent)
        if record is not None and not session.actor.can("customer.change_relationship"):
            del form.relationship_id
        if record is not None and not services.may_change_owner(session, record):
            del form.owner_id
        form.prepare(session, record)
        return form

    def form_data(self, session: ActorSession, record: Customer | None) -> Mapping[str, Any]:
        if record is None:
            return {"owner_id": session.actor.user_id}
        contacts = [
            {
                name: getattr(contact, name)
                for name in ("id", "name", "position", "phone", "email", "birthday", "note", "is_main")
            }
            for contact in list_contacts(session, record.id)
        ]
        return {
            "contacts": contacts,
            "group_ids": [group.id for group in list_groups_of(session, record.id)],
            "referrer": referrer_value(record),
            "referrer_source": "user" if record.referrer_user_id else "customer",
        }

    def hint(self, session: ActorSession, form: Any, name: str, record_id: UUID | None) -> Hint | None:
        """What looks odd about the field, and the customers that have the same (CUS-008, CUS-014, CUS-017)."""
        values = clean_customer({"salutation": form.salutation.data, name: form[name].data}, [])
        found: tuple[Duplicate, ...] = ()
        if not form.duplicates:  # the warning on top of a refused form has named them
            found = find_duplicates(
                session,
                phones=(values.get("phone"), values.get("phone2")),
                email=values.get("email"),
                tax_code=values.get("tax_code"),
                exclude=record_id,
            )
        texts = [str(problem.message) for problem in hints(values) if problem.field == name]
        texts += [str(each) for each in found if each.id is None]
        known = [each for each in found if each.id is not None]
        if known:
            texts.append(str(_.n("1 customer has this already:", "%(n)s customers have this already:", len(known))))
        links = [(f"{each.name} · {each.code}", url_for("customer.customers_detail", id=each.id)) for each in known]
        return Hint(" ".join(texts), links) if texts else None

    def moved_to(self, session: ActorSession, id: UUID) -> UUID | None:
        return find_survivor(session, id)

    def url_after_creation(self, id: UUID) -> str:
        other = request.form.get("merge_with", type=UUID)
        return url_for("customer.merge", ids=[other, id]) if other and self.may_merge() else ""

    def may_merge(self) -> bool:
        """Whether the form offers to merge with a duplicate."""
        return may_merge(current_session())

    def delete_reasons(self, record: Customer) -> list[DeleteReason]:
        """What hangs on the customer, for the question before deleting."""
        return services.delete_reasons(current_session(), [record.id]).get(record.id, [])

    def title_of(self, record: Customer) -> str:
        return record.full_name


discussed = Discussed(
    Customer,
    read="customer.read",
    comment="customer.comment",
    endpoint="customer.customers_detail",
    title=lambda customer: customer.full_name,
    labels=FIELD_NAMES,
    may_comment=services.may_comment,
    may_show=lambda session, customer: may_share(session, customer.owner_id),
    show_to=lambda session, customer, ids: share_customers(session, [customer.id], ShareChange.ADD, ids),
)
"""The discussion beside a customer (CUS-020 to CUS-036)."""


recorded = Recorded(
    "customer",
    labels={
        "query": _("Searched for"),
        "hidden": _("Named customers"),
        "recipient": _("To"),
        "text": _("Text"),
        "merged": _("Merged customer"),
        "merged_into": _("Into"),
    },
    links={"hidden": "customer"},
    actions={
        "search_referrer": _("Looked for a referrer"),
        "send_email": _("Sent an e-mail"),
        "send_sms": _("Sent an SMS"),
        PLACED: _("Tier changed"),
        "merge": _("Merged another customer into this one"),
        "merge_away": _("Merged into another customer"),
        "undo_merge": _("Merge undone"),
    },
)
recorded_kpi = Recorded("customer_kpi", one=_("customer KPI"))
recorded_contacts = Recorded(
    "customer_contact",
    one=_("contact"),
    labels={
        "customer_id": _("Customer"),
        "sequence": _("Order"),
        "name": _("Contact's name"),
        "position": _("Position"),
        "phone": _("Phone"),
        "email": _("E-mail"),
        "birthday": _("Birthday"),
        "note": _("Note"),
        "is_main": _("Main contact"),
    },
)


def _customer_name(session: ActorSession) -> ColumnElement[str]:
    return select(Customer.name).where(Customer.id == Comment.entity_id).scalar_subquery()


class Exchanges(Resource[Comment]):
    """What was written on customers: the records behind a row of the KPI (CUS-072)."""

    model = Comment
    name = "exchanges"
    title = _("Exchanges with customers")
    one = _("exchange")
    icon = "message"
    permissions = Permissions("customer", create=None, edit=None, delete=None, export=None, import_=None)
    columns = (
        Column("body", _("Exchange"), kind="title", avatar=False),
        Column("customer", _("Customer"), kind="text", expression=_customer_name),
        Column("author.name", _("Written by"), kind="person"),
        Column("created_at", _("When"), sort=True),
    )
    filters = (
        PeriodFilter("at", _("When"), Comment.created_at),
        UserFilter("author", _("Written by"), Comment.author_id),
    )
    default_sort = "-created_at"
    facts = (
        Fact("author.name", _("Written by"), kind="person"),
        Fact("created_at", _("When")),
        Fact("body", _("Exchange")),
    )
    actions = (Action(_("Open the customer"), "customer.customer_of_exchange", icon="users", primary=True),)
    api = None

    def restrict(self, session: ActorSession) -> Sequence[ColumnElement[bool]]:
        on_customers = Comment.entity == Customer.__tablename__, Comment.entity_id.in_(select(Customer.id))
        return (*on_customers, Comment.removed_at.is_(None))

    def title_of(self, record: Comment) -> str:
        return str(_("Exchange of %(name)s", name=record.author.name))


def _customer_of_message(session: ActorSession) -> ColumnElement[str]:
    return select(Customer.name).where(Customer.id == Message.entity_id).scalar_subquery()


class Letters(Resource[Message]):
    """E-mails and SMS to customers: the records behind two rows of the KPI (CUS-068, CUS-069)."""

    model = Message
    name = "letters"
    title = _("Messages to customers")
    one = _("message")
    icon = "mail"
    permissions = Permissions("customer", create=None, edit=None, delete=None, export=None, import_=None)
    columns = (
        Column("subject", _("Subject"), kind="title", subtitle=("recipient",), avatar=False),
        Column("customer", _("Customer"), kind="text", expression=_customer_of_message),
        Column("channel", _("Channel"), kind="flat", labels=CHANNELS, card=True),
        Column("state", _("State"), kind="tag", labels=STATES, tone=TONES_OF_STATES),
        Column("sent_at", _("Sent"), sort=True, wide="xl"),
        Column("read_at", _("Opened"), sort=True),
        Column("created_at", _("Asked for"), sort=True, wide="2xl"),
    )
    filters = (
        ChoiceFilter("channel", _("Channel"), Message.channel, options=list(CHANNELS.items()), several=True),
        ChoiceFilter("state", _("State"), Message.state, options=list(STATES.items()), several=True),
        PeriodFilter("sent", _("Sent"), Message.sent_at),
        PeriodFilter("read", _("Opened"), Message.read_at),
        UserFilter("who", _("Written by"), Message.created_by_id, empty=_("The system")),
    )
    default_sort = "-created_at"
    facts = (
        Fact("recipient", _("To")),
        Fact("subject", _("Subject")),
        Fact("body", _("Text")),
        Fact("sent_at", _("Sent")),
        Fact("read_at", _("Opened")),
    )
    actions = (Action(_("Open the customer"), "customer.customer_of_letter", icon="users", primary=True),)
    api = None

    def restrict(self, session: ActorSession) -> Sequence[ColumnElement[bool]]:
        return Message.entity == Customer.__tablename__, Message.entity_id.in_(select(Customer.id))

    def title_of(self, record: Message) -> str:
        return record.title


recorded_feedback = Recorded(
    "customer_feedback",
    one=_("feedback"),
    labels={
        "customer_id": _("Customer"),
        "about": _("About"),
        "expires_at": _("Can be answered until"),
        "stars": _("Stars"),
        "body": _("Feedback"),
        "answered_at": _("Answered"),
    },
)


class Catalogue(Resource[Any]):
    """What the catalogues have in common."""

    icon = "list"
    permissions = Permissions(
        "customer",
        read="customer.manage_catalogues",
        create="customer.manage_catalogues",
        edit="customer.manage_catalogues",
        delete="customer.manage_catalogues",
        export=None,
        import_=None,
    )
    columns: ClassVar[tuple[Column, ...]] = (
        Column("name", _("Name"), kind="title"),
        Column("position", _("Order"), sort=True),
        Column("is_active", _("Offered"), card=True),
    )
    default_sort = "position"
    facts: ClassVar[tuple[Fact, ...]] = (
        Fact("name", _("Name")),
        Fact("position", _("Order")),
        Fact("is_active", _("Offered")),
    )
    form = EntryForm
    template_list = "customer/catalogue_list.html"

    def create(self, session: ActorSession, form: Any) -> Any:
        return catalogues.create_entry(session, self.model, **form.data)

    def update(self, session: ActorSession, record: Any, form: Any) -> None:
        catalogues.update_entry(session, record, **form.data)

    def delete(self, session: ActorSession, record: Any) -> None:
        catalogues.delete_entry(session, record)

    def make_form(self, session: ActorSession, record: Any, *, sent: Sent = True) -> Any:
        form = super().make_form(session, record, sent=sent)
        form.prepare(session, record)
        return form


class Sources(Catalogue):
    """Nguồn khách hàng."""

    model = CustomerSource
    name = "sources"
    title = _("Customer sources")
    one = _("source")
    icon = "target-arrow"


class Relationships(Catalogue):
    """Mối quan hệ."""

    model = CustomerRelationship
    name = "relationships"
    title = _("Relationships")
    one = _("relationship")
    icon = "heart-handshake"
    columns = (
        *Catalogue.columns,
        Column("tone", _("Colour"), kind="tag", tone={tone: tone for tone in TONES}, labels=TONE_NAMES),
    )
    facts = (
        *Catalogue.facts,
        Fact("tone", _("Colour"), labels=TONE_NAMES),
        Fact("forget_days", _("Don't forget after (days)")),
    )
    form = ToneForm


class Groups(Catalogue):
    """Nhóm khách hàng (CLS-02)."""

    model = CustomerGroup
    name = "groups"
    title = _("Customer groups")
    one = _("group")
    icon = "tags"
    columns = (*Catalogue.columns, Column("type.name", _("Type")))
    facts = (*Catalogue.facts, Fact("type.name", _("Type")))
    form = GroupForm


class Types(Catalogue):
    """Loại khách hàng (CLS-06 to CLS-12)."""

    model = CustomerType
    name = "types"
    title = _("Customer types")
    one = _("type")
    icon = "layout-kanban"
    template_delete = "customer/types_delete.html"

    def delete(self, session: ActorSession, record: CustomerType) -> None:
        delete_type(session, record)

    def restore(self, session: ActorSession, record: CustomerType) -> None:
        restore_type(session, record)

    def doomed(self, record: CustomerType) -> Doomed:
        """What would go with the type, for the question before deleting."""
        return read_doomed(current_session(), record)

    def may_delete_customers(self) -> bool:
        """Whether the question offers to delete the customers too."""
        return may_delete_customers(current_session())


class Tiers(Resource[CustomerTier]):
    """Phân cấp khách hàng (TIE-06 to TIE-20)."""

    model = CustomerTier
    name = "tiers"
    title = _("Customer tiers")
    one = _("tier")
    icon = "award"
    permissions = Permissions(
        "customer",
        read=tier_pages.MANAGE,
        create=tier_pages.MANAGE,
        edit=tier_pages.MANAGE,
        delete=tier_pages.MANAGE,
        export=None,
        import_=None,
    )
    columns = (
        Column("name", _("Tier"), kind="title", avatar=False),
        Column("position", _("Order"), sort=True),
        Column("min_amount", _("Money milestone"), card=True),
        Column("min_contracts", _("Number of contracts"), card=True),
        Column("discount", _("Discount, %"), card=True),
    )
    default_sort = "position"
    empty_text = _("Set the tiers up first; then customers are placed automatically or by hand.")
    facts = (
        Fact("name", _("Tier")),
        Fact("position", _("Order")),
        Fact("min_amount", _("Money milestone")),
        Fact("min_contracts", _("Number of contracts")),
        Fact("discount", _("Discount, %")),
    )
    form = TierForm
    template_list = "customer/tier_list.html"
    template_form = "customer/tier_form.html"
    template_delete = "customer/tier_delete.html"

    def create(self, session: ActorSession, form: Any) -> CustomerTier:
        return tiers.create_tier(session, **form.values())

    def update(self, session: ActorSession, record: CustomerTier, form: Any) -> None:
        tiers.update_tier(session, record, **form.values())

    def delete(self, session: ActorSession, record: CustomerTier) -> None:
        if tiers.delete_tier(session, record) is not None and not is_api():
            toast(_("Its customers are moved in the background; then the tier is gone."), "info")

    def make_form(self, session: ActorSession, record: CustomerTier | None, *, sent: Sent = True) -> Any:
        form = super().make_form(session, record, sent=sent)
        form.prepare()
        return form

    def extra_routes(self) -> list[Route]:
        return tier_pages.routes()

    def basis_name(self) -> object:
        """The tier type, for the list."""
        return dict(BASIS_NAMES)[Basis(setting("customer.tier_basis"))]

    def is_automatic(self) -> bool:
        """Whether the update is automatic, for the list and the question before deleting."""
        return is_automatic(current_session())

    def count_members(self, record: CustomerTier) -> int:
        """How many customers have the tier, for the question before deleting (TIE-19)."""
        return tiers.count_members(current_session(), record.id)


class Merges(Resource[CustomerMerge]):
    """Customers that were merged, with the undo of each."""

    model = CustomerMerge
    name = "merges"
    title = _("Merged customers")
    one = _("merge")
    icon = "arrows-join"
    permissions = Permissions(
        "customer", read="customer.delete", create=None, edit=None, delete=None, export=None, import_=None
    )
    columns = (
        Column("merged_name", _("Merged customer"), kind="title"),
        Column("survivor_name", _("Into"), kind="text"),
        Column("merger.name", _("By"), kind="person"),
        Column("created_at", _("When"), sort=True),
        Column("undone_at", _("Undone")),
    )
    facts = (
        Fact("merged_name", _("Merged customer")),
        Fact("survivor_name", _("Into")),
        Fact("merger.name", _("By"), kind="person"),
        Fact("created_at", _("When")),
        Fact("rows", _("Moved along")),
        Fact("undone_at", _("Undone")),
    )
    actions = (
        Action(
            _("Undo"),
            "customer.merge_undo",
            icon="arrow-back-up",
            post=True,
            confirm=_("Make two customers of the one again?"),
            when=lambda merge: can_undo_merge(current_session(), merge),
        ),
    )


class Handovers(Resource[CustomerHandover]):
    """The changes of the person in charge, with the undo of each (OWN-14)."""

    model = CustomerHandover
    name = "handovers"
    title = _("Changes of the person in charge")
    one = _("change of the person in charge")
    icon = "transfer"
    permissions = Permissions(
        "customer", read="customer.change_owner", create=None, edit=None, delete=None, export=None, import_=None
    )
    columns = (
        Column("created_at", _("When"), kind="title", sort=True),
        Column("giver.name", _("By"), kind="person"),
        Column("customers", _("Customers"), kind="number"),
        Column("receivers", _("People"), kind="number"),
        Column("undone_at", _("Undone")),
    )
    facts = (
        Fact("created_at", _("When")),
        Fact("giver.name", _("By"), kind="person"),
        Fact("customers", _("Customers")),
        Fact("undone_at", _("Undone")),
    )
    actions = (
        Action(
            _("Undo"),
            "customer.undo_of",
            icon="arrow-back-up",
            post=True,
            confirm=_("Give these customers back to whom they were taken from?"),
            when=lambda handover: can_undo(current_session(), handover),
        ),
    )
    detail_tabs = (
        DetailTab(
            "customers",
            _("Customers"),
            "customer/handover.html",
            context=lambda session, handover: {"lines": list_handed_over(session, handover)},
        ),
    )

    def title_of(self, record: CustomerHandover) -> str:
        return str(_.n("1 customer", "%(n)s customers", record.customers))
