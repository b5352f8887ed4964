"""Documents on paper: A4 in Vietnamese, with the business's name, lines, sums, and the amount in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from font_roboto import font_files
from fpdf import FPDF
from fpdf.enums import TableBordersLayout, XPos, YPos
from sqlalchemy import select

from addons.customer.models import Customer
from addons.order.documents import list_lines
from addons.order.models import Contract, Invoice, Order, Quotation
from core.clock import to_local
from core.dates import format_date
from core.db import ActorSession
from core.decimals import format_decimal
from core.i18n import translator
from core.i18n.locale import use_locale
from core.money import format_money
from core.money_words import money_in_words
from core.phone import format_phone
from core.settings import setting
from core.tenancy.models import Tenant

_ = translator(__name__)

MARGIN, LINE, SIZE = 15, 5.5, 10
"""Millimetres, millimetres, points."""

FAMILY = "roboto"
FACES = {"": "Roboto", "B": "RobotoBold", "I": "RobotoItalic"}
WIDTHS = (8, 62, 14, 14, 24, 22, 12, 24)
"""Of the columns of the lines, in shares of the page."""

TITLES = {Quotation: _("QUOTATION"), Order: _("SALES ORDER"), Contract: _("SALES CONTRACT"), Invoice: _("INVOICE")}


def print_document(session: ActorSession, document: Any) -> bytes:
    """The document as a PDF. It is for Vietnamese customers, so it is in Vietnamese whatever the reader's language."""
    with use_locale("vi"):
        return _Page(session, document).bytes()


class _Page:
    """Writes one document from its head to the signatures."""

    def __init__(self, session: ActorSession, document: Any) -> None:
        self.session, self.document = session, document
        self.pdf = FPDF(format="A4")
        self.pdf.set_margin(MARGIN)
        self.pdf.set_auto_page_break(auto=True, margin=MARGIN)
        for style, name in FACES.items():
            self.pdf.add_font(FAMILY, style, font_files[name])
        self.pdf.set_title(document.number)
        self.pdf.add_page()

    def bytes(self) -> bytes:
        self._head()
        self._title()
        self._parties()
        self._lines()
        self._sums()
        self._end()
        return bytes(self.pdf.output())

    def _write(self, text: str, style: str = "", size: float = SIZE, align: str = "L") -> None:
        self.pdf.set_font(FAMILY, style, size)
        self.pdf.multi_cell(0, LINE * size / SIZE, text, align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _head(self) -> None:
        name = self.session.scalar(select(Tenant.name).where(Tenant.id == self.session.tenant_id)) or ""
        self._write(name, "B", 13)
        for key, label in (
            ("order.printed_address", _("Address")),
            ("order.printed_tax_code", _("Tax code")),
            ("order.printed_phone", _("Phone")),
        ):
            if text := setting(key, session=self.session):
                self._write(f"{label}: {text}")
        self.pdf.ln(4)

    def _title(self) -> None:
        document = self.document
        self._write(str(TITLES[type(document)]), "B", 16, "C")
        moment = document.ordered_at if isinstance(document, Order) else document.made_at
        self._write(
            str(_("No. %(number)s, %(day)s", number=document.number, day=format_date(to_local(moment).date()))),
            "",
            SIZE,
            "C",
        )
        self.pdf.ln(3)

    def _parties(self) -> None:
        document = self.document
        customer = self.session.find(Customer, document.customer_id)
        facts: list[tuple[object, str]] = [(_("Customer"), document.recipient_name)]
        if customer is not None and customer.name != document.recipient_name:
            facts.insert(0, (_("Buyer"), customer.name))
        facts += [
            (_("Phone"), format_phone(document.phone) if document.phone else ""),
            (_("Address"), document.full_address),
            (_("Tax code"), customer.tax_code or "" if customer is not None else ""),
        ]
        if isinstance(document, Contract):
            days = (document.effective_on, document.ends_on)
            facts += [
                (_("What it is about"), document.title or ""),
                (_("In force"), " – ".join(map(format_date, days))),
            ]
        if isinstance(document, Quotation) and document.valid_until:
            facts.append((_("Good until"), format_date(document.valid_until)))
        if isinstance(document, Invoice) and document.due_on:
            facts.append((_("To be paid by"), format_date(document.due_on)))
        for label, text in facts:
            if text:
                self._write(f"{label}: {text}")
        self.pdf.ln(3)

    def _lines(self) -> None:
        titles = (_("No."), _("Product"), _("Unit"), _("Quantity"), _("Price"), _("Discount"), _("VAT"), _("Amount"))
        rows = [_row(at, line) for at, line in enumerate(list_lines(self.session, self.document), 1)]
        self.pdf.set_font(FAMILY, "", 9)
        aligns = ("CENTER", "LEFT", "LEFT", "RIGHT", "RIGHT", "RIGHT", "RIGHT", "RIGHT")
        with self.pdf.table(
            col_widths=WIDTHS, text_align=aligns, line_height=LINE, borders_layout=TableBordersLayout.ALL
        ) as table:
            for cells in ([str(title) for title in titles], *rows):
                table.row(cells)
        self.pdf.ln(2)

    def _sums(self) -> None:
        document = self.document
        fee = getattr(document, "shipping_fee", 0)
        for label, amount in (
            (_("Sum of the lines"), document.subtotal),
            (_("Discount"), -document.discount),
            (_("VAT"), document.vat),
            (_("Delivery fee"), fee),
        ):
            if amount:
                self._write(f"{label}: {format_money(amount)}", align="R")
        self._write(f"{_('Total')}: {format_money(document.total)}", "B", 11, "R")
        self._write(str(_("In words: %(words)s.", words=money_in_words(document.total))), "I")
        if document.note:
            self.pdf.ln(2)
            self._write(str(_("Note: %(text)s", text=document.note)))
        self.pdf.ln(6)

    def _end(self) -> None:
        if isinstance(self.document, Invoice):
            self._write(str(_("This is no electronic invoice under the law on VAT.")), "I", 8)
        left, right = (_("Seller"), _("Buyer"))
        self.pdf.set_font(FAMILY, "B", SIZE)
        half = self.pdf.epw / 2
        self.pdf.cell(half, LINE, str(left), align="C")
        self.pdf.cell(half, LINE, str(right), align="C", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.pdf.set_font(FAMILY, "I", 8)
        for _half in range(2):
            self.pdf.cell(half, LINE, str(_("(signature, full name)")), align="C")


def _row(at: int, line: Any) -> Sequence[str]:
    name = f"{line.name} ({line.code})" if line.code else line.name
    discount = f"{format_decimal(line.discount)}%" if line.discount else ""
    rate = "" if line.vat_rate is None else f"{line.vat_rate}%"
    quantity, price, amount = format_decimal(line.quantity), _plain(line.price), _plain(line.amount)
    return (str(at), name, line.unit, quantity, price, discount, rate, amount)


def _plain(amount: int) -> str:
    """An amount without its sign: the columns are all đồng."""
    return format_money(amount).rpartition(" ")[0]
