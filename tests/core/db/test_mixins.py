"""What the mixins promise at every flush."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import Text, Uuid, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY, REGCLASS
from sqlalchemy.exc import StatementError

from core.audit import AuditEntry
from core.db.bulk import bulk_update
from core.db.search import find_matches
from core.errors import Conflict
from core.testing.queries import recorded_statements
from core.testing.world import World
from tests.core.db.conftest import Side


@pytest.mark.req("SYS-18")
def test_every_change_leaves_who_what_old_and_new(world: World, here: Side) -> None:
    from addons.lab.models import Specimen

    with world.session(here.tenant, here.user) as session:
        row = session.need(Specimen, here.own)
        row.name = "renamed"
        session.flush()
        session.delete(row)
    with world.session(here.tenant) as session:
        query = select(AuditEntry).where(AuditEntry.entity_id == here.own).order_by(AuditEntry.at, AuditEntry.id)
        trail = [(entry.action, entry.user_name, entry.changes.get("name")) for entry in session.scalars(query)]
    assert trail == [
        ("create", "system", [None, "here own"]),
        ("update", here.user.name, ["here own", "renamed"]),
        ("delete", here.user.name, ["renamed", None]),
    ]


@pytest.mark.req("SYS-18")
def test_a_bulk_change_leaves_a_trail_and_touches_only_visible_rows(world: World, here: Side, there: Side) -> None:
    from addons.lab.models import Specimen

    with world.session(here.tenant, here.user) as session:
        ids = [here.own, here.shared, here.hidden, there.own]
        assert bulk_update(session, Specimen, ids, {"price": 5_000}) == 2
        assert bulk_update(session, Specimen, ids, {"price": 5_000}) == 0
    with world.session(here.tenant) as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "update")).all()
        assert {entry.entity_id: entry.changes for entry in entries} == {
            here.own: {"price": [None, 5_000]},
            here.shared: {"price": [None, 5_000]},
        }
        assert session.need(Specimen, here.own).version == 2


def test_the_trail_cannot_be_changed(world: World, here: Side) -> None:
    from sqlalchemy import delete, update

    for statement in (update(AuditEntry).values(action="forged"), delete(AuditEntry)):
        with pytest.raises(Exception, match=r"append-only|permission denied"), world.session(here.tenant) as session:
            session.execute(statement)


def test_a_deleted_row_is_hidden_and_its_code_stays_taken(world: World, here: Side) -> None:
    from addons.lab.models import Specimen

    with world.session(here.tenant) as session:
        row = session.need(Specimen, here.own)
        code = row.code
        session.delete(row)
        session.flush()
        assert session.find(Specimen, here.own) is None
        fresh = Specimen(name="fresh")
        session.add(fresh)
        session.flush()
        assert fresh.code != code


def test_a_stale_copy_is_refused(world: World, here: Side) -> None:
    from addons.lab.models import Specimen

    with world.session(here.tenant, here.user) as session:
        row = session.need(Specimen, here.own)
        session.expect_version(row, 1)
        row.name = "first"
    with world.session(here.tenant, here.user) as session, pytest.raises(Conflict):
        session.expect_version(session.need(Specimen, here.own), 1)


def test_codes_count_up_step_over_typed_ones_and_start_anew_in_each_business(
    world: World, here: Side, there: Side
) -> None:
    from addons.lab.models import Specimen

    with world.session(here.tenant) as session:
        session.add(Specimen(name="typed", code="SP0005"))
        session.flush()
        session.add_all(Specimen(name=f"number {n}") for n in range(3))
        session.flush()
        codes = sorted(session.scalars(select(Specimen.code)))
    assert codes == ["SP0001", "SP0002", "SP0003", "SP0004", "SP0005", "SP0006", "SP0007"]
    with world.session(there.tenant) as session:
        assert sorted(session.scalars(select(Specimen.code))) == ["SP0001", "SP0002", "SP0003"]


def test_codes_stay_unique_when_many_save_at_once(world: World, here: Side) -> None:
    from addons.lab.models import Specimen

    errors: list[Any] = []

    def work() -> None:
        try:
            for _ in range(5):
                with world.session(here.tenant) as session:
                    session.add(Specimen(name="at once"))
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    with world.session(here.tenant) as session:
        codes = session.scalars(select(Specimen.code)).all()
    assert len(codes) == len(set(codes)) == 23


def test_names_are_found_without_marks_and_sorted_the_vietnamese_way(world: World, here: Side) -> None:
    from addons.lab.models import Specimen

    from core.db.search import matches

    people = ["Trần Thị Ánh", "Đặng Văn Ấn", "Lê Hữu An", "Nguyễn Đức Bình", "Phạm Gia Đạt", "Vũ Minh Dũng"]
    with world.session(here.tenant) as session:
        session.add_all(Specimen(name=name) for name in people)
        session.flush()
        found = session.scalars(select(Specimen.name).where(matches(session, Specimen, "DANG v"))).all()
        assert found == ["Đặng Văn Ấn"]
        ordered = session.scalars(
            select(Specimen.name).where(Specimen.name.in_(people)).order_by(Specimen.sort_name)
        ).all()
    assert ordered == [
        "Lê Hữu An", "Trần Thị Ánh", "Đặng Văn Ấn", "Nguyễn Đức Bình", "Vũ Minh Dũng", "Phạm Gia Đạt",
    ]  # fmt: skip


def test_search_patterns_are_not_wildcards(world: World, here: Side) -> None:
    from addons.lab.models import Specimen

    from core.db.search import matches

    with world.session(here.tenant) as session:
        session.add_all(
            [Specimen(name="giảm 50% giá"), Specimen(name="giảm 500 giá"), Specimen(name="a_b"), Specimen(name="axb")]
        )
        session.flush()
        assert session.scalars(select(Specimen.name).where(matches(session, Specimen, "50% "))).all() == [
            "giảm 50% giá"
        ]
        assert session.scalars(select(Specimen.name).where(matches(session, Specimen, "a_b"))).all() == ["a_b"]


def test_few_letters_begin_a_word_and_common_texts_find_the_same_rows(
    world: World, here: Side, monkeypatch: pytest.MonkeyPatch
) -> None:
    from addons.lab.models import Specimen

    from core.db.search import find_matches

    names = ["Lê Vy", "Vy Lệ", "Quỳnh Lê", "Hoàng Văn Tuyên", "Yên Vân", "50% Yên"]
    expected = {
        "le": {"Lê Vy", "Vy Lệ", "Quỳnh Lê"},
        "v": {"Lê Vy", "Vy Lệ", "Hoàng Văn Tuyên", "Yên Vân"},
        "yen": {"Hoàng Văn Tuyên", "Yên Vân", "50% Yên"},  # three letters are found inside a word
        "ye": {"Yên Vân", "50% Yên"},
        "le vy": {"Lê Vy", "Vy Lệ"},
        "van yen": {"Hoàng Văn Tuyên", "Yên Vân"},
        "%": set(),
        "5": {"50% Yên"},
    }
    with world.session(here.tenant) as session:
        session.add_all(Specimen(name=name) for name in names)
        session.flush()
        for cap in (2_000, 1):
            monkeypatch.setattr("core.db.search.SEARCH_CAP", cap)
            with recorded_statements() as statements:
                found = find_matches(session, [(Specimen, (query,)) for query in expected])
            assert len(statements) <= 1
            for query, match in zip(expected, found, strict=True):
                rows = session.scalars(select(Specimen.name).where(match.criterion, Specimen.name.in_(names)))
                assert set(rows) == expected[query], (query, cap)


@pytest.mark.engine("postgresql")
def test_a_text_that_is_common_is_not_looked_up(
    world: World, here: Side, there: Side, monkeypatch: pytest.MonkeyPatch
) -> None:
    from addons.lab.models import Specimen

    asked = func.banyan_search(
        cast("lab_specimen", REGCLASS), cast(["%mau thuong%"], ARRAY(Text)), 2, type_=Uuid()
    ).label("id")
    monkeypatch.setattr("core.db.search.SEARCH_CAP", 1)
    with world.session(there.tenant) as session:
        session.add(Specimen(name="Mẫu thường"))
    with world.session(here.tenant) as session:
        session.add_all(Specimen(name=f"Mẫu thường {number}") for number in range(100))
        session.add(Specimen(name="Mẫu hiếm"))
        session.flush()
        told = set(session.connection().execute(select(asked)).scalars())
        assert len(told) == 2
        assert session.scalars(select(Specimen.id).where(Specimen.id.in_(told))).all() == []
        common, rare = find_matches(session, [(Specimen, ("mau thuong",)), (Specimen, ("mau hiem",))])
        assert (common.is_rare, rare.is_rare) == (False, True)
        assert len(session.scalars(select(Specimen.id).where(common.criterion)).all()) == 100
        assert session.scalars(select(Specimen.name).where(rare.criterion)).all() == ["Mẫu hiếm"]
    with world.session(there.tenant) as session:
        [found] = find_matches(session, [(Specimen, ("mau thuong",))])
        assert found.is_rare
        assert session.scalars(select(Specimen.name).where(found.criterion)).all() == ["Mẫu thường"]


@pytest.mark.req("SYS-17")
@pytest.mark.parametrize("price", [1.5, 10.0, True, "10000"])
def test_money_is_whole_dong_or_refused(world: World, here: Side, price: Any) -> None:
    from addons.lab.models import Specimen

    with pytest.raises(StatementError), world.session(here.tenant) as session:
        session.add(Specimen(name="priced", price=price))
        session.flush()
