"""The suite's own behaviour: which engines run, what becomes of a test whose server or browser is missing."""

import psycopg
import pytest

from core.testing.programs import MissingProgram, Program, provide
from core.testing.run import ServerUnavailable, TestRun
from core.testing.servers import start_postgresql

GHOST = Program("Ghost", ("no-such-program",), "ghost-package", override="GHOST_PROGRAM")


@pytest.fixture
def suite(pytester, pytestconfig, monkeypatch):
    """A suite of its own that uses the plugin; returns the outcomes of its tests."""
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    monkeypatch.setenv("PYTHONPATH", str(pytestconfig.rootpath))

    def run(source, *arguments, **environment):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        pytester.makepyfile(source)
        return pytester.runpytest_subprocess("-p", "core.testing.plugin", *arguments)

    monkeypatch.setenv("CI", "")
    return run


TRIALS = """
    import pytest
    from core.testing.outcomes import unavailable

    def test_each(engine_name):
        pass

    @pytest.mark.engine("postgresql")
    def test_one(engine_name):
        pass

    def test_skipped():
        pytest.skip("not today")

    def test_unavailable():
        unavailable("Ghost is missing; install it with: apt-get install -y ghost")

    @pytest.mark.xfail(reason="known")
    def test_known():
        raise AssertionError
"""


def test_tests_run_on_both_engines_and_what_is_missing_is_skipped_with_its_remedy(suite):
    result = suite(TRIALS, "-rs", "--engine", "both")

    result.assert_outcomes(passed=3, skipped=2, xfailed=1)
    result.stdout.fnmatch_lines(["*apt-get install -y ghost*"])


def test_tests_run_on_the_engine_that_was_chosen_and_nothing_is_skipped_in_ci(suite):
    result = suite(TRIALS, "--engine", "postgresql", CI="true")

    result.assert_outcomes(passed=2, failed=2, xfailed=1)
    result.stdout.fnmatch_lines(["*with CI=true nothing is skipped*"])


def test_a_missing_program_names_the_command_that_brings_it(monkeypatch):
    monkeypatch.setattr("core.testing.programs._may_install", lambda: False)

    with pytest.raises(MissingProgram, match="apt-get install -y ghost-package"):
        provide(GHOST, {"PATH": ""})


def test_a_program_may_be_named_by_the_environment(tmp_path):
    assert provide(GHOST, {"GHOST_PROGRAM": str(tmp_path / "ghost")}) == tmp_path / "ghost"


def test_a_server_that_cannot_be_had_says_why_each_time(monkeypatch):
    def missing():
        raise MissingProgram(GHOST)

    monkeypatch.setattr("core.testing.run.STARTERS", {"postgresql": ("NOT_SET", missing)})
    run = TestRun({})
    for _ in range(2):
        with pytest.raises(ServerUnavailable, match="ghost-package"):
            run.url("postgresql")
    run.close()
    assert not run.folder.exists()


USES_A_DATABASE = """
    def test_database(empty_database):
        assert "127.0.0.1" in empty_database.url
"""


def test_a_server_of_the_environment_is_used_and_left_clean(suite):
    server = start_postgresql()
    try:
        suite(
            USES_A_DATABASE, "--engine", "postgresql", "-n", "2", BANYAN_TEST_DATABASE_URL=server.url
        ).assert_outcomes(passed=1)
        with psycopg.connect(server.url) as connection:
            left = connection.execute("SELECT count(*) FROM pg_database WHERE datname LIKE 'banyan%'").fetchone()
            roles = connection.execute("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'banyan_app'").fetchone()
    finally:
        server.stop()

    assert (left, roles) == ((0,), (1,))
