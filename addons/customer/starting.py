"""The catalogue entries that a business starts with. They are data of the business, in its language: Vietnamese."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from addons.customer.catalogues import POSITION_STEP, Entry
from addons.customer.models import CustomerGroup, CustomerRelationship, CustomerSource
from core.db import ActorSession

SOURCES = ("Facebook", "Zalo", "Website", "Giới thiệu", "Hội chợ, triển lãm", "Khách vãng lai", "Telesales", "Khác")
RELATIONSHIPS = (
    ("Mới", "violet"),
    ("Tiềm năng", "blue"),
    ("Đang thương lượng", "amber"),
    ("Khách thân thiết", "green"),
    ("Có nguy cơ rời bỏ", "red"),
    ("Tạm ngừng", "grey"),
)
GROUPS = ("Khách lẻ", "Khách sỉ", "Đại lý", "Doanh nghiệp", "VIP")


def put_first_entries(session: ActorSession) -> None:
    """Fill each catalogue that is empty; what a business has made of them stays."""
    _fill(session, CustomerSource, [{"name": name} for name in SOURCES])
    _fill(session, CustomerRelationship, [{"name": name, "tone": tone} for name, tone in RELATIONSHIPS])
    _fill(session, CustomerGroup, [{"name": name} for name in GROUPS])


def _fill(session: ActorSession, model: type[Entry], entries: Sequence[dict[str, str]]) -> None:
    if session.scalar(select(model.id).limit(1)) is None:
        session.add_all(model(**values, position=at * POSITION_STEP) for at, values in enumerate(entries, 1))
        session.flush()
