"""A patient, a bed under a name that is not the addon's, and a diagnosis that no generator guesses."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import TenantModel, index


class Patient(TenantModel):
    __tablename__ = "sick_patient"
    __table_args__ = (index("name"),)

    name: Mapped[str] = mapped_column(String(80))


class Bed(TenantModel):
    __tablename__ = "bed"

    number: Mapped[int]


class Diagnosis(TenantModel):
    __tablename__ = "sick_diagnosis"
    __table_args__ = (CheckConstraint("severity > 100", name="severity"),)

    severity: Mapped[int]
