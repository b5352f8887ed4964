"""The forms of products and documents. What is wrong is judged by the services."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

import wtforms
from sqlalchemy import select

from addons.customer.models import Customer, CustomerTier
from addons.order.billing import METHODS
from addons.order.lines import MAX_LINES, VAT_RATES
from addons.order.models import Contract, ContractType, Invoice, PaymentKind, Product
from core.db import ActorSession
from core.i18n import translator
from core.phone import format_phone
from core.web.forms import (
    BooleanField,
    ChoiceField,
    DateField,
    DecimalField,
    FieldList,
    Form,
    FormField,
    IntegerField,
    MoneyField,
    Optional,
    RecordField,
    StringField,
    SubForm,
    TextAreaField,
    UserField,
    as_uuid,
)

_ = translator(__name__)

CONTRACT_TYPES = {ContractType.NEW: _("New contract"), ContractType.RENEWAL: _("Renewal")}
PAYMENT_KINDS = {PaymentKind.PAYMENT: _("Payment"), PaymentKind.REFUND: _("Refund")}
VAT_NAMES = {None: _("Not subject to VAT"), **{rate: f"{rate}%" for rate in VAT_RATES}}
VAT_CHOICES = [(rate, VAT_NAMES[rate]) for rate in VAT_RATES]


class TypedPhoneField(StringField):  # type: ignore[misc]
    """A telephone number as it was typed."""

    ui = "phone"

    def _value(self) -> str:
        text = self.data or ""
        return format_phone(text) if text.startswith("+") else str(text)


class TierDiscountForm(SubForm):
    """What a tier gets off a product."""

    tier_id = wtforms.HiddenField()
    tier_name = ""
    percent = DecimalField(_("Discount (%)"))


class ProductForm(Form):
    """New product, and the same fields when editing."""

    code = StringField(_("Product code"), description=_("Leave it empty and the system gives one."))
    name = StringField(_("Product name"))
    unit = StringField(_("Unit"), render_kw={"placeholder": _("cái, bộ, m…")})
    price = MoneyField(_("Price"), description=_("Before VAT."))
    vat_rate = ChoiceField(_("VAT"), choices=VAT_CHOICES, coerce=int, blank=VAT_NAMES[None])
    description = TextAreaField(_("Description"))
    is_active = BooleanField(_("Is sold"), default=True)
    is_stocked = BooleanField(_("Lies in a warehouse"), default=True)
    has_technician = BooleanField(_("A technician may be chosen"))
    discounts = FieldList(FormField(TierDiscountForm), _("Discounts by tier"))

    def fields(self) -> dict[str, Any]:
        """What the services take."""
        names = (
            "code",
            "name",
            "unit",
            "price",
            "vat_rate",
            "description",
            "is_active",
            "is_stocked",
            "has_technician",
        )
        values = {name: self[name].data for name in names}
        rows = [(entry.form.tier_id.data, entry.form.percent.data) for entry in self.discounts]
        values["discounts"] = {UUID(id): percent or Decimal(0) for id, percent in rows if id}
        return values

    def name_tiers(self, session: ActorSession) -> None:
        """Say at each discount which tier has it; a tier that is gone has none."""
        names = {str(row.id): row.name for row in session.execute(select(CustomerTier.id, CustomerTier.name))}
        for entry in self.discounts:
            entry.form.percent.label.text = names.get(str(entry.form.tier_id.data), "—")

    def validate_discounts(self, field: Any) -> None:
        """Only tiers that exist: what was sent is compared with what the form offered."""
        for entry in field:
            try:
                as_uuid(entry.form.tier_id.data)
            except ValueError:
                raise wtforms.ValidationError(str(_("This tier does not exist any more."))) from None


class LineForm(SubForm):
    """A line of a document: a product, or a text with a price."""

    id = wtforms.HiddenField()
    product_id = RecordField(_("Product"), model=Product, endpoint="order.products_pick")
    name = StringField(_("Description"))
    quantity = DecimalField(_("Quantity"))
    price = MoneyField(_("Price"))
    discount = DecimalField(_("Discount (%)"))

    def fields(self) -> dict[str, Any]:
        """What the services take."""
        values = {name: self[name].data for name in ("product_id", "name", "quantity", "price", "discount")}
        return {**values, "id": _id(self.id.data)}


class DocumentForm(Form):
    """What the forms of all documents have: the customer by his number, lines, and where it goes."""

    phone = TypedPhoneField(_("Phone"))
    customer_id = RecordField(_("Customer"), model=Customer, endpoint="customer.customers_pick")
    recipient_name = StringField(_("Name"))
    address = StringField(_("House number, street"))
    ward = StringField(_("Ward, commune"))
    district = StringField(_("District"))
    province = StringField(_("Province, city"))
    lines = FieldList(FormField(LineForm), _("Lines"), max_entries=MAX_LINES)
    seller_id = UserField(_("Seller"))
    note = TextAreaField(_("Note"))

    def fields(self) -> dict[str, Any]:
        """What the services take."""
        values = {each.name: each.data for each in self if each.name not in {"lines", "csrf_token", "confirm"}}
        return {**values, "lines": list(line_fields(self.lines))}


class QuotationForm(DocumentForm):
    """New quotation, and the same fields when editing."""

    valid_until = DateField(_("Good until"))


class OrderForm(DocumentForm):
    """New order, and the same fields when editing."""

    shipping_fee = MoneyField(_("Delivery fee"))
    cod_amount = MoneyField(_("Collect on delivery (COD)"))
    reference = StringField(_("Reference number"))


class ContractForm(DocumentForm):
    """New contract, and the same fields when editing."""

    title = StringField(_("What it is about"))
    kind = ChoiceField(_("Type of contract"), choices=list(CONTRACT_TYPES.items()), default=ContractType.NEW)
    renews_id = RecordField(_("Renews"), model=Contract, endpoint="order.contracts_pick", title="number")
    effective_on = DateField(_("In force from"))
    term_months = IntegerField(_("Term in months"), [Optional()])
    ends_on = DateField(_("Last day"), description=_("Leave it empty and it follows from the term."))
    counts_debt = BooleanField(_("Counts debts"), default=True)


class InvoiceForm(DocumentForm):
    """New invoice, and the same fields when editing."""

    due_on = DateField(_("To be paid by"))
    shipping_fee = MoneyField(_("Delivery fee"))


class PaymentForm(Form):
    """Money that came in for an invoice or a contract, or was given back."""

    kind = ChoiceField(_("Kind"), choices=list(PAYMENT_KINDS.items()), default=PaymentKind.PAYMENT)
    invoice_id = RecordField(_("Invoice"), model=Invoice, endpoint="order.invoices_pick", title="number")
    contract_id = RecordField(_("Contract"), model=Contract, endpoint="order.contracts_pick", title="number")
    amount = MoneyField(_("Amount"))
    method = ChoiceField(_("Way of paying"), choices=list(METHODS.items()), default="transfer")
    paid_on = DateField(_("Paid on"))
    payer = StringField(_("Who paid"))
    note = TextAreaField(_("Note"))
    confirm = BooleanField(_("It is more than is due, and right"))

    def fields(self) -> dict[str, Any]:
        """What the services take."""
        return {each.name: each.data for each in self if each.name != "csrf_token"}


def line_fields(lines: Any) -> Iterable[Mapping[str, Any]]:
    """The lines that say something: a row that was added and left empty is none."""
    for entry in lines:
        fields = entry.form.fields()
        if any(value not in {None, ""} for name, value in fields.items() if name != "quantity"):
            yield fields


def _id(text: Any) -> UUID | None:
    try:
        return UUID(str(text)) if text else None
    except ValueError:
        return None


class ReasonForm(Form):
    """Why a step is taken."""

    reason = TextAreaField(_("Reason"))
