from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Audited, TenantModel


class Good(Audited, TenantModel):
    __tablename__ = "stall"

    name: Mapped[str] = mapped_column(String(50))
