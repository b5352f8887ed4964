"""custom fields"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.db import types

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "core_custom_field",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entity", types.key_text(63), nullable=False),
        sa.Column("key", types.key_text(40), nullable=False),
        sa.Column("type", types.key_text(12), nullable=False),
        sa.Column("label_vi", sa.String(length=80), nullable=False),
        sa.Column("label_en", sa.String(length=80), nullable=False),
        sa.Column("help_vi", sa.String(length=300), nullable=False),
        sa.Column("help_en", sa.String(length=300), nullable=False),
        sa.Column("section", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.Column("in_list", sa.Boolean(), nullable=False),
        sa.Column("default", sa.String(length=300), nullable=False),
        sa.Column("choices", types.Json, nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("updated_by_id", sa.Uuid(), nullable=True),
        sa.Column("deleted_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.Column("deleted_at", types.UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "created_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_core_custom_field_created_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "deleted_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_core_custom_field_deleted_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "updated_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_core_custom_field_updated_by_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_core_custom_field")),
        sa.UniqueConstraint("tenant_id", "entity", "key", name=op.f("uq_core_custom_field_tenant_id_entity_key")),
    )
    with op.batch_alter_table("core_custom_field", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_core_custom_field_tenant_id_entity_position_id"),
            ["tenant_id", "entity", "position", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_core_custom_field_tenant_id_position_id"), ["tenant_id", "position", "id"], unique=False
        )
