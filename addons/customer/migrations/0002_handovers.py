"""handovers"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.db import types

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "customer_handover",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("giver_id", sa.Uuid(), nullable=True),
        sa.Column("customers", sa.Integer(), nullable=False),
        sa.Column("receivers", sa.Integer(), nullable=False),
        sa.Column("boxes", types.Json, nullable=False),
        sa.Column("undone_at", types.UtcDateTime(), nullable=True),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("updated_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "created_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_customer_handover_created_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "giver_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_customer_handover_giver_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "updated_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_customer_handover_updated_by_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_customer_handover")),
    )
    with op.batch_alter_table("customer_handover", schema=None) as batch_op:
        batch_op.create_index("ix_customer_handover_giver_id", ["tenant_id", "giver_id", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_customer_handover_tenant_id_created_at_id"), ["tenant_id", "created_at", "id"], unique=False
        )

    op.create_table(
        "customer_handover_item",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("handover_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("from_user_id", sa.Uuid(), nullable=True),
        sa.Column("to_user_id", sa.Uuid(), nullable=True),
        sa.Column("ended_shares", types.Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "customer_id"],
            ["customer.tenant_id", "customer.id"],
            name="fk_customer_handover_item_customer_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "from_user_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_customer_handover_item_from_user_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "handover_id"],
            ["customer_handover.tenant_id", "customer_handover.id"],
            name="fk_customer_handover_item_handover_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "to_user_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_customer_handover_item_to_user_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_customer_handover_item")),
        sa.UniqueConstraint(
            "tenant_id",
            "handover_id",
            "customer_id",
            name=op.f("uq_customer_handover_item_tenant_id_handover_id_customer_id"),
        ),
    )
    with op.batch_alter_table("customer_handover_item", schema=None) as batch_op:
        batch_op.create_index("ix_customer_handover_item_customer_id", ["tenant_id", "customer_id", "id"], unique=False)
