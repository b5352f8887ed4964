"""saved views"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.db import types

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "core_list_choice",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("resource", types.key_text(120), nullable=False),
        sa.Column("opens", types.key_text(36), nullable=False),
        sa.Column("columns", types.Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_core_list_choice_user_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_core_list_choice")),
        sa.UniqueConstraint(
            "tenant_id", "user_id", "resource", name=op.f("uq_core_list_choice_tenant_id_user_id_resource")
        ),
    )
    op.create_table(
        "core_saved_view",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("resource", types.key_text(120), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("args", types.Json, nullable=False),
        sa.Column("columns", types.Json, nullable=True),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("updated_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "created_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_core_saved_view_created_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "owner_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_core_saved_view_owner_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "updated_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_core_saved_view_updated_by_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_core_saved_view")),
    )
    with op.batch_alter_table("core_saved_view", schema=None) as batch_op:
        batch_op.create_index("ix_core_saved_view_owner_id", ["tenant_id", "owner_id", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_core_saved_view_tenant_id_resource_id"), ["tenant_id", "resource", "id"], unique=False
        )

    op.create_table(
        "core_group_view",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("resource", types.key_text(120), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("view_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "group_id"],
            ["core_group.tenant_id", "core_group.id"],
            name="fk_core_group_view_group_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "view_id"],
            ["core_saved_view.tenant_id", "core_saved_view.id"],
            name="fk_core_group_view_view_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_core_group_view")),
        sa.UniqueConstraint(
            "tenant_id", "resource", "group_id", name=op.f("uq_core_group_view_tenant_id_resource_group_id")
        ),
    )
    with op.batch_alter_table("core_group_view", schema=None) as batch_op:
        batch_op.create_index("ix_core_group_view_group_id", ["tenant_id", "group_id", "id"], unique=False)
        batch_op.create_index("ix_core_group_view_view_id", ["tenant_id", "view_id", "id"], unique=False)
