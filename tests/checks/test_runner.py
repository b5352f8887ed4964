"""The runner of the gates: every gate runs, a red one makes the whole red, exceptions are reviewed."""

import pytest

import checks.__main__ as runner
from core.vetting.breaches import Allowance, Breach, read_allowances, unused, without_allowed

FINDING = Breach("core/ui/icons.py", 7, "markup", "Markup() switches escaping off")


@pytest.fixture
def three_gates(monkeypatch):
    made = [runner.Gate("first", lambda: ""), runner.Gate("second", lambda: "broken"), runner.Gate("third", lambda: "")]
    monkeypatch.setattr(runner, "gates", lambda: made)


@pytest.mark.usefixtures("three_gates")
def test_all_gates_run_and_the_red_ones_are_named_at_the_end(capsys):
    assert runner.main([]) == 1

    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines if line.startswith(("ok", "FAIL"))] == [
        ["ok", "first"],
        ["FAIL", "second"],
        ["ok", "third"],
    ]
    assert "broken" in lines
    assert lines[-1] == "red: second"


@pytest.mark.usefixtures("three_gates")
def test_gates_can_be_chosen_by_name(capsys):
    assert runner.main(["third", "first"]) == 0
    assert runner.main(["fourth"]) == 2
    assert "there are: first, second, third" in capsys.readouterr().out


def test_a_program_that_fails_makes_its_gate_red():
    assert runner.tool("python", "-c", "print('bad line'); raise SystemExit(1)")() == "bad line"
    assert runner.tool("python", "-c", "raise SystemExit(3)")() == "exit code 3"
    assert runner.tool("python", "-c", "print('fine')")() == ""


def test_a_reviewed_exception_covers_its_rule_and_path_only():
    allowances = [Allowance("markup", "core/ui/*.py", "icons are ours")]

    assert without_allowed([FINDING], allowances) == []
    assert without_allowed([FINDING], [Allowance("markup", "core/web/*.py", "no")]) == [FINDING]
    assert without_allowed([FINDING], [Allowance("evaluation", "core/ui/*.py", "no")]) == [FINDING]


def test_an_exception_that_excepts_nothing_is_found():
    stale = Allowance("markup", "core/gone.py", "once")

    assert unused([FINDING], [stale, Allowance("markup", "core/ui/icons.py", "ours")]) == [stale]


def test_an_exception_needs_a_reason(tmp_path):
    file = tmp_path / "allowances.toml"
    file.write_text('[[allow]]\nrule = "markup"\npath = "core/x.py"\nreason = " "\n')

    with pytest.raises(ValueError, match="has no reason"):
        read_allowances(file)
