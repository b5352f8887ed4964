"""A list whose every tab asks the database a question of its own."""

from __future__ import annotations

from typing import Any

from addons.sick.models import Patient
from sqlalchemy import select

from core.resources import Column, Permissions, Resource, Tab


def named_like_the_first(session: Any) -> Any:
    return Patient.name == session.scalar(select(Patient.name).limit(1))


class Patients(Resource[Patient]):
    model = Patient
    name = "patients"
    title = "Patients"
    one = "patient"
    permissions = Permissions.all("sick.read")
    columns = (Column("name", "Name", kind="title", sort=True),)
    tabs = tuple(Tab(f"tab{number}", f"Tab {number}", where=named_like_the_first) for number in range(12))
    default_sort = "name"
