"""``@job`` and the manifest's ``[jobs]`` are compared at boot, all problems at once."""

import pytest

from core.manifest import BootError
from core.testing.databases import AddonSet

MANIFEST = """
name = "crooked"
title = "Crooked"
summary = "Whose jobs are wrong."
version = "0.1.0"
category = "other"
icon = "flask"

[jobs."crooked.close_day"]
title = "Close the day"
schedule = "0 23 * * *"

[jobs."crooked.fit_day"]
title = "Fits"
schedule = "0 23 * * *"

[jobs."crooked.nobodys"]
title = "Nobody's"
"""

JOBS = '''
"""Jobs."""

from core.jobs import job


@job("crooked.close_day", title="Close the day")
def close_day(run, day, *, copies, paper="A4"):
    pass


@job("crooked.fit_day", title="Fits")
def fit_day(run, *, paper="A4", **others):
    pass


@job("crooked.not_listed", title="Needs no entry")
def not_listed(run, *, day):
    pass


@job("crooked.fit_day", title="The same name")
def fit_day_again(run):
    pass


@job("core.foreign", title="Somebody else's name")
def foreign(run):
    pass
'''


@pytest.fixture
def addons():
    return AddonSet()


@pytest.fixture
def root(tmp_path):
    (tmp_path / "manifests").mkdir()
    (tmp_path / "manifests/crooked.toml").write_text(MANIFEST)
    (tmp_path / "addons/crooked").mkdir(parents=True)
    (tmp_path / "addons/crooked/__init__.py").write_text('"""Crooked."""\n')
    (tmp_path / "addons/crooked/jobs.py").write_text(JOBS)
    return tmp_path


@pytest.mark.engine("sqlite")
def test_everything_that_is_wrong_with_jobs_stops_the_boot(app_factory, database, root):
    with pytest.raises(BootError) as stopped:
        app_factory(("crooked",), (root,), database=database)

    found = {(problem.key, problem.message) for problem in stopped.value.problems}
    assert found == {
        ("crooked.close_day", "A scheduled job gets no arguments, and this one needs day, copies."),
        ("crooked.nobodys", "No function is declared as this job."),
        ("crooked.fit_day", "addons.crooked.jobs.fit_day has this name already."),
        ("core.foreign", "A job's name begins with its addon."),
    }
