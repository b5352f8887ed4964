"""Demo data that come again and again."""

from __future__ import annotations

from addons.sick.models import Patient

from core.db import ActorSession
from core.demo.marking import demo_data


@demo_data
def load(session: ActorSession) -> None:
    session.add(Patient(name="Zero"))
