"""``banyan addon new``: what it writes works at once, keeps the contract, and breaks no rule of this house."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from shutil import copyfile

import pytest
from click.testing import CliRunner, Result

from checks.files import read_text
from checks.hygiene import check_file
from core.cli.main import banyan
from core.discovery import HOUSE
from tests.core.boot.conftest import House

USE = '''
"""The addon at work, with nothing but the fixtures of the plugin."""

from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from core.testing.databases import AddonSet


@pytest.fixture
def addons() -> AddonSet:
    return AddonSet(("harbour_visits",), (Path(__file__).parents[3],))


def test_a_record_is_entered_found_changed_exported_and_read_by_a_program(world, tenant, client_for):
    keeper = world.user(tenant, "core.use_api", groups=["harbour_visits.keeper"])
    client = client_for(keeper)

    made = client.post("/harbour_visits/harbour_visits/new", data={"name": "Cảng Đình Vũ", "note": "Ký xong"})

    assert made.status_code == 303, made.text
    assert "Cảng Đình Vũ" in client.get("/harbour_visits/harbour_visits/?q=dinh vu").text
    assert "Ký xong" in client.get(made.location).text
    (record,) = world.program(keeper).get("/harbour_visits/harbour_visits").json["items"]
    assert record["name"] == "Cảng Đình Vũ"
    wanted = {"export": "1", "rows": "all", "columns": ["name", "note"]}
    book = client.post("/harbour_visits/harbour_visits/export", data=wanted)
    rows = list(load_workbook(BytesIO(book.data)).active.values)
    assert any("Cảng Đình Vũ" in row for row in rows)
'''


def new(*words: object) -> Result:
    return CliRunner().invoke(banyan, ["addon", "new", *map(str, words)])


def make(root: Path) -> None:
    done = new("harbour_visits", "--in", root, "--one", "visit", "--vi", "Chuyến thăm cảng")
    assert done.exit_code == 0, done.output


def test_it_keeps_the_contract_where_nothing_of_this_house_is_but_the_plugin(tmp_path: Path) -> None:
    make(tmp_path)
    (tmp_path / "tests/addons/harbour_visits/test_use.py").write_text(USE, encoding="utf-8")
    words = ["-m", "pytest", "-q", "--engine", "sqlite", "-p", "no:cacheprovider", "tests"]

    done = subprocess.run([sys.executable, *words], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "11 passed" in done.stdout


def test_it_breaks_no_rule_and_needs_few_lines(house: House, library: None) -> None:
    make(house.root)
    written = sorted(str(file.relative_to(house.root)) for file in house.root.rglob("*") if file.is_file())

    checked = CliRunner().invoke(banyan, ["addon", "check", str(house.root)])

    assert checked.output == "harbour_visits: no problems\n"
    lines = [
        line
        for file in (house.root / "addons").rglob("*.py")
        if "migrations" not in file.parts
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    assert len([line for line in lines if line.strip()]) < 60
    breaches = [each for path in written for each in check_file(path, 1, read_text(house.root / path))]
    assert breaches == []
    (house.root / "core").symlink_to(
        HOUSE / "core"
    )  # the same neighbours as in this house, so the same order of imports
    copyfile(HOUSE / "pyproject.toml", house.root / "pyproject.toml")
    ruff = Path(sys.executable).with_name("ruff")
    for gate in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [ruff, *gate, "--no-cache", "addons", "tests"], cwd=house.root, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stdout.decode()


def test_nothing_is_overwritten_and_every_reason_is_told(tmp_path: Path) -> None:
    make(tmp_path)
    models = tmp_path / "addons/harbour_visits/models.py"
    models.write_text("mine", encoding="utf-8")

    again = new("harbour_visits", "--in", tmp_path, "--title", 'Say "visits"')

    assert again.exit_code == 1
    assert 'There is an addon "harbour_visits" already.' in again.output
    assert "--title: write 1 to 60 characters" in again.output
    assert "models.py exists already." in again.output
    assert models.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("Visits", "is no name for an addon"),
        ("class", "is no name for an addon"),
        ("v" * 31, "is no name for an addon"),
        ("../visits", "is no name for an addon"),
        ("core", 'There is an addon "core" already.'),
        ("customer", 'There is an addon "customer" already.'),
        ("customer_visits", 'could be taken for those of "customer"'),
        ("settings", "/settings is a page of the kernel"),
    ],
)
def test_names_that_cannot_be_are_refused(tmp_path: Path, name: str, reason: str) -> None:
    refused = new(name, "--in", tmp_path)

    assert refused.exit_code == 1
    assert reason in refused.output
    assert list(tmp_path.iterdir()) == []


def test_words_of_python_and_english_that_are_alike_do_not_collide(tmp_path: Path) -> None:
    for name in ("columns", "equipment", "companies"):
        assert new(name, "--in", tmp_path).exit_code == 0

    texts = {
        name: (tmp_path / f"addons/{name}/resources.py").read_text() for name in ("columns", "equipment", "companies")
    }
    assert "class ColumnRecordList(Resource[ColumnRecord])" not in texts["equipment"]
    assert "(Resource[ColumnRecord])" in texts["columns"]
    assert "class EquipmentList(Resource[Equipment])" in texts["equipment"]
    assert "class Companies(Resource[Company])" in texts["companies"]
    for text in texts.values():
        compile(text, "resources.py", "exec")
