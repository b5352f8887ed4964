"""Times of contact"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.db import types

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "customer_contact_time",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("kind", types.key_text(60), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "customer_id"],
            ["customer.tenant_id", "customer.id"],
            name="fk_customer_contact_time_customer_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_customer_contact_time")),
        sa.UniqueConstraint(
            "tenant_id", "customer_id", "kind", name=op.f("uq_customer_contact_time_tenant_id_customer_id_kind")
        ),
    )
