"""Boom keeps what every addon promises."""

from __future__ import annotations

from core.clock import now
from core.db import ActorSession
from core.testing.contract import AddonContract
from core.testing.seeding import Seeder
from core.testing.trial import ROWS


class TestContract(AddonContract):
    addon = "boom"

    @classmethod
    def fill(cls, session: ActorSession, seeder: Seeder) -> None:
        """A number stands as a digest, which cannot be thought up."""
        from addons.boom.models import BoomLookup
        from addons.boom.phone_key import phone_key

        for number in range(ROWS):
            seeder.add(BoomLookup, phone_key=phone_key(f"+8491234{number:04d}"), at=now(), reports=0)
