"""Boom keeps what every addon promises."""

from __future__ import annotations

from decimal import Decimal

from core.clock import now
from core.db import ActorSession
from core.testing.contract import AddonContract
from core.testing.seeding import Seeder
from core.testing.trial import ROWS


class TestContract(AddonContract):
    addon = "boom"

    @classmethod
    def fill(cls, session: ActorSession, seeder: Seeder) -> None:
        """A number stands as a digest, which cannot be thought up; the list shows who is at a level."""
        from addons.boom.models import BoomCustomer, BoomLookup
        from addons.boom.phone_key import phone_key
        from addons.customer.models import Customer

        for number in range(ROWS):
            id = seeder.add(Customer, phone=f"+8491234{number:04d}")
            seeder.add(BoomCustomer, customer_id=id, deliveries=4, returns=3, rate=Decimal(75), level=3, phones=[])
            seeder.add(BoomLookup, phone_key=phone_key(f"+8491234{number:04d}"), at=now(), reports=0)
