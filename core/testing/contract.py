"""The contract that every addon passes (architecture §12). Derive a class of tests from it, and that is all:

    class TestContract(AddonContract):
        addon = "visits"

It comes with the pytest plugin of ``banyan-erp``. What a failure lists has stable codes (docs/implementers.md).
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from core.app import load_registry
from core.db.session import ActorSession
from core.discovery import HOUSE, MANIFESTS, discover, installed_entry_points
from core.testing import promises
from core.testing.databases import AddonSet, Database, Databases
from core.testing.seeding import Seeder
from core.testing.trial import Trial, start_trial
from core.testing.world import make_config
from core.vetting.findings import Finding
from core.vetting.permissions import unused_permissions
from core.vetting.schema import schema_findings
from core.vetting.sources import source_findings, text_findings


class AddonContract:
    """What is promised to whoever installs the addon. All tests of a class share one application and its businesses.

    ``root`` is the folder above ``addons/`` and ``manifests/``; by default it is found above the test. ``job_arguments`` are
    what jobs that need arguments are called with. :meth:`fill` makes rows that their columns alone do not tell how to make.
    """

    addon: str
    root: Path | None = None
    job_arguments: Mapping[str, Mapping[str, Any]] = {}
    list_queries: int = promises.LIST_QUERIES

    @classmethod
    def fill(cls, session: ActorSession, seeder: Seeder) -> None:
        """Make rows of one business: ``seeder.add(Visit, state="planned")``; what a service makes is noted in ``seeder.made``.

        At least a dozen for each list. Models without any get theirs by their columns.
        """

    @pytest.fixture(scope="class")
    @classmethod
    def trial(
        cls,
        engine_name: str,
        databases: Callable[[str], Databases],
        tmp_path_factory: pytest.TempPathFactory,
    ) -> Iterator[Trial]:
        """The addon with its dependencies and nothing else, at work in two businesses and off in a third."""
        rooms, addons = databases(engine_name), cls.addon_set()
        database = rooms.migrated(addons)
        data = tmp_path_factory.mktemp(cls.addon)
        trial = start_trial(cls.addon, addons, database, rooms, data, cls.fill, job_arguments=cls.job_arguments)
        yield trial
        trial.close()
        rooms.drop(database)

    @classmethod
    def addon_set(cls) -> AddonSet:
        """The addon, the root that it lies in, and those of the environment, where dependencies may be."""
        own = cls.root or root_of(cls.addon, Path(inspect.getfile(cls)))
        named = (Path(each) for each in os.environ.get("BANYAN_ADDONS_PATH", "").split(os.pathsep) if each)
        roots = dict.fromkeys(root.resolve() for root in (own, *named) if root)
        return AddonSet((cls.addon,), tuple(root for root in roots if root != HOUSE))

    @pytest.mark.engine("sqlite")
    def test_it_imports_and_says_only_what_it_may(self, trial: Trial) -> None:
        known = discover([HOUSE, *trial.addons.roots], installed_entry_points()).known
        expect_none([*source_findings(trial.addon, known), *text_findings(trial.addon)])

    @pytest.mark.engine("sqlite")
    def test_routes_refuse_who_may_not_call_them(self, trial: Trial) -> None:
        expect_none(
            [
                *promises.refuses_anonymous(trial),
                *promises.refuses_unpermitted(trial),
                *promises.is_gone_while_off(trial),
                *promises.refuses_forged(trial),
            ]
        )

    @pytest.mark.engine("sqlite")
    def test_records_of_another_business_are_not_there(self, trial: Trial) -> None:
        expect_none(promises.hides_foreign_records(trial))

    @pytest.mark.engine("sqlite")
    def test_menu_and_permissions_lead_somewhere(self, trial: Trial) -> None:
        unused = unused_permissions(trial.app, trial.registry, trial.addon)
        expect_none([*promises.keeps_its_menu(trial), *promises.grants_its_permissions(trial), *unused])

    @pytest.mark.engine("sqlite")
    def test_lists_stay_within_their_budget(self, trial: Trial) -> None:
        expect_none(promises.lists_within_budget(trial, self.list_queries))

    @pytest.mark.engine("sqlite")
    def test_jobs_run_twice_and_rest_while_it_is_off(self, trial: Trial) -> None:
        expect_none(promises.runs_its_jobs(trial))

    @pytest.mark.engine("sqlite")
    def test_demo_data_are_loaded_once(self, trial: Trial) -> None:
        expect_none(promises.loads_its_demo_once(trial))

    @pytest.mark.engine("sqlite")
    def test_switching_it_off_and_on_keeps_its_data(self, trial: Trial) -> None:
        expect_none(promises.keeps_data_while_off(trial))

    @pytest.mark.engine("sqlite")
    def test_a_purge_leaves_nothing(self, trial: Trial) -> None:
        expect_none(promises.leaves_nothing(trial))

    def test_its_migrations_end_at_its_models(self, empty_database: Database, tmp_path: Path) -> None:
        config = make_config(empty_database, self.addon_set(), tmp_path)
        expect_none(schema_findings(config, load_registry(config), [self.addon]))


def root_of(addon: str, file: Path) -> Path | None:
    """The root above ``file`` that has the addon's manifest; None where it is installed, or nowhere above."""
    return next((each for each in file.resolve().parents if (each / MANIFESTS / f"{addon}.toml").is_file()), None)


def expect_none(findings: Iterable[Finding]) -> None:
    """Fail with all of them."""
    told = list(findings)
    if told:
        pytest.fail("\n\n".join(map(str, told)), pytrace=False)
