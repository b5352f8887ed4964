"""comments liked, edited, removed, placed and read"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.db import types

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "core_reading",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("entity", types.key_text(63), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("until", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_core_reading_user_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_core_reading")),
        sa.UniqueConstraint(
            "tenant_id",
            "user_id",
            "entity",
            "entity_id",
            name=op.f("uq_core_reading_tenant_id_user_id_entity_entity_id"),
        ),
    )
    op.create_table(
        "core_comment_like",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "comment_id"],
            ["core_comment.tenant_id", "core_comment.id"],
            name="fk_core_comment_like_comment_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_core_comment_like_user_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_core_comment_like")),
        sa.UniqueConstraint(
            "tenant_id", "comment_id", "user_id", name=op.f("uq_core_comment_like_tenant_id_comment_id_user_id")
        ),
    )
    with op.batch_alter_table("core_attachment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("deleted_by_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("deleted_at", types.UtcDateTime(), nullable=True))
        batch_op.create_foreign_key(
            "fk_core_attachment_deleted_by_id",
            "core_user",
            ["tenant_id", "deleted_by_id"],
            ["tenant_id", "id"],
            ondelete="RESTRICT",
        )

    with op.batch_alter_table("core_comment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("edited_at", types.UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("removed_at", types.UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("place", types.Json, nullable=True))
