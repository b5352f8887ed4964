"""The customer KPI as a workbook: one number a row, with what it is a number of (SYS-10)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO
from typing import Any

from addons.customer.kpi import Choice, Kpi
from core.audit import record
from core.clock import local_today
from core.db import ActorSession
from core.exchange.columns import SheetColumn
from core.i18n import translator
from core.text import fold

_ = translator(__name__)

COLUMNS = (
    SheetColumn(_("Block")),
    SheetColumn(_("Row")),
    SheetColumn(_("Told apart by")),
    SheetColumn(_("Employee")),
    SheetColumn(_("Number"), "typed", 16),
    SheetColumn(_("How it is computed"), width=60),
)


def write_kpi(session: ActorSession, kpi: Kpi, choice: Choice) -> tuple[BytesIO, str]:
    """The workbook of what the page shows, and its file name; the export is put on record."""
    from core.exchange.writer import SheetWriter

    content = BytesIO()
    with SheetWriter(content, COLUMNS, title=str(_("Customer KPI"))) as sheet:
        for *words, number, how in _rows(kpi):
            sheet.append([*words, float(number) if isinstance(number, Decimal) else number, how])
    days = choice.period
    what = {"from": days.start.isoformat(), "to": days.end.isoformat(), "who": choice.who_value}
    record(session, "export", entity="customer_kpi", changes={"rows": [None, sheet.rows], "filter": [None, what]})
    name = "-".join(fold(str(_("Customer KPI"))).split())
    return content, f"{name}-{local_today():%Y-%m-%d}.xlsx"


def _rows(kpi: Kpi) -> Iterator[tuple[Any, ...]]:
    for block in kpi.blocks:
        for line in block.lines:
            yield block.label, line.label, "", "", line.cell.value, line.how
            for part in line.parts:
                yield block.label, line.label, part.label, "", part.cell.value, ""
    for at, line in enumerate(kpi.columns):
        for name, cells in kpi.people:
            yield _("By employee"), line.label, "", name, cells[at].value, ""
    for each in kpi.conversion:
        numbers = (
            (_("New customers"), each.customers.value),
            (_("Of them bought"), each.buyers.value),
            (_("Conversion rate, %"), each.rate),
            (_("Orders"), each.orders.value),
            (_("Revenue"), each.revenue.value),
            (_("Revenue per buyer"), each.each),
        )
        for label, value in numbers:
            yield _("Conversion by source"), label, each.name, "", value, ""
