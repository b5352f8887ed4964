"""``banyan addon check``: every problem of an addon at once, each with its code, for people and for programs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from core.cli.main import banyan
from core.discovery import HOUSE
from core.problem_codes import MEANINGS, Code
from tests.core.boot.conftest import House

SICK = HOUSE / "tests" / "core" / "testing" / "sick_root"

VIEWS = """
    from core.web import AddonViews

    views = AddonViews(__name__)
"""


def check(*words: object, **environ: str) -> Result:
    return CliRunner(env=environ).invoke(banyan, ["addon", "check", *map(str, words)])


def codes(result: Result) -> set[str]:
    return set(re.findall(r"^(BAN\d{3}) ", result.output, re.MULTILINE))


def test_an_addon_in_order_has_no_problem_and_needs_no_deployment(library: None, tmp_path: Path) -> None:
    done = check("customer", BANYAN_DATA=str(tmp_path), DATABASE_URL="postgresql://nobody@127.0.0.1:9/nothing")

    assert (done.output, done.exit_code) == ("customer: no problems\n", 0)
    assert list(tmp_path.iterdir()) == []


def test_all_problems_of_an_addon_are_told_at_once(library: None) -> None:
    done = check(SICK)

    assert done.exit_code == 1
    assert codes(done) == {"BAN050", "BAN051", "BAN052", "BAN053", "BAN054", "BAN055", "BAN061", "BAN062"}
    assert "table bed is missing" in done.output
    assert "column sick_patient.name is missing" in done.output


def test_programs_get_them_as_json(library: None) -> None:
    done = check(SICK / "addons" / "sick", "--json")

    told = json.loads(done.output)
    assert told["addons"] == ["sick"]
    assert {each["code"] for each in told["findings"]} > {"BAN050", "BAN061"}
    assert all(each["place"] and each["message"] for each in told["findings"])


def test_what_is_not_there_is_said(library: None, tmp_path: Path) -> None:
    done = check("custmer", tmp_path / "nowhere")

    assert codes(done) == {"BAN010", "BAN020"}
    assert 'Did you mean "customer"?' in done.output


def test_manifests_and_places_that_are_wrong_have_codes(house: House, library: None) -> None:
    house.addon("vague", 'colour = "red"', icon="7", version='"1"', depends='["customer", "customer", "ghost"]')
    house.addon("liar", '[[menu]]\ntitle = "A"\nendpoint = "liar.a"\npermission = "liar.read"')
    house.write("manifests/torn.toml", "name = ")
    house.write("manifests/empty.toml", 'name = "empty"\ntitle = "A"\nsummary = "A"\nversion = "0.1.0"\n'
                'category = "sales"\nicon = "users"')  # fmt: skip
    house.write("addons/bare/models.py", "")
    house.addon("customer")

    assert codes(check(house.root)) >= {
        "BAN001", "BAN002", "BAN003", "BAN004", "BAN005", "BAN006", "BAN012", "BAN013", "BAN014",
    }  # fmt: skip


def test_addons_that_do_not_go_together_have_codes(house: House, library: None) -> None:
    house.addon("egg", depends='["hen"]')
    house.addon("hen", depends='["egg", "rooster"]')
    house.addon("hen_house", '[[webhooks]]\npath = "/hooks/x"\nendpoint = "hen_house.x"')
    house.addon("fox", '[[webhooks]]\npath = "/hooks/x"\nendpoint = "fox.x"\n'
                '[[groups]]\nkey = "a"\ntitle = "A"\npermissions = ["customer.eat"]', depends='["customer"]')  # fmt: skip

    assert codes(check(house.root)) >= {"BAN020", "BAN021", "BAN022", "BAN023", "BAN024"}


def test_code_that_cannot_be_loaded_has_codes(house: House, library: None) -> None:
    house.addon(
        "broken", files={"models.py": "import nothing_of_this_name", "views/one.py": "", "extends/customer.py": ""}
    )
    house.addon("open_door", files={"views.py": f'{VIEWS}\n    @views.get("/")\n    def door() -> str: ...'})

    done = check(house.root)

    assert codes(done) >= {"BAN030", "BAN031", "BAN033", "BAN040"}
    assert "views.py:6" in done.output


def test_declarations_that_lead_nowhere_have_codes(house: House, library: None) -> None:
    house.addon(
        "lost",
        '[[menu]]\ntitle = "A"\nendpoint = "lost.nowhere"\npermission = "lost.read"\n[permissions]\nread = "A"',
        files={
            "views.py": f'{VIEWS}\n    @views.get("/", permission="lost.find")\n    def found() -> str: ...',
            "jobs.py": 'from core.jobs import job\n\n@job("elsewhere.go", title="Go")\ndef go(run): ...',
        },
    )
    house.addon(
        "shapeless",
        '[permissions]\nread = "A"',
        files={
            "models.py": "from core.db import TenantModel\n\nclass Thing(TenantModel):\n    __tablename__ = 'shapeless'",
            "resources.py": "from addons.shapeless.models import Thing\nfrom core.resources import Permissions, Resource\n\n"
            "class Things(Resource[Thing]):\n    model = Thing\n    name = 'things'\n"
            "    permissions = Permissions.all('shapeless.read')",
        },
    )

    assert codes(check("lost", BANYAN_ADDONS_PATH=str(house.root))) >= {"BAN042", "BAN043", "BAN045"}
    assert codes(check("shapeless", BANYAN_ADDONS_PATH=str(house.root))) >= {"BAN044", "BAN060"}


def test_the_guide_explains_every_code() -> None:
    guide = (HOUSE / "docs" / "implementers.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (BAN\d{3}) \| (.*?) \| (.*?) \|$", guide, re.MULTILINE)

    assert rows == [(code.value, *MEANINGS[code]) for code in Code]


@pytest.mark.parametrize("path", ["addons/__init__.py"])
def test_a_file_that_hides_other_addons_is_found(house: House, library: None, path: str, monkeypatch: Any) -> None:
    house.addon("good")
    house.write(path, "")

    assert "BAN011" in codes(check(house.root))
