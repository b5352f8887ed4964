"""What staff see of products and documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ColumnElement, select

from addons.customer.models import Customer, CustomerSource, CustomerTier
from addons.order import billing, contracts, exchange, quotations, services
from addons.order.billing import METHODS
from addons.order.documents import delete_document, list_lines
from addons.order.forms import (
    CONTRACT_TYPES,
    PAYMENT_KINDS,
    VAT_NAMES,
    ContractForm,
    InvoiceForm,
    OrderForm,
    PaymentForm,
    ProductForm,
    QuotationForm,
)
from addons.order.models import (
    Contract,
    ContractLine,
    Invoice,
    InvoiceLine,
    InvoiceState,
    Order,
    OrderLine,
    OrderState,
    Payment,
    PaymentState,
    Product,
    Quotation,
    QuotationLine,
    QuotationState,
)
from addons.order.queries import list_linked
from addons.order.workflows import CONTRACT, IN_FORCE, INVOICE, ORDER, PAYMENT, QUOTATION
from core.audit import Recorded
from core.clock import local_today
from core.db import Actor, ActorSession
from core.discussion import Discussed
from core.exchange.fields import ImportOptions
from core.i18n import translator
from core.resources import (
    Action,
    Api,
    BooleanFilter,
    ChoiceFilter,
    Column,
    DetailTab,
    Fact,
    NumberFilter,
    PeriodFilter,
    Permissions,
    Picker,
    Resource,
    Sent,
    Tab,
    UserFilter,
)
from core.workflows import Workflow

_ = translator(__name__)

FIELD_NAMES = {
    "number": _("Number"),
    "state": _("State"),
    "customer_id": _("Customer"),
    "seller_id": _("Seller"),
    "ordered_at": _("Ordered"),
    "reference": _("Reference number"),
    "recipient_name": _("Name"),
    "phone": _("Phone"),
    "address": _("House number, street"),
    "ward": _("Ward, commune"),
    "district": _("District"),
    "province": _("Province, city"),
    "subtotal": _("Sum of the lines"),
    "discount": _("Discount"),
    "vat": _("VAT"),
    "total": _("Total"),
    "shipping_fee": _("Delivery fee"),
    "cod_amount": _("Collect on delivery (COD)"),
    "note": _("Note"),
    "cancel_reason": _("Reason"),
    "made_at": _("Made"),
    "valid_until": _("Good until"),
    "quotation_id": _("Quotation"),
    "order_id": _("Order"),
    "contract_id": _("Contract"),
    "invoice_id": _("Invoice"),
    "renews_id": _("Renews"),
    "title": _("What it is about"),
    "kind": _("Kind"),
    "effective_on": _("In force from"),
    "term_months": _("Term in months"),
    "ends_on": _("Last day"),
    "counts_debt": _("Counts debts"),
    "due_on": _("To be paid by"),
    "payer": _("Who paid"),
    "amount": _("Amount"),
    "method": _("Way of paying"),
    "may_exceed": _("It is more than is due, and right"),
    "paid_on": _("Paid on"),
}
"""The fields of the record of changes."""

LINE_NAMES = {
    "quotation_id": _("Quotation"),
    "order_id": _("Order"),
    "contract_id": _("Contract"),
    "invoice_id": _("Invoice"),
    "product_id": _("Product"),
    "position": _("Position"),
    "code": _("Product code"),
    "name": _("Description"),
    "unit": _("Unit"),
    "quantity": _("Quantity"),
    "price": _("Price"),
    "discount": _("Discount (%)"),
    "discount_tier": _("Discount of the tier"),
    "discount_amount": _("Discount"),
    "vat_rate": _("VAT"),
    "vat_amount": _("VAT amount"),
    "amount": _("Amount"),
}


CONTRACT_RIGHTS = Permissions(
    "order",
    read="order.read_contracts",
    create="order.create_contracts",
    edit="order.create_contracts",
    delete="order.create_contracts",
    import_=None,
)
PAYMENTS = DetailTab(
    "payments",
    _("Payments"),
    "order/payments.html",
    context=lambda session, record: {
        "payments": billing.list_payments(session, record),
        "paid": billing.read_paid(session, record),
        "due": billing.read_due(session, record),
        "PAYMENT": PAYMENT,
        "KINDS": PAYMENT_KINDS,
        "METHODS": METHODS,
    },
    permission="order.read_payments",
    order=6,
)


class Products(Resource[Product]):
    """What is sold."""

    model = Product
    name = "products"
    title = _("Products")
    one = _("product")
    icon = "package"
    found_everywhere = True
    permissions = Permissions(
        "order",
        read="order.read_products",
        create="order.manage_products",
        edit="order.manage_products",
        delete="order.manage_products",
    )
    columns = (
        Column("name", _("Product name"), kind="title", subtitle=("code",), sort=True, avatar=False),
        Column("unit", _("Unit"), wide="xl"),
        Column("price", _("Price"), sort=True),
        Column("vat_rate", _("VAT"), labels=VAT_NAMES, wide="2xl"),
        Column("created_at", _("Created"), sort=True, wide="3xl"),
    )
    tabs = (
        Tab("all", _("All")),
        Tab("sold", _("Is sold"), where=lambda actor: Product.is_active.is_(True)),
        Tab("off", _("Not sold any more"), where=lambda actor: Product.is_active.is_(False)),
    )
    filters = (
        NumberFilter("price", _("Price"), Product.price),
        BooleanFilter("stocked", _("Warehouse"), Product.is_stocked, yes=_("Lies in a warehouse"), no=_("Does not")),
        BooleanFilter("technician", _("A technician may be chosen"), Product.has_technician),
    )
    default_sort = "name"
    facts = (
        Fact("code", _("Product code"), kind="code"),
        Fact("unit", _("Unit")),
        Fact("price", _("Price")),
        Fact("vat_rate", _("VAT"), labels=VAT_NAMES),
        Fact("is_active", _("Is sold")),
        Fact("is_stocked", _("Lies in a warehouse")),
        Fact("has_technician", _("A technician may be chosen")),
        Fact("description", _("Description")),
    )
    exchange = exchange.PRODUCTS
    exchange_key = "code"
    picker = Picker(hint=("code", "price"))
    form = ProductForm

    def create(self, session: ActorSession, form: Any) -> Product:
        return services.create_product(session, **form.fields())

    def update(self, session: ActorSession, record: Product, form: Any) -> None:
        services.update_product(session, record, **form.fields())

    def make_form(self, session: ActorSession, record: Product | None, *, sent: Sent = True) -> Any:
        form = super().make_form(session, record, sent=sent)
        form.name_tiers(session)
        return form

    def form_data(self, session: ActorSession, record: Product | None) -> Mapping[str, Any]:
        tiers = session.execute(select(CustomerTier.id, CustomerTier.discount).order_by(CustomerTier.position)).all()
        present = services.read_product_discounts(session, record.id) if record else {}
        usual = {} if record else {tier.id: tier.discount for tier in tiers}
        return {
            "discounts": [
                {"tier_id": str(tier.id), "percent": present.get(tier.id) or usual.get(tier.id)} for tier in tiers
            ]
        }


LINE_FIELDS = ("id", "product_id", "name", "quantity", "price", "discount")
SUMS = (
    Fact("subtotal", _("Sum of the lines")),
    Fact("discount", _("Discount")),
    Fact("vat", _("VAT")),
    Fact("shipping_fee", _("Delivery fee")),
    Fact("total", _("Total")),
)


def _of_source(id: UUID | str) -> Any:
    """A criterion on a document's customer by his source, for each model."""
    return select(Customer.id).where(Customer.source_id.is_not_distinct_from(None if id == "none" else id))


def _sources(session: ActorSession) -> list[tuple[UUID, str]]:
    return [tuple(row) for row in session.execute(select(CustomerSource.id, CustomerSource.name))]  # type: ignore[misc]


def _filters(model: Any, workflow: Workflow, moment: str, label: object) -> tuple[Any, ...]:
    """What every kind of document is filtered by."""
    return (
        ChoiceFilter("state", _("State"), model.state, options=list(workflow.labels.items()), several=True),
        PeriodFilter("made", label, getattr(model, moment)),
        UserFilter("seller", _("Seller"), model.seller_id),
        UserFilter("creator", _("Entered by"), model.created_by_id, empty=_("The system")),
        ChoiceFilter(
            "source",
            _("Source of the customer"),
            where=lambda id: model.customer_id.in_(_of_source(id)),
            options=_sources,
            empty=_("Without source"),
        ),
        NumberFilter("total", _("Total"), model.total),
    )


def _columns(workflow: Workflow, moment: str, label: object, *more: Column) -> tuple[Column, ...]:
    return (
        Column("number", _("Number"), kind="title", subtitle=("recipient_name", "phone"), avatar=False),
        Column("state", _("State"), kind="tag", tone=workflow.tones, labels=workflow.labels),
        Column("total", _("Total"), sort=True),
        *more,
        Column("seller.name", _("Seller"), kind="person", wide="2xl"),
        Column(moment, label, sort=True, wide="xl"),
        Column("customer.name", _("Customer"), optional=True),
        Column("province", _("Province, city"), optional=True),
    )


def _tabs(model: Any, workflow: Workflow) -> tuple[Tab, ...]:
    """All, one for each state, one's own."""

    def state_is(value: str) -> Any:
        return lambda actor: model.state == value

    def mine(actor: Actor) -> ColumnElement[bool]:
        criterion: ColumnElement[bool] = model.seller_id == actor.user_id
        return criterion

    states = [Tab(state.value, state.label, where=state_is(state.value)) for state in workflow.states]
    return (Tab("all", _("All")), *states, Tab("mine", _("Mine"), where=mine))


CONTACTS = (
    Fact("recipient_name", icon="user"),
    Fact("phone", icon="phone"),
    Fact("full_address", kind="text", icon="map-pin"),
    Fact("seller.name", _("Seller"), kind="person"),
)
LINES = DetailTab(
    "lines",
    _("Lines"),
    "order/lines.html",
    context=lambda session, record: {"lines": list_lines(session, record), "linked": list_linked(session, record)},
    order=5,
)


class Documents(Resource[Any]):
    """What the kinds of documents have in common. ``module`` has create and update for ``form``."""

    contacts = CONTACTS
    detail_tabs = (LINES,)
    discussion = True
    template_form = "order/document_form.html"
    found_everywhere = True
    picker = Picker(hint=("recipient_name", "total"))
    api = Api(fields=("address", "ward", "district", "province"))
    permissions = Permissions("order", import_=None)
    workflow: ClassVar[Workflow]
    make: ClassVar[Any]
    change: ClassVar[Any]

    def create(self, session: ActorSession, form: Any) -> Any:
        return type(self).make(session, **form.fields())

    def update(self, session: ActorSession, record: Any, form: Any) -> None:
        type(self).change(session, record, **form.fields())

    def delete(self, session: ActorSession, record: Any) -> None:
        delete_document(session, record)

    def can_edit(self, session: ActorSession, record: Any) -> bool:
        return bool(record.state == "draft")

    def can_delete(self, session: ActorSession, record: Any) -> bool:
        return record.state in {"draft", "cancelled", "rejected"}

    def form_data(self, session: ActorSession, record: Any) -> Mapping[str, Any]:
        if record is None:
            return {"seller_id": session.actor.user_id, "lines": [{}], **self.first_values(session)}
        lines = list_lines(session, record)
        return {"lines": [{name: getattr(line, name) for name in LINE_FIELDS} for line in lines]}

    def first_values(self, session: ActorSession) -> dict[str, Any]:
        """What the form of a new document begins with, beside what its address says."""
        return {}


class Quotations(Documents):
    """What customers were offered."""

    model = Quotation
    workflow = QUOTATION
    make, change = staticmethod(quotations.create_quotation), staticmethod(quotations.update_quotation)
    name = "quotations"
    title = _("Quotations")
    one = _("quotation")
    icon = "file-text"
    columns = _columns(QUOTATION, "made_at", _("Made"), Column("valid_until", _("Good until"), wide="3xl"))
    tabs = _tabs(Quotation, QUOTATION)
    filters = _filters(Quotation, QUOTATION, "made_at", _("Made"))
    default_sort = "-made_at"
    empty_text = _("Make the first quotation; once it is accepted, it becomes an order or a contract.")
    tags = (Fact("state", kind="tag", tone=QUOTATION.tones, labels=QUOTATION.labels),)
    facts = (
        Fact("customer.name", _("Customer")),
        Fact("made_at", _("Made")),
        Fact("valid_until", _("Good until")),
        *(fact for fact in SUMS if fact.path != "shipping_fee"),
        Fact("note", _("Note")),
        Fact("cancel_reason", _("Reason")),
    )
    actions = (
        Action(
            _("Make an order of it"),
            "order.order_of",
            icon="shopping-cart",
            post=True,
            when=lambda each: each.state != QuotationState.REJECTED,
        ),
        Action(
            _("Make a contract of it"),
            "order.contract_of_quotation",
            icon="file-certificate",
            post=True,
            place="menu",
            when=lambda each: each.state != QuotationState.REJECTED,
        ),
        *QUOTATION.actions("order.quotation_step"),
        Action(_("Print"), "order.quotation_print", icon="printer"),
    )
    exchange = exchange.QUOTATIONS
    form = QuotationForm


class Orders(Documents):
    """What customers have ordered."""

    model = Order
    workflow = ORDER
    make, change = staticmethod(services.create_order), staticmethod(services.update_order)
    name = "orders"
    title = _("Orders")
    one = _("order")
    icon = "shopping-cart"
    columns = _columns(
        ORDER,
        "ordered_at",
        _("Ordered"),
        Column("cod_amount", _("COD"), wide="3xl"),
        Column("reference", _("Reference number"), optional=True),
    )
    tabs = _tabs(Order, ORDER)
    filters = _filters(Order, ORDER, "ordered_at", _("Ordered"))
    default_sort = "-ordered_at"
    empty_text = _("Enter the first order: type the customer's telephone number, add products, save.")
    tags = (Fact("state", kind="tag", tone=ORDER.tones, labels=ORDER.labels),)
    facts = (
        Fact("customer.name", _("Customer")),
        Fact("ordered_at", _("Ordered")),
        *SUMS,
        Fact("cod_amount", _("Collect on delivery (COD)")),
        Fact("reference", _("Reference number")),
        Fact("note", _("Note")),
        Fact("cancel_reason", _("Reason")),
    )
    actions = (
        *ORDER.actions("order.order_step"),
        Action(_("Print"), "order.order_print", icon="printer"),
        Action(
            _("Make an invoice of it"),
            "order.invoice_of_order",
            icon="receipt",
            post=True,
            place="menu",
            when=lambda each: each.state not in {OrderState.DRAFT, OrderState.CANCELLED},
        ),
        Action(
            _("Make a contract of it"),
            "order.contract_of_order",
            icon="file-certificate",
            post=True,
            place="menu",
            when=lambda each: each.state != OrderState.CANCELLED,
        ),
    )
    permissions = Permissions("order")
    exchange = exchange.ORDERS
    form = OrderForm

    def import_row(
        self, session: ActorSession, values: Mapping[str, Any], *, existing: Any, options: ImportOptions
    ) -> Order:
        return exchange.store_order(session, values)


class Contracts(Documents):
    """Sales contracts."""

    model = Contract
    workflow = CONTRACT
    make, change = staticmethod(contracts.create_contract), staticmethod(contracts.update_contract)
    permissions = CONTRACT_RIGHTS
    name = "contracts"
    title = _("Contracts")
    one = _("contract")
    icon = "file-certificate"
    columns = _columns(
        CONTRACT,
        "made_at",
        _("Made"),
        Column("kind", _("Type of contract"), labels=CONTRACT_TYPES, wide="2xl"),
        Column("ends_on", _("Last day"), sort=True, wide="xl"),
    )
    tabs = _tabs(Contract, CONTRACT)
    filters = (
        *_filters(Contract, CONTRACT, "made_at", _("Made")),
        ChoiceFilter("kind", _("Type of contract"), Contract.kind, options=list(CONTRACT_TYPES.items())),
        PeriodFilter("ends", _("Last day"), Contract.ends_on),
        BooleanFilter("debt", _("Counts debts"), Contract.counts_debt),
    )
    default_sort = "-made_at"
    empty_text = _("Make the first contract, or turn a quotation or an order into one.")
    tags = (
        Fact("state", kind="tag", tone=CONTRACT.tones, labels=CONTRACT.labels),
        Fact("kind", kind="flat", tone="violet", labels=CONTRACT_TYPES),
    )
    facts = (
        Fact("title", _("What it is about")),
        Fact("customer.name", _("Customer")),
        Fact("made_at", _("Made")),
        Fact("effective_on", _("In force from")),
        Fact("term_months", _("Term in months")),
        Fact("ends_on", _("Last day")),
        Fact("counts_debt", _("Counts debts")),
        *(fact for fact in SUMS if fact.path != "shipping_fee"),
        Fact("note", _("Note")),
        Fact("cancel_reason", _("Reason")),
    )
    actions = (
        *CONTRACT.actions("order.contract_step"),
        Action(_("Print"), "order.contract_print", icon="printer"),
        Action(
            _("Make an invoice of it"),
            "order.invoice_of_contract",
            icon="receipt",
            post=True,
            when=lambda each: each.state in IN_FORCE,
        ),
        Action(
            _("Renew"),
            "order.renewal_of",
            icon="refresh",
            post=True,
            when=lambda each: each.state in IN_FORCE,
        ),
        Action(
            _("Enter a payment"),
            "order.payment_for_contract",
            icon="credit-card",
            when=lambda each: each.state in IN_FORCE,
        ),
    )
    detail_tabs = (LINES, PAYMENTS)
    exchange = exchange.CONTRACTS
    form = ContractForm

    def first_values(self, session: ActorSession) -> dict[str, Any]:
        return {"effective_on": local_today(), "term_months": contracts.USUAL_TERM}


class Invoices(Documents):
    """What customers are to pay."""

    model = Invoice
    workflow = INVOICE
    make, change = staticmethod(billing.create_invoice), staticmethod(billing.update_invoice)
    permissions = CONTRACT_RIGHTS
    name = "invoices"
    title = _("Invoices")
    one = _("invoice")
    icon = "receipt"
    columns = _columns(INVOICE, "made_at", _("Made"), Column("due_on", _("To be paid by"), sort=True, wide="xl"))
    tabs = _tabs(Invoice, INVOICE)
    filters = (
        *_filters(Invoice, INVOICE, "made_at", _("Made")),
        PeriodFilter("due", _("To be paid by"), Invoice.due_on),
    )
    default_sort = "-made_at"
    empty_text = _("Turn an order or a contract into an invoice, or make one.")
    tags = (Fact("state", kind="tag", tone=INVOICE.tones, labels=INVOICE.labels),)
    facts = (
        Fact("customer.name", _("Customer")),
        Fact("made_at", _("Made")),
        Fact("due_on", _("To be paid by")),
        *SUMS,
        Fact("note", _("Note")),
        Fact("cancel_reason", _("Reason")),
    )
    actions = (
        *INVOICE.actions("order.invoice_step"),
        Action(_("Print"), "order.invoice_print", icon="printer"),
        Action(
            _("Enter a payment"),
            "order.payment_for_invoice",
            icon="credit-card",
            when=lambda each: each.state == InvoiceState.ISSUED,
        ),
    )
    detail_tabs = (LINES, PAYMENTS)
    exchange = exchange.INVOICES
    form = InvoiceForm


class Payments(Resource[Payment]):
    """Money that came in, and what was given back."""

    model = Payment
    name = "payments"
    title = _("Payments")
    one = _("payment")
    icon = "credit-card"
    permissions = Permissions(
        "order",
        read="order.read_payments",
        create="order.create_payments",
        edit="order.create_payments",
        delete="order.create_payments",
        import_=None,
    )
    columns = (
        Column("number", _("Number"), kind="title", subtitle=("payer",), avatar=False),
        Column("state", _("State"), kind="tag", tone=PAYMENT.tones, labels=PAYMENT.labels),
        Column("kind", _("Kind"), labels=PAYMENT_KINDS, wide="2xl"),
        Column("amount", _("Amount"), sort=True),
        Column("invoice.number", _("Invoice"), wide="2xl"),
        Column("contract.number", _("Contract"), wide="2xl"),
        Column("paid_on", _("Paid on"), sort=True, wide="xl"),
    )
    tabs = (
        Tab("all", _("All")),
        *(
            Tab(state.value, state.label, where=lambda actor, value=state.value: Payment.state == value)
            for state in PAYMENT.states
        ),
    )
    filters = (
        PeriodFilter("paid", _("Paid on"), Payment.paid_on),
        ChoiceFilter("kind", _("Kind"), Payment.kind, options=list(PAYMENT_KINDS.items())),
        ChoiceFilter("method", _("Way of paying"), Payment.method, options=list(METHODS.items()), several=True),
        NumberFilter("amount", _("Amount"), Payment.amount),
    )
    default_sort = "-paid_on"
    empty_text = _("Enter what was paid for an invoice or a contract.")
    tags = (
        Fact("state", kind="tag", tone=PAYMENT.tones, labels=PAYMENT.labels),
        Fact("kind", kind="flat", tone="violet", labels=PAYMENT_KINDS),
    )
    facts = (
        Fact("amount", _("Amount")),
        Fact("customer.name", _("Customer")),
        Fact("payer", _("Who paid")),
        Fact("invoice.number", _("Invoice")),
        Fact("contract.number", _("Contract")),
        Fact("method", _("Way of paying"), labels=METHODS),
        Fact("paid_on", _("Paid on")),
        Fact("note", _("Note")),
        Fact("cancel_reason", _("Reason")),
    )
    actions = PAYMENT.actions("order.payment_step")
    exchange = exchange.PAYMENTS
    form = PaymentForm

    def create(self, session: ActorSession, form: Any) -> Payment:
        return billing.create_payment(session, **form.fields())

    def update(self, session: ActorSession, record: Payment, form: Any) -> None:
        billing.update_payment(session, record, **form.fields())

    def delete(self, session: ActorSession, record: Payment) -> None:
        delete_document(session, record)

    def can_edit(self, session: ActorSession, record: Payment) -> bool:
        return record.state == PaymentState.DRAFT

    def can_delete(self, session: ActorSession, record: Payment) -> bool:
        return record.state != PaymentState.CONFIRMED


def _discussed(resource: type[Documents], read: str = "order.read") -> Discussed:
    return Discussed(
        resource.model,
        read=read,
        comment="order.comment",
        endpoint=f"order.{resource.name}_detail",
        title=lambda document: document.number,
        labels=FIELD_NAMES,
    )


discussed_quotations = _discussed(Quotations)
discussed_orders = _discussed(Orders)
discussed_contracts = _discussed(Contracts, "order.read_contracts")
discussed_invoices = _discussed(Invoices, "order.read_contracts")
recorded_payments = Recorded(Payment.__tablename__, one=_("payment"), labels=FIELD_NAMES)
recorded_quotation_lines = Recorded(QuotationLine.__tablename__, one=_("line of a quotation"), labels=LINE_NAMES)
recorded_order_lines = Recorded(OrderLine.__tablename__, one=_("line of an order"), labels=LINE_NAMES)
recorded_contract_lines = Recorded(ContractLine.__tablename__, one=_("line of a contract"), labels=LINE_NAMES)
recorded_invoice_lines = Recorded(InvoiceLine.__tablename__, one=_("line of an invoice"), labels=LINE_NAMES)
