"""What becomes of the numbers of customers who are merged (BOO-29)."""

from __future__ import annotations

from addons.boom.counting import recount_soon
from addons.customer.events import CustomersMerged, MergeUndone
from core.db import ActorSession
from core.events import on


@on(CustomersMerged)
@on(MergeUndone)
def count_again(session: ActorSession, event: CustomersMerged | MergeUndone) -> None:
    """The orders have moved, or are back: both are counted anew."""
    recount_soon(session, (event.kept_id, event.merged_id))
