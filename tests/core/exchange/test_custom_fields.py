"""Custom fields in workbooks, out and in, by the form and past it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from core.exchange.models import ImportRow
from tests.core.exchange.conftest import EVERYTHING
from tests.core.exchange.desk import Desk, read_back, workbook

FIELDS: tuple[dict[str, Any], ...] = (
    {"type": "text", "label_vi": "Biển số xe", "label_en": "Plate"},
    {"type": "integer", "label_vi": "Số người", "default": "2"},
    {"type": "money", "label_vi": "Đặt cọc"},
    {"type": "decimal", "label_vi": "Cân nặng"},
    {"type": "date", "label_vi": "Ngày đến"},
    {"type": "boolean", "label_vi": "Ăn chay"},
    {"type": "choice", "label_vi": "Phòng", "choices": [{"vi": "Đơn", "en": "Single"}, {"vi": "Đôi", "en": "Double"}]},
    {"type": "choices", "label_vi": "Sở thích", "choices": [{"vi": "Biển"}, {"vi": "Núi"}, {"vi": "Chợ đêm"}]},
    {"type": "user", "label_vi": "Lễ tân"},
)
TITLES = ("Tên khách", "Mã khách", *(each["label_vi"] for each in FIELDS))


@pytest.fixture
def porter(world, tenant):
    return world.user(tenant, *EVERYTHING, "core.manage_fields", name="Lê Thị Lễ Tân")


@pytest.fixture
def desk(world, tenant, porter):
    from core.resources.custom_fields.services import create_field

    with world.app.test_request_context(), world.session(tenant, porter) as session:
        for each in FIELDS:
            create_field(session, "guestbook", **each)
    return Desk(world, world.client(porter), tenant)


def stored(desk: Desk) -> dict[str, dict[str, Any]]:
    """The values of all guests, by their names."""
    from addons.guestbook.models import Guest

    from core.resources.custom_fields.definitions import definitions_of
    from core.resources.custom_fields.values import load_values

    with desk.world.session(desk.tenant) as session:
        names = dict(session.execute(select(Guest.id, Guest.name)).all())
        found = load_values(session, Guest, list(names), definitions_of(session, "guestbook"))
    return {name: {key: each.value for key, each in found.get(id, {}).items()} for id, name in names.items()}


@pytest.mark.parametrize("resource", ["guests", "crowd"])
def test_what_goes_out_comes_in_again(desk, porter, resource):
    desk.path = f"/guestbook/{resource}"
    told = ("30A-123.45", 4, "1.500.000", "0,35", "21/11/2026", "có", "Double", "biển; Chợ Đêm", porter.username)
    row = ("Trần Thị Ví Dụ", "A1", *told)
    assert desk.take_in(workbook([TITLES, row, ("Chỉ có tên", "A2")])) == {"created": 2}
    expected = {
        "x_bien_so_xe": "30A-123.45", "x_so_nguoi": 4, "x_dat_coc": 1_500_000, "x_can_nang": Decimal("0.35"),
        "x_ngay_den": date(2026, 11, 21), "x_an_chay": True, "x_phong": "doi", "x_so_thich": ["bien", "cho_dem"],
        "x_le_tan": porter.id,
    }  # fmt: skip
    assert stored(desk) == {"Trần Thị Ví Dụ": expected, "Chỉ có tên": {"x_so_nguoi": 2}}  # its default

    keys = [*("name", "code"), *expected]
    answer = desk.client.post(f"{desk.path}/export?sort=name", data={"export": "1", "rows": "all", "columns": keys})
    titles, *rows = read_back(answer.data)
    full, short = sorted(rows)
    assert full[2:] == (
        "30A-123.45", 4, 1_500_000, 0.35, full[6], "Yes", "Double", "Biển, Chợ đêm", porter.username,
    )  # fmt: skip
    assert full[6].date() == date(2026, 11, 21)
    assert short[3] == 2

    changed = [titles, ("A1", "Trần Thị Ví Dụ", None, 5, *[None] * 7)]
    assert desk.take_in(workbook(changed), update_existing="1") == {"updated": 1}
    assert stored(desk)["Trần Thị Ví Dụ"] == {**expected, "x_so_nguoi": 5}  # blank cells change nothing


@pytest.mark.parametrize("resource", ["guests", "crowd"])
def test_what_does_not_fit_is_told_at_its_column(desk, resource):
    desk.path = f"/guestbook/{resource}"
    wrong = ("Sai Hết", "A1", "x" * 201, "nhiều", "1,5", "một", "31/2/2026", "có thể", "Ba", "Biển, Rừng", "không ai")
    url = desk.read(workbook([TITLES, wrong]))
    desk.check(url)
    with desk.world.session(desk.tenant) as session:
        problems = session.scalars(select(ImportRow.problems)).one()
    assert sorted(column for column, _text in problems) == list(range(2, len(TITLES)))
    assert stored(desk) == {}


def test_the_template_explains_the_fields_and_other_businesses_have_none(desk):
    book = read_back(desk.client.get("/guestbook/guests/import/template").data)
    assert {"Plate", "Phòng"} <= set(book[0])
    stranger = desk.world.client(desk.world.user(desk.world.tenant(), *EVERYTHING))
    assert "Plate" not in read_back(stranger.get("/guestbook/guests/import/template").data)[0]
