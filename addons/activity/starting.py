"""The types that a business starts with. They are data of the business, in its language: Vietnamese."""

from __future__ import annotations

from sqlalchemy import select

from addons.activity.catalogues import POSITION_STEP
from addons.activity.models import ActivityType
from core.db import ActorSession

TYPES = (
    ("Gọi điện", "blue"),
    ("Gặp trực tiếp", "green"),
    ("Họp trực tuyến", "teal"),
    ("Gửi báo giá", "violet"),
    ("Khảo sát, lắp đặt", "amber"),
    ("Chăm sóc sau bán hàng", "orange"),
    ("Việc nội bộ", "grey"),
)


def put_first_entries(session: ActorSession) -> None:
    """Fill the types where there are none; what a business has made of them stays."""
    if session.scalar(select(ActivityType.id).limit(1)) is None:
        session.add_all(
            ActivityType(name=name, tone=tone, position=at * POSITION_STEP) for at, (name, tone) in enumerate(TYPES, 1)
        )
        session.flush()
