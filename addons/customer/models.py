"""Customers with their contacts and shares, and the catalogues that classify them.

Rules of one row stand here; what needs other rows is in ``services``.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Index,
    Select,
    String,
    Text,
    UniqueConstraint,
    and_,
    cast,
    false,
    select,
    union_all,
)
from sqlalchemy.orm import Mapped, declared_attr, foreign, mapped_column, validates
from sqlalchemy.orm import relationship as orm_relationship

from addons.customer.names import looks_like_company, name_key, with_salutation
from core.access.models import User
from core.db import (
    Actor,
    Audited,
    CustomFields,
    Json,
    Money,
    Numbered,
    Numbering,
    PhoneNumber,
    Scaled,
    Searchable,
    SoftDelete,
    Sortable,
    Stamped,
    TenantModel,
    Versioned,
    bare_id,
    index,
    key_text,
    link,
    link_to_any,
    to,
    unique,
)
from core.phone import search_form
from core.text import fold

CUSTOMERS_PATH = "/customer/customers"
"""Where the pages stand: notices carry a path, and are also written where there is no request to build it from."""

TONES = ("green", "teal", "blue", "violet", "amber", "orange", "red", "grey")
"""The design tokens' tones, which a relationship takes for its badge."""


class CatalogueEntry(Audited, Versioned, Searchable):
    """An entry of an editable list: a name unique but for case and spaces, an order, and whether it is still offered."""

    __search__: ClassVar[tuple[str, ...]] = ("name",)
    __audit_exclude__: ClassVar[tuple[str, ...]] = ("name_key",)

    name: Mapped[str] = mapped_column(String(120))
    name_key: Mapped[str] = mapped_column(key_text(120))
    position: Mapped[int] = mapped_column(default=0)
    is_active: Mapped[bool] = mapped_column(default=True)

    @declared_attr.directive
    def __table_args__(cls) -> tuple[UniqueConstraint | Index, ...]:
        return (unique("name_key"), index("position"))

    @validates("name")
    def _keep_key(self, key: str, name: str) -> str:
        self.name_key = name_key(name)
        return name


class CustomerSource(CatalogueEntry, TenantModel):
    """Where customers come from (Nguồn khách hàng), CUS-011."""

    __tablename__ = "customer_source"


class CustomerRelationship(CatalogueEntry, TenantModel):
    """How far we are with a customer (Mối quan hệ), CUS-013: the customer's status, shown in its tone."""

    __tablename__ = "customer_relationship"

    tone: Mapped[str] = mapped_column(key_text(12), default="grey")
    forget_days: Mapped[int | None]
    """Days of its own for "Don't forget" (CUS-057); else the setting's."""


class CustomerType(CatalogueEntry, SoftDelete, TenantModel):
    """A dimension of classification (Loại khách hàng): region, age, industry. Its values are groups (ambiguities 18)."""

    __tablename__ = "customer_type"


class CustomerGroup(CatalogueEntry, TenantModel):
    """A value of a dimension (Nhóm khách hàng): Miền Bắc, Đại lý. A group without type stands for itself."""

    __tablename__ = "customer_group"
    __audit_exclude__ = ("name_key", "left_type_id")

    type_id: Mapped[UUID | None] = link("customer_type")
    type: Mapped[CustomerType | None] = to(type_id)
    left_type_id: Mapped[UUID | None] = bare_id("the deleted type that it was of, which may be gone for good")


class CustomerTier(Audited, Versioned, TenantModel):
    """A level of customers (Cấp độ) with a discount (TIE-20). The higher ``position``, the higher the tier.

    ``min_amount`` (đồng) or ``min_contracts`` is its milestone, one of the two; ``discount`` is in percent.
    """

    __tablename__ = "customer_tier"
    __table_args__ = (unique("name_key"), unique("position"), index("position"))
    __audit_exclude__ = ("name_key",)

    name: Mapped[str] = mapped_column(String(120))
    name_key: Mapped[str] = mapped_column(key_text(120))
    position: Mapped[int]
    min_amount: Mapped[int | None] = mapped_column(Money)
    min_contracts: Mapped[int | None]
    discount: Mapped[Decimal] = mapped_column(Scaled, default=Decimal(0))

    @validates("name")
    def _keep_key(self, key: str, name: str) -> str:
        self.name_key = name_key(name)
        return name


class Customer(Audited, SoftDelete, Versioned, Searchable, Sortable, Numbered, CustomFields, TenantModel):
    """A person or a company that buys, or may."""

    __tablename__ = "customer"
    __table_args__ = (
        unique("code"),
        index("created_at"),
        index("updated_at"),
        index("sort_name"),
        index("last_contact_at"),
        index("owner_id", "created_at"),
        index("relationship_id", "created_at"),
        index("tier_id", "created_at"),
        index("phone"),
        index("phone2"),
        index("email"),
        index("tax_code"),
        index("province"),
    )
    __search__ = ("name", "code", "email", "tax_code", "contact_terms")
    __number__ = Numbering("code", prefix_setting="customer.code_prefix", digits_setting="customer.code_digits")
    __audit_exclude__ = (
        "name_key", "contact_terms", "is_company", "phone_raw", "phone2_raw", "referrer_customer_id", "referrer_user_id",
        "last_contact_at", "tier_id", "tier_locked",
    )  # fmt: skip  # what is told in other words: the referrer by name and code, the tier by name and reason
    __derived__ = ("last_contact_at", "tier_id", "tier_locked")

    code: Mapped[str] = mapped_column(key_text(40))
    salutation: Mapped[str | None] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(200))
    name_key: Mapped[str] = mapped_column(key_text(200))
    """The folded name: the referrer is looked for by name alone, though he may be invisible (CUS-005)."""
    is_company: Mapped[bool] = mapped_column(default=False)
    phone: Mapped[str | None] = mapped_column(PhoneNumber)
    phone_raw: Mapped[str | None] = mapped_column(String(40))
    phone2: Mapped[str | None] = mapped_column(PhoneNumber)
    phone2_raw: Mapped[str | None] = mapped_column(String(40))
    email: Mapped[str | None] = mapped_column(String(254))
    website: Mapped[str | None] = mapped_column(String(300))
    tax_code: Mapped[str | None] = mapped_column(key_text(20))
    address: Mapped[str | None] = mapped_column(String(300))
    ward: Mapped[str | None] = mapped_column(String(120))
    district: Mapped[str | None] = mapped_column(String(120))
    province: Mapped[str | None] = mapped_column(String(120))
    birthday: Mapped[date | None]
    note: Mapped[str | None] = mapped_column(Text)
    is_active: Mapped[bool] = mapped_column(default=True)
    """Kích hoạt: the entry of orders suggests him (BOO-12 to BOO-17). One field, for customers and for boom customers."""
    contact_terms: Mapped[str] = mapped_column(Text, default="")
    """Names and phones of the contacts, so that the customer is found by them."""
    last_contact_at: Mapped[datetime | None]
    """The latest of the :class:`CustomerContactTime` whose kind counts; ``contact`` keeps it."""

    source_id: Mapped[UUID | None] = link("customer_source")
    source: Mapped[CustomerSource | None] = to(source_id)
    relationship_id: Mapped[UUID | None] = link("customer_relationship", index=False)
    relationship: Mapped[CustomerRelationship | None] = to(relationship_id)
    owner_id: Mapped[UUID | None] = link("core_user", index=False)
    owner: Mapped[User | None] = to(owner_id)
    tier_id: Mapped[UUID | None] = link("customer_tier", index=False)
    tier: Mapped[CustomerTier | None] = to(tier_id)
    tier_locked: Mapped[bool] = mapped_column(default=False)
    """The automatic update leaves his tier alone (TIE-10)."""

    referrer_customer_id: Mapped[UUID | None] = link("customer", unseen=True)
    referrer_user_id: Mapped[UUID | None] = link("core_user")
    referrer_user: Mapped[User | None] = to(referrer_user_id)
    referrer_label: Mapped[str | None] = mapped_column(String(260))
    """The referrer as text: he stays readable when he is deleted, or not for this user's eyes (CUS-005)."""

    @validates("name", "salutation")
    def _derive_from_name(self, key: str, value: str | None) -> str | None:
        name = value if key == "name" else self.name
        salutation = value if key == "salutation" else self.salutation
        self.name_key = fold(name or "")[:200]
        self.is_company = looks_like_company(name or "", salutation or "")
        return value

    memberships: Mapped[list[CustomerGroupMember]] = orm_relationship(
        primaryjoin=lambda: and_(
            foreign(CustomerGroupMember.customer_id) == Customer.id, CustomerGroupMember.tenant_id == Customer.tenant_id
        ),
        viewonly=True,
    )

    @property
    def group_names(self) -> str:
        """The names of the groups, as the detail page tells them."""
        groups = sorted(
            (member.group for member in self.memberships), key=lambda group: (group.position, group.name_key)
        )
        return ", ".join(group.name for group in groups)

    @property
    def full_name(self) -> str:
        """Salutation and name, as one addresses him: ``Chị Nguyễn Thị Huyền Trang`` (CUS-008)."""
        return with_salutation(self.salutation, self.name)

    @property
    def full_address(self) -> str:
        """The address in one line, from the house to the province; empty where nothing is known."""
        return ", ".join(part for part in (self.address, self.ward, self.district, self.province) if part)

    def search_terms(self) -> list[str]:
        """Also the phones in both spellings, as ``core.phone.phone_fragments`` looks for them."""
        phones = [search_form(phone) for phone in (self.phone, self.phone2) if phone]
        return [*super().search_terms(), *phones]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        """Own · shared · unassigned · all (SHR-01, SHR-02). Having created a customer shows nothing of it."""
        return seen_with_customer(cls.id, actor)


def visible_customer_ids(actor: Actor) -> CompoundSelect[UUID]:
    """The ids that a user without ``customer.view_all`` may see, for IN."""
    owned, shared = Customer.__table__.alias("owned"), CustomerShare.__table__.alias("shared")
    parts: list[Select[UUID]] = [
        select(owned.c.id).where(owned.c.tenant_id == actor.tenant_id, owned.c.owner_id == actor.user_id),
        select(shared.c.customer_id).where(shared.c.tenant_id == actor.tenant_id, shared.c.user_id == actor.user_id),
    ]
    if actor.can("customer.view_unassigned"):
        free = Customer.__table__.alias("unassigned")
        parts.append(select(free.c.id).where(free.c.tenant_id == actor.tenant_id, free.c.owner_id.is_(None)))
    return union_all(*parts)


def seen_with_customer(customer_id: Any, actor: Actor) -> ColumnElement[bool] | None:
    """The visibility rule of what hangs on a customer: it is seen with the customer, for other addons' models too."""
    if actor.can("customer.view_all"):
        return None
    criterion: ColumnElement[bool] = customer_id.in_(visible_customer_ids(actor))
    return criterion if actor.can("customer.read") else false()


def shown_with_customer(customer_id: Any, actor: Actor, *, share: str = "", handover: str = "") -> ColumnElement[bool]:
    """Whether a customer's documents are shown to the actor with the customer, whoever made them.

    ``share`` is the key of a :class:`~addons.customer.contributions.ShareBox`: a colleague ticked it for the actor (SHR-06).
    ``handover`` is that of a HandoverBox: it was ticked when he got the customer, of whom he still is in charge (OWN-08 to
    OWN-12). For the ``visible_to`` of documents, beside those that are his own.
    """
    parts: list[Select[UUID]] = []
    if share:
        shared = CustomerShare.__table__.alias("shared_documents")
        parts.append(
            select(shared.c.customer_id).where(
                shared.c.tenant_id == actor.tenant_id,
                shared.c.user_id == actor.user_id,
                cast(shared.c.boxes, Text).contains(f'"{share}"', autoescape=True),
            )
        )
    if handover:
        item, given = CustomerHandoverItem.__table__.alias("passed_on"), CustomerHandover.__table__.alias("given")
        owned = Customer.__table__.alias("owned_by_receiver")
        parts.append(
            select(item.c.customer_id)
            .select_from(item)
            .join(given, and_(given.c.tenant_id == item.c.tenant_id, given.c.id == item.c.handover_id))
            .join(owned, and_(owned.c.tenant_id == item.c.tenant_id, owned.c.id == item.c.customer_id))
            .where(
                item.c.tenant_id == actor.tenant_id,
                item.c.to_user_id == actor.user_id,
                owned.c.owner_id == actor.user_id,
                given.c.undone_at.is_(None),
                cast(given.c.boxes, Text).contains(f'"{handover}"', autoescape=True),
            )
        )
    if not parts or not actor.can("customer.read"):
        return false()
    found: ColumnElement[bool] = customer_id.in_(union_all(*parts))
    return found


class CustomerContact(Audited, Versioned, TenantModel):
    """A person to speak to at a customer (Liên hệ), CUS-015. The services keep one main contact at most."""

    __tablename__ = "customer_contact"
    __audit_exclude__ = ("phone_raw",)

    customer_id: Mapped[UUID] = link("customer", ondelete="CASCADE")
    customer: Mapped[Customer] = to(customer_id)
    sequence: Mapped[int] = mapped_column(default=0)
    name: Mapped[str] = mapped_column(String(200))
    position: Mapped[str | None] = mapped_column(String(120))
    phone: Mapped[str | None] = mapped_column(PhoneNumber)
    phone_raw: Mapped[str | None] = mapped_column(String(40))
    email: Mapped[str | None] = mapped_column(String(254))
    birthday: Mapped[date | None]
    note: Mapped[str | None] = mapped_column(String(500))
    is_main: Mapped[bool] = mapped_column(default=False)

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        return seen_with_customer(cls.customer_id, actor)


def contact_terms_of(contacts: Iterable[tuple[str, str | None]]) -> str:
    """The words by which a customer is found through his contacts, each a name and a phone."""
    terms = (term for name, phone in contacts for term in (name, search_form(phone) if phone else "") if term)
    return " ".join(terms)


class CustomerContactTime(TenantModel):
    """When the customer was last in contact by ``kind``: also where that kind does not count now (CUS-057)."""

    __tablename__ = "customer_contact_time"
    __table_args__ = (unique("customer_id", "kind"),)

    customer_id: Mapped[UUID] = link("customer", ondelete="CASCADE", index=False)
    kind: Mapped[str] = mapped_column(key_text(60))
    at: Mapped[datetime]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        return seen_with_customer(cls.customer_id, actor)


class CustomerGroupMember(TenantModel):
    """A tick: the customer is in the group (CLS-05). Changes are told in the customer's own record of changes."""

    __tablename__ = "customer_group_member"
    __table_args__ = (unique("customer_id", "group_id"),)

    customer_id: Mapped[UUID] = link("customer", ondelete="CASCADE", index=False)
    customer: Mapped[Customer] = to(customer_id)
    group_id: Mapped[UUID] = link("customer_group")
    group: Mapped[CustomerGroup] = to(group_id)

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        return seen_with_customer(cls.customer_id, actor)


class CustomerShare(Stamped, TenantModel):
    """A customer shown to a colleague; ``boxes`` are the kinds of information that were ticked (SHR-06)."""

    __tablename__ = "customer_share"
    __table_args__ = (unique("customer_id", "user_id"), index("user_id", "customer_id"))

    customer_id: Mapped[UUID] = link("customer", ondelete="CASCADE", index=False)
    customer: Mapped[Customer] = to(customer_id)
    user_id: Mapped[UUID] = link("core_user", ondelete="CASCADE", index=False)
    boxes: Mapped[list[str]] = mapped_column(Json, default=list)

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        return seen_with_customer(cls.customer_id, actor)


class CustomerHandover(Stamped, TenantModel):
    """A giving away of customers by ``giver``, kept for its undo (OWN-14). ``customers`` and ``receivers`` are numbers."""

    __tablename__ = "customer_handover"
    __table_args__ = (index("created_at"),)

    giver_id: Mapped[UUID | None] = link("core_user")
    giver: Mapped[User | None] = to(giver_id)
    customers: Mapped[int]
    receivers: Mapped[int]
    boxes: Mapped[list[str]] = mapped_column(Json, default=list)
    undone_at: Mapped[datetime | None]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        return None if actor.can("customer.change_owner") else cls.giver_id == actor.user_id


class CustomerHandoverItem(TenantModel):
    """A customer of a giving away: who had him, who got him; ``ended_shares`` maps a colleague to the boxes he had."""

    __tablename__ = "customer_handover_item"
    __table_args__ = (unique("handover_id", "customer_id"), index("to_user_id", "customer_id"))

    handover_id: Mapped[UUID] = link("customer_handover", ondelete="CASCADE", index=False)
    customer_id: Mapped[UUID] = link("customer", ondelete="CASCADE", unseen=True, stays=True)
    from_user_id: Mapped[UUID | None] = link("core_user", index=False)
    to_user_id: Mapped[UUID | None] = link("core_user", index=False)
    ended_shares: Mapped[dict[str, Any]]


class CustomerMerge(Stamped, TenantModel):
    """A customer that was merged into another by ``merger``, kept for its undo and so that his address leads on.

    ``survivor_id`` moves on when the survivor is merged into a third; ``into_id`` is the first one for good. ``rows`` is
    the number of rows that moved, ``changes`` what was changed beside them (``merging.services.Changes``).
    """

    __tablename__ = "customer_merge"
    __table_args__ = (index("created_at"), index("merged_id"))

    survivor_id: Mapped[UUID] = link("customer", ondelete="CASCADE", unseen=True)
    into_id: Mapped[UUID] = bare_id("the customer that it was merged into, whatever became of him")
    merged_id: Mapped[UUID] = bare_id("may be deleted for good, and his address leads to the survivor all the same")
    survivor_name: Mapped[str] = mapped_column(String(260))
    merged_name: Mapped[str] = mapped_column(String(260))
    merger_id: Mapped[UUID | None] = link("core_user")
    merger: Mapped[User | None] = to(merger_id)
    rows: Mapped[int]
    changes: Mapped[dict[str, Any]]
    undone_at: Mapped[datetime | None]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        return seen_with_customer(cls.survivor_id, actor)


class CustomerMergeItem(TenantModel):
    """A row that moved with a merge: its column ``name`` in the table ``entity`` referred to the customer that went."""

    __tablename__ = "customer_merge_item"

    merge_id: Mapped[UUID] = link("customer_merge", ondelete="CASCADE")
    entity: Mapped[str] = mapped_column(key_text(63))
    name: Mapped[str] = mapped_column(key_text(63))
    row_id: Mapped[UUID] = link_to_any("entity", stays=True)

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        if actor.can("customer.view_all"):
            return None
        merge = CustomerMerge.__table__.alias("merge_of_item")
        seen = seen_with_customer(merge.c.survivor_id, actor)
        found: ColumnElement[bool] = cls.merge_id.in_(
            select(merge.c.id).where(merge.c.tenant_id == actor.tenant_id, *([seen] if seen is not None else []))
        )
        return found


class CustomerFeedback(Audited, TenantModel):
    """A question by a signed link and, once given, the customer's answer (CUS-052): ``stars`` from 1 to 5 and a text.

    ``about`` names what it is about: an order, a ticket; empty for the business as a whole.
    """

    __tablename__ = "customer_feedback"
    __table_args__ = (index("customer_id", "answered_at"),)

    customer_id: Mapped[UUID] = link("customer", ondelete="CASCADE", index=False)
    customer: Mapped[Customer] = to(customer_id)
    about: Mapped[str] = mapped_column(String(200), default="")
    expires_at: Mapped[datetime]
    stars: Mapped[int | None]
    body: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None]

    @classmethod
    def visible_to(cls, actor: Actor) -> ColumnElement[bool] | None:
        return seen_with_customer(cls.customer_id, actor)
