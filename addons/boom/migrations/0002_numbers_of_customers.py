"""Numbers of customers"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.db import types

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "boom_customer",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("deliveries", sa.Integer(), nullable=False),
        sa.Column("returns", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("absent", sa.Integer(), nullable=False),
        sa.Column("unknown", sa.Integer(), nullable=False),
        sa.Column("carrier", sa.Integer(), nullable=False),
        sa.Column("shop", sa.Integer(), nullable=False),
        sa.Column("rate", types.Scaled(), nullable=True),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("phones", types.Json, nullable=False),
        sa.Column("counted_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "customer_id"],
            ["customer.tenant_id", "customer.id"],
            name="fk_boom_customer_customer_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_boom_customer")),
        sa.UniqueConstraint("tenant_id", "customer_id", name=op.f("uq_boom_customer_tenant_id_customer_id")),
    )
    with op.batch_alter_table("boom_customer", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_boom_customer_tenant_id_level_rate_id"), ["tenant_id", "level", "rate", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_boom_customer_tenant_id_rate_id"), ["tenant_id", "rate", "id"], unique=False
        )
