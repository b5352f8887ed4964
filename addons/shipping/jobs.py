"""Background jobs of shipping."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from addons.order.models import Order
from addons.shipping.models import Shipment
from addons.shipping.queries import is_stale
from core.clock import now
from core.i18n import translator
from core.jobs import JobRun, Step, job
from core.notifications import notify

_ = translator(__name__)

STALE = "shipping.stale"
BATCH = 100


@job("shipping.find_stale", title=_("Find shipments of which nothing is heard"), as_system=True)
def find_stale(run: JobRun) -> Iterator[Step]:
    """Tell the sellers of parcels of which nothing was heard for the set days, once until something is heard again.

    A carrier that publishes no query (Viettel Post) is not asked: what he forgot to send, nobody else will find.
    """
    session, done = run.session, 0
    query = select(Shipment).where(is_stale(session), Shipment.told_at.is_(None)).order_by(Shipment.id).limit(BATCH)
    while parcels := session.scalars(query).all():
        for parcel in parcels:
            parcel.told_at = now()
            order = session.find(Order, parcel.order_id)
            if order is not None:
                title = _("Nothing is heard of shipment %(waybill)s", waybill=parcel.waybill)
                notify(session, [order.seller_id], kind=STALE, title=title, body=order.number,
                       url=f"/shipping/shipments/{parcel.id}")  # fmt: skip
        done += len(parcels)
        run.result = {
            "message": str(
                _.n("1 shipment of which nothing is heard", "%(n)s shipments of which nothing is heard", done)
            )
        }
        yield Step(done)
