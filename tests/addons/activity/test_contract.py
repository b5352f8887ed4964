"""Activities keep what every addon promises."""

from __future__ import annotations

from core.db import ActorSession
from core.testing.contract import AddonContract
from core.testing.seeding import Seeder
from core.testing.trial import ROWS


class TestContract(AddonContract):
    addon = "activity"

    @classmethod
    def fill(cls, session: ActorSession, seeder: Seeder) -> None:
        """Each kind has a list of its own."""
        from addons.activity.models import Activity, Kind

        for kind in Kind:
            for _number in range(ROWS):
                seeder.add(Activity, kind=kind)
