"""What the jobs write."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Mapped

from core.db.base import TenantModel, bare_id, index


class Effect(TenantModel):
    """One effect of a job: no constraint keeps it from being written twice, so a test sees it when it is."""

    __tablename__ = "endure_effect"
    __table_args__ = (index("job_id"),)

    job_id: Mapped[UUID] = bare_id("jobs are cleared")
    number: Mapped[int]
