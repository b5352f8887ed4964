"""Outgoing messages"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.db import types

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "core_message",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("channel", types.key_text(12), nullable=False),
        sa.Column("recipient", sa.String(length=254), nullable=False),
        sa.Column("recipient_name", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("template", types.key_text(120), nullable=False),
        sa.Column("reply_to", sa.String(length=254), nullable=False),
        sa.Column("state", types.key_text(12), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=500), nullable=False),
        sa.Column("sent_at", types.UtcDateTime(), nullable=True),
        sa.Column("entity", types.key_text(60), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=True),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("key", types.key_text(200), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("updated_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.Column("search_text", types.key_text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "created_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_core_message_created_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "updated_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_core_message_updated_by_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_core_message")),
        sa.UniqueConstraint("tenant_id", "key", name=op.f("uq_core_message_tenant_id_key")),
    )
    with op.batch_alter_table("core_message", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_core_message_tenant_id_created_at_id"), ["tenant_id", "created_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_core_message_tenant_id_entity_entity_id_id"),
            ["tenant_id", "entity", "entity_id", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_core_message_tenant_id_state_created_at_id"),
            ["tenant_id", "state", "created_at", "id"],
            unique=False,
        )

    op.create_table(
        "core_message_text",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", types.key_text(120), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("subject_vi", sa.String(length=300), nullable=False),
        sa.Column("body_vi", sa.Text(), nullable=False),
        sa.Column("subject_en", sa.String(length=300), nullable=False),
        sa.Column("body_en", sa.Text(), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("updated_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "created_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_core_message_text_created_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "updated_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_core_message_text_updated_by_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_core_message_text")),
        sa.UniqueConstraint("tenant_id", "key", "title", name=op.f("uq_core_message_text_tenant_id_key_title")),
    )
    op.create_table(
        "core_notice_digest",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("until_id", sa.Uuid(), nullable=False),
        sa.Column("sent_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_core_notice_digest_user_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_core_notice_digest")),
        sa.UniqueConstraint("tenant_id", "user_id", name=op.f("uq_core_notice_digest_tenant_id_user_id")),
    )
    op.create_table(
        "core_notice_preference",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", types.key_text(60), nullable=False),
        sa.Column("way", types.key_text(12), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_core_notice_preference_user_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_core_notice_preference")),
        sa.UniqueConstraint(
            "tenant_id", "user_id", "kind", name=op.f("uq_core_notice_preference_tenant_id_user_id_kind")
        ),
    )
