"""Fields of the books on the shelf, as a business would add them, and reading back what books have in them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import select

from tests.core.resources.pages import Page

HOSTILE = "<b>\"'&{{ 123*1001 }}%(name)s"

EVERY_TYPE: dict[str, dict[str, Any]] = {
    "text": {"label_vi": "Kệ", "help_vi": "Tầng mấy?"},
    "long_text": {"label_vi": "Tóm tắt"},
    "integer": {"label_vi": "Số bản", "default": "3"},
    "money": {"label_vi": "Tiền đặt cọc"},
    "decimal": {"label_vi": "Cân nặng (kg)"},
    "date": {"label_vi": "Hạn trả", "section": "Mượn trả"},
    "boolean": {"label_vi": "Sách hiếm"},
    "choice": {"label_vi": "Tình trạng", "label_en": "Condition", "choices": (("Mới", "New"), ("Cũ", "Old"))},
    "choices": {"label_vi": "Chủ đề", "choices": (("Sử", ""), ("Địa", ""), ("Thơ", ""))},
    "user": {"label_vi": "Người giữ"},
}


def field_form(kind: str, *, choices: Any = (), **values: Any) -> dict[str, str]:
    """What a browser sends for a new field of the books."""
    sent = {"entity": "shelf", "type": kind, "in_list": "y", "default": "", **values}
    for number, (vi, en) in enumerate(choices):
        sent |= {f"choices-{number}-vi": vi, f"choices-{number}-en": en, f"choices-{number}-is_offered": "y"}
    return sent


def shelf_of(world: Any, tenant: Any, librarian: Any, admin: Any) -> SimpleNamespace:
    """A business with an administrator; ``add(kind, …)`` adds a field of the books and gives its id."""

    def add(kind: str, **values: Any) -> UUID:
        answer = admin.post("/core/fields/new", data=field_form(kind, **{**EVERY_TYPE[kind], **values}))
        assert answer.status_code == 303, Page(answer.text).text
        return UUID(answer.location.rpartition("/")[2])

    client = world.client(librarian)
    return SimpleNamespace(admin=admin, add=add, client=client, librarian=librarian, world=world, tenant=tenant)


def typed_values(shelf: Any) -> dict[str, Any]:
    """What a browser sends for a book with something in every field."""
    return {
        "name": "Dế Mèn", "code": "B1", "x_ke": HOSTILE, "x_tom_tat": "dòng 1\r\ndòng 2", "x_so_ban": "12",
        "x_tien_dat_coc": "1.500.000", "x_can_nang_kg": "0,35", "x_han_tra": "21/11/2026", "x_sach_hiem": "y",
        "x_tinh_trang": "moi", "x_chu_de": ["su", "tho"], "x_nguoi_giu": str(shelf.librarian.id),
    }  # fmt: skip


def stored(shelf: Any) -> dict[str, dict[str, Any]]:
    """The values of all books by their names, as the database has them."""
    from addons.shelf.models import Book

    from core.resources.custom_fields.definitions import definitions_of
    from core.resources.custom_fields.values import load_values

    with shelf.world.session(shelf.tenant) as session:
        names = dict(session.execute(select(Book.id, Book.name)).all())
        found = load_values(session, Book, list(names), definitions_of(session, "shelf"))
    return {
        name: {key: each.value for key, each in found.get(id, {}).items() if each.value is not None}
        for id, name in names.items()
    }
