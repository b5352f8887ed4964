"""Custom fields through the API: written, read, filtered and refused like the model's own."""

from __future__ import annotations

import pytest

from core.resources.custom_fields.services import create_field


@pytest.fixture
def fields(world, tenant):
    with world.app.test_request_context(), world.session(tenant) as session:
        create_field(session, "shelf", type="integer", label_vi="Số bản", in_list=True)
        create_field(session, "shelf", type="choice", label_vi="Tình trạng", choices=[{"vi": "Mới"}, {"vi": "Cũ"}])
        create_field(session, "shelf", type="date", label_vi="Hạn trả")


@pytest.mark.usefixtures("fields")
def test_a_program_writes_reads_and_filters_custom_fields(program):
    sent = {"name": "Dế Mèn", "code": "B1", "x_so_ban": 12, "x_tinh_trang": "moi", "x_han_tra": "2026-11-21"}
    made = program.post("/shelf/books", sent)
    assert made.status_code == 201, made.text
    own = {name: value for name, value in sent.items() if name.startswith("x_")}
    assert own.items() <= made.json.items()
    url = f"/shelf/books/{made.json['id']}"
    changed = program.patch(url, {"x_so_ban": 13, "version": made.json["version"]})
    assert changed.status_code == 200, changed.text
    assert changed.json.items() >= {**own, "x_so_ban": 13}.items()
    assert [
        each["x_so_ban"] for each in program.get("/shelf/books?f.x_tinh_trang=moi&sort=x_so_ban").json["items"]
    ] == [13]
    assert program.get("/shelf/books?f.x_tinh_trang=khac").status_code == 422
    for wrong in ({"x_so_ban": "nhiều"}, {"x_tinh_trang": "khác"}, {"x_han_tra": "21/11/2026"}, {"x_khong": 1}):
        assert program.post("/shelf/books", {**sent, "code": "B2", **wrong}).status_code == 422, wrong
