"""Tiers"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.db import types

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "customer_tier",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_key", types.key_text(120), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("min_amount", types.Money(), nullable=True),
        sa.Column("min_contracts", sa.Integer(), nullable=True),
        sa.Column("discount", types.Scaled(), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("updated_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "created_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_customer_tier_created_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "updated_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_customer_tier_updated_by_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_customer_tier")),
        sa.UniqueConstraint("tenant_id", "name_key", name=op.f("uq_customer_tier_tenant_id_name_key")),
        sa.UniqueConstraint("tenant_id", "position", name=op.f("uq_customer_tier_tenant_id_position")),
    )
    with op.batch_alter_table("customer_tier", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_customer_tier_tenant_id_position_id"), ["tenant_id", "position", "id"], unique=False
        )

    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.add_column(sa.Column("tier_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("tier_locked", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.create_index(
            batch_op.f("ix_customer_tenant_id_tier_id_created_at_id"),
            ["tenant_id", "tier_id", "created_at", "id"],
            unique=False,
        )
        batch_op.create_foreign_key(
            "fk_customer_tier_id", "customer_tier", ["tenant_id", "tier_id"], ["tenant_id", "id"], ondelete="RESTRICT"
        )
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.alter_column("tier_locked", server_default=None)
