"""initial"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.db import types

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "activity_project",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_key", types.key_text(120), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("updated_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("search_text", types.key_text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "created_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_activity_project_created_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "updated_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_activity_project_updated_by_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_activity_project")),
        sa.UniqueConstraint("tenant_id", "name_key", name=op.f("uq_activity_project_tenant_id_name_key")),
    )
    with op.batch_alter_table("activity_project", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_activity_project_tenant_id_position_id"), ["tenant_id", "position", "id"], unique=False
        )

    op.create_table(
        "activity_type",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entity", types.key_text(63), nullable=True),
        sa.Column("tone", types.key_text(12), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_key", types.key_text(120), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("updated_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("search_text", types.key_text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "created_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_activity_type_created_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "updated_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_activity_type_updated_by_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_activity_type")),
        sa.UniqueConstraint("tenant_id", "name_key", name=op.f("uq_activity_type_tenant_id_name_key")),
    )
    with op.batch_alter_table("activity_type", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_activity_type_tenant_id_position_id"), ["tenant_id", "position", "id"], unique=False
        )

    op.create_table(
        "activity",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", types.key_text(20), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("subject_entity", types.key_text(63), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("subject_label", sa.String(length=200), nullable=True),
        sa.Column("type_id", sa.Uuid(), nullable=True),
        sa.Column("project_id", sa.Uuid(), nullable=True),
        sa.Column("assignee_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", types.UtcDateTime(), nullable=False),
        sa.Column("ends_at", types.UtcDateTime(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_all_day", sa.Boolean(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=True),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("remind_minutes", sa.Integer(), nullable=True),
        sa.Column("state", types.key_text(20), nullable=False),
        sa.Column("result", types.key_text(20), nullable=True),
        sa.Column("result_note", sa.Text(), nullable=True),
        sa.Column("done_at", types.UtcDateTime(), nullable=True),
        sa.Column("cancel_reason", sa.String(length=500), nullable=True),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("updated_by_id", sa.Uuid(), nullable=True),
        sa.Column("deleted_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.Column("deleted_at", types.UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("search_text", types.key_text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "assignee_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_activity_assignee_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "created_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_activity_created_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "deleted_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_activity_deleted_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "project_id"],
            ["activity_project.tenant_id", "activity_project.id"],
            name="fk_activity_project_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "type_id"],
            ["activity_type.tenant_id", "activity_type.id"],
            name="fk_activity_type_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "updated_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_activity_updated_by_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_activity")),
    )
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.create_index(
            "ix_activity_deleted_at",
            ["tenant_id", "deleted_at", "id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NOT NULL"),
            postgresql_where=sa.text("deleted_at IS NOT NULL"),
        )
        batch_op.create_index("ix_activity_project_id", ["tenant_id", "project_id", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_activity_tenant_id_assignee_id_starts_at_id"),
            ["tenant_id", "assignee_id", "starts_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_activity_tenant_id_created_by_id_id"), ["tenant_id", "created_by_id", "id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_activity_tenant_id_day_id"), ["tenant_id", "day", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_activity_tenant_id_done_at_id"), ["tenant_id", "done_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_activity_tenant_id_kind_starts_at_id"),
            ["tenant_id", "kind", "starts_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_activity_tenant_id_starts_at_id"), ["tenant_id", "starts_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_activity_tenant_id_state_day_id"), ["tenant_id", "state", "day", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_activity_tenant_id_subject_entity_subject_id_starts_at_id"),
            ["tenant_id", "subject_entity", "subject_id", "starts_at", "id"],
            unique=False,
        )
        batch_op.create_index("ix_activity_type_id", ["tenant_id", "type_id", "id"], unique=False)

    op.create_table(
        "activity_move",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("from_starts_at", types.UtcDateTime(), nullable=False),
        sa.Column("from_ends_at", types.UtcDateTime(), nullable=False),
        sa.Column("to_starts_at", types.UtcDateTime(), nullable=False),
        sa.Column("to_ends_at", types.UtcDateTime(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("mover_id", sa.Uuid(), nullable=True),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("updated_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "activity_id"],
            ["activity.tenant_id", "activity.id"],
            name="fk_activity_move_activity_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "created_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_activity_move_created_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "mover_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_activity_move_mover_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "updated_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_activity_move_updated_by_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_activity_move")),
    )
    with op.batch_alter_table("activity_move", schema=None) as batch_op:
        batch_op.create_index("ix_activity_move_activity_id", ["tenant_id", "activity_id", "id"], unique=False)

    op.create_table(
        "activity_person",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", types.key_text(20), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "activity_id"],
            ["activity.tenant_id", "activity.id"],
            name="fk_activity_person_activity_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_activity_person_user_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_activity_person")),
        sa.UniqueConstraint(
            "tenant_id", "activity_id", "user_id", name=op.f("uq_activity_person_tenant_id_activity_id_user_id")
        ),
    )
    with op.batch_alter_table("activity_person", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_activity_person_tenant_id_user_id_activity_id_id"),
            ["tenant_id", "user_id", "activity_id", "id"],
            unique=False,
        )

    op.create_table(
        "activity_reminder",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "activity_id"],
            ["activity.tenant_id", "activity.id"],
            name="fk_activity_reminder_activity_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_activity_reminder")),
        sa.UniqueConstraint("tenant_id", "activity_id", name=op.f("uq_activity_reminder_tenant_id_activity_id")),
    )
    with op.batch_alter_table("activity_reminder", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_activity_reminder_tenant_id_at_id"), ["tenant_id", "at", "id"], unique=False
        )
