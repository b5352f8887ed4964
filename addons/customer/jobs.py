"""Background jobs of customers."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import func, select

from addons.customer.contact import reckon_contacts
from addons.customer.models import Customer
from core.i18n import translator
from core.jobs import JobRun, Step, job

_ = translator(__name__)

BATCH = 500
"""Customers at a time: well under the length of a lease, and short on SQLite."""


@job("customer.reckon_contacts", title=_("Reckon the last contacts anew"), as_system=True)
def reckon_all(run: JobRun) -> Iterator[Step]:
    """After another setting of what counts as contact, or an addon that is switched: every customer's last contact."""
    done, after = run.cursor or (0, str(UUID(int=0)))
    total = done + (run.session.scalar(select(func.count(Customer.id)).where(Customer.id > UUID(after))) or 0)
    while True:
        following = select(Customer.id).where(Customer.id > UUID(after)).order_by(Customer.id).limit(BATCH)
        ids = list(run.session.scalars(following))
        if not ids:
            return
        reckon_contacts(run.session, ids)
        done, after = done + len(ids), str(ids[-1])
        yield Step(done, total, cursor=(done, after))
