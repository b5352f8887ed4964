"""Merges"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.db import types

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "customer_merge",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("survivor_id", sa.Uuid(), nullable=False),
        sa.Column("into_id", sa.Uuid(), nullable=False),
        sa.Column("merged_id", sa.Uuid(), nullable=False),
        sa.Column("survivor_name", sa.String(length=260), nullable=False),
        sa.Column("merged_name", sa.String(length=260), nullable=False),
        sa.Column("merger_id", sa.Uuid(), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("changes", types.Json, nullable=False),
        sa.Column("undone_at", types.UtcDateTime(), nullable=True),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("updated_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "created_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_customer_merge_created_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "merger_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_customer_merge_merger_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "survivor_id"],
            ["customer.tenant_id", "customer.id"],
            name="fk_customer_merge_survivor_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "updated_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_customer_merge_updated_by_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_customer_merge")),
    )
    with op.batch_alter_table("customer_merge", schema=None) as batch_op:
        batch_op.create_index("ix_customer_merge_merger_id", ["tenant_id", "merger_id", "id"], unique=False)
        batch_op.create_index("ix_customer_merge_survivor_id", ["tenant_id", "survivor_id", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_customer_merge_tenant_id_created_at_id"), ["tenant_id", "created_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_customer_merge_tenant_id_merged_id_id"), ["tenant_id", "merged_id", "id"], unique=False
        )

    op.create_table(
        "customer_merge_item",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("merge_id", sa.Uuid(), nullable=False),
        sa.Column("entity", types.key_text(63), nullable=False),
        sa.Column("name", types.key_text(63), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "merge_id"],
            ["customer_merge.tenant_id", "customer_merge.id"],
            name="fk_customer_merge_item_merge_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_customer_merge_item")),
    )
    with op.batch_alter_table("customer_merge_item", schema=None) as batch_op:
        batch_op.create_index("ix_customer_merge_item_merge_id", ["tenant_id", "merge_id", "id"], unique=False)
