"""First tables"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.db import types

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "automation_rule",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", types.key_text(80), nullable=False),
        sa.Column("trigger", types.key_text(20), nullable=False),
        sa.Column("field", types.key_text(63), nullable=True),
        sa.Column("value", sa.String(length=200), nullable=True),
        sa.Column("moment", types.key_text(63), nullable=True),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("conditions", types.Json, nullable=False),
        sa.Column("actions", types.Json, nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("active_since", types.UtcDateTime(), nullable=True),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("updated_by_id", sa.Uuid(), nullable=True),
        sa.Column("deleted_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.Column("deleted_at", types.UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("search_text", types.key_text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "created_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_automation_rule_created_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "deleted_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_automation_rule_deleted_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "updated_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_automation_rule_updated_by_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_automation_rule")),
    )
    with op.batch_alter_table("automation_rule", schema=None) as batch_op:
        batch_op.create_index(
            "ix_automation_rule_deleted_at",
            ["tenant_id", "deleted_at", "id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NOT NULL"),
            postgresql_where=sa.text("deleted_at IS NOT NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_automation_rule_tenant_id_created_at_id"), ["tenant_id", "created_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_automation_rule_tenant_id_is_active_trigger_id"),
            ["tenant_id", "is_active", "trigger", "id"],
            unique=False,
        )

    op.create_table(
        "automation_run",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("rule_name", sa.String(length=120), nullable=False),
        sa.Column("kind", types.key_text(80), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("record_label", sa.String(length=200), nullable=False),
        sa.Column("occasion", types.key_text(80), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("state", types.key_text(20), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("effects", types.Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "rule_id"],
            ["automation_rule.tenant_id", "automation_rule.id"],
            name="fk_automation_run_rule_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_automation_run")),
        sa.UniqueConstraint(
            "tenant_id",
            "rule_id",
            "record_id",
            "occasion",
            name=op.f("uq_automation_run_tenant_id_rule_id_record_id_occasion"),
        ),
    )
    with op.batch_alter_table("automation_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_automation_run_tenant_id_at_id"), ["tenant_id", "at", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_automation_run_tenant_id_rule_id_at_id"), ["tenant_id", "rule_id", "at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_automation_run_tenant_id_state_at_id"), ["tenant_id", "state", "at", "id"], unique=False
        )
