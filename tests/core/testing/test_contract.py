"""The contract catches what it is for: an addon that breaks every promise, and a kernel whose guards are taken away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from core.app import load_registry
from core.discovery import HOUSE, discover
from core.problem_codes import MEANINGS, Code
from core.testing import promises
from core.testing.contract import root_of
from core.testing.databases import AddonSet, Databases
from core.testing.trial import Trial, start_trial
from core.testing.world import make_config
from core.vetting.findings import Finding
from core.vetting.permissions import unused_permissions
from core.vetting.schema import schema_findings
from core.vetting.sources import source_findings, text_findings

ROOT = Path(__file__).parent / "sick_root"
pytestmark = pytest.mark.engine("sqlite")


@pytest.fixture(scope="module")
def trial(engine_name: str, databases: Callable[[str], Databases], tmp_path_factory: Any) -> Iterator[Trial]:
    rooms, addons = databases(engine_name), AddonSet(("sick",), (ROOT,))
    made = start_trial(
        "sick", addons, rooms.migrated(addons), rooms, tmp_path_factory.mktemp("sick"), lambda session, seeder: None
    )
    yield made
    made.close()


def told(findings: Iterator[Finding]) -> dict[Code, list[str]]:
    """Code → what its findings say, in one line each."""
    found: dict[Code, list[str]] = {}
    for each in findings:
        found.setdefault(each.code, []).append(" ".join(str(each).split()))
    return found


def test_what_its_source_says_is_caught_without_running_it(trial: Trial) -> None:
    found = told(source_findings(trial.addon, discover([ROOT]).known))

    assert found.keys() == {Code.IMPORT_CONTRACT, Code.PYTHON_RULE, Code.TEMPLATE_RULE, Code.STALE_ALLOWANCE}
    assert "views.py:43 import-contract: sick imports hospital" in found[Code.IMPORT_CONTRACT][0]
    assert "views.py:22 evaluation" in found[Code.PYTHON_RULE][0]
    assert "ward.html:1 inline-script" in found[Code.TEMPLATE_RULE][0]
    assert len(found[Code.STALE_ALLOWANCE]) == 1
    untranslated = told(text_findings(trial.addon))[Code.VIETNAMESE]
    assert any('"A ward without Vietnamese" has no translation' in line for line in untranslated)


def test_migrations_and_names_of_tables_are_compared_with_the_models(trial: Trial, tmp_path: Path) -> None:
    config = make_config(trial.rooms.empty(), trial.addons, tmp_path)

    found = told(schema_findings(config, load_registry(config), ["sick"]))

    assert found.keys() == {Code.SCHEMA, Code.TABLE_NAME}
    assert any("sick_diagnosis" in line for line in found[Code.SCHEMA])
    assert [line for line in found[Code.TABLE_NAME] if "BAN062 bed " in line]


def test_a_permission_that_nothing_asks_for_and_a_menu_that_leads_nowhere_are_caught(trial: Trial) -> None:
    assert told(unused_permissions(trial.app, trial.registry, trial.addon)) == {
        Code.UNUSED_PERMISSION: [
            'BAN055 sick.unused Nothing asks for this permission. Ask for it: permission="sick.unused" or actor.can(…); '
            f"or take it out of {ROOT / 'manifests/sick.toml'}."
        ]
    }
    lines = told(promises.keeps_its_menu(trial))[Code.MENU]
    assert "Ward (sick.ward) sick.nurse sees it and gets 403." in lines[0]
    assert "who holds sick.read alone sees it and gets 403." in lines[1]


def test_a_page_that_remembers_across_businesses_and_a_row_that_cannot_be_made_are_caught(trial: Trial) -> None:
    trial.world.client(trial.there.boss).get("/sick/roll")  # it remembers whom they have

    found = told(promises.hides_foreign_records(trial))

    remembering, *peeking = found[Code.FOREIGN_ID]
    assert "GET /sick/roll (sick.roll) It shows what belongs to another business." in remembering
    assert "GET /sick/faint (sick.faint)" in found[Code.CRASHES][0]
    assert "ZeroDivisionError: no pulse" in found[Code.CRASHES][0]
    assert any("GET /sick/peek/<uuid:id> (sick.peek) It answers 200 to another business's" in line for line in peeking)
    assert any("an id that does not exist" in line for line in peeking)
    assert all("sick.peek" in line for line in peeking)
    assert "severity" in found[Code.NOTHING_PROVED][0]


def test_a_list_that_asks_too_often_is_caught(trial: Trial) -> None:
    (line,) = told(promises.lists_within_budget(trial))[Code.QUERIES]

    assert "sick.patients_list" in line
    assert "SELECT sick_patient.name" in line


def test_jobs_that_fail_repeat_themselves_or_say_too_little_are_caught(trial: Trial, monkeypatch: Any) -> None:
    found = told(promises.runs_its_jobs(trial))

    assert [line.split(" ")[1] for line in found[Code.JOB_REPEATS]] == ["sick.infect_more"]
    assert ["out of breath" in line or "needs day" in line for line in found[Code.JOB_FAILS]] == [True, True]
    assert Code.JOB_WHILE_OFF not in found

    monkeypatch.setattr("core.jobs.execution._reason_to_end", lambda session, job, actor: None)
    assert "sick.infect_more" in told(promises.runs_its_jobs(trial))[Code.JOB_WHILE_OFF][0]


def test_data_that_double_go_or_stay_behind_are_caught(trial: Trial) -> None:
    assert "sick_patient" in told(promises.loads_its_demo_once(trial))[Code.DEMO_DOUBLES][0]
    left = told(promises.leaves_nothing(trial))[Code.LEFT_OVER]
    assert [line.split(" ")[1] for line in left] == ["bed", "core_group:"]
    assert "BAN114 bed Switching sick on again" in told(promises.keeps_data_while_off(trial))[Code.DATA_LOST][0]


def test_a_kernel_without_guards_is_noticed(trial: Trial, monkeypatch: Any) -> None:
    """What no addon can break by itself: each guard is taken away in turn, for two of its pages."""
    few = [target for target in trial.targets if target.endpoint in {"sick.ward", "sick.peek"}]
    assert not told(promises.refuses_anonymous(trial)) and not told(promises.refuses_forged(trial))
    monkeypatch.setattr(Trial, "api_targets", property(lambda trial: []))
    with monkeypatch.context() as patch:
        patch.setattr("core.web.requests._admit", lambda access, actor: None)
        patch.setattr(Trial, "targets", property(lambda trial: few))
        assert len(told(promises.refuses_unpermitted(trial))[Code.UNPERMITTED]) == 2
        assert len(told(promises.is_gone_while_off(trial))[Code.SWITCHED_OFF]) == 2
    with monkeypatch.context() as patch:
        patch.setattr("core.web.requests._ask_to_log_in", lambda: None)
        patch.setattr(Trial, "targets", property(lambda trial: few))
        assert len(told(promises.refuses_anonymous(trial))[Code.ANONYMOUS]) == 2
    with monkeypatch.context() as patch:
        patch.setattr(trial.app.extensions["csrf"], "protect", lambda: None)
        patch.setitem(trial.app.view_functions, "sick.admit", lambda: "admitted")
        assert any("sick.admit" in line for line in told(promises.refuses_forged(trial))[Code.FORGED])
    with monkeypatch.context() as patch:
        patch.setitem(trial.app.view_functions, "core.groups_detail", lambda id: "an empty page")
        assert len(told(promises.grants_its_permissions(trial))[Code.NOT_GRANTABLE]) == 3


def test_every_addon_of_this_house_has_its_contract() -> None:
    """``banyan addon new`` writes it; for others: tests/addons/customer/test_contract.py."""
    names = set(discover([HOUSE]).known) - {"core"}
    tested = {name for name in names if (HOUSE / "tests" / "addons" / name / "test_contract.py").is_file()}

    assert tested == names


def test_the_root_of_an_addon_is_found_above_its_test() -> None:
    assert root_of("sick", ROOT / "tests" / "test_contract.py") == ROOT
    assert root_of("sick", Path(__file__)) is None


def test_every_code_has_a_meaning() -> None:
    assert set(MEANINGS) == set(Code)
