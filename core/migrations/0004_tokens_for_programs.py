"""tokens for programs"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.db import types

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "core_api_count",
        sa.Column("key", types.key_text(64), nullable=False),
        sa.Column("minute", sa.Integer(), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_core_api_count")),
    )
    with op.batch_alter_table("core_api_count", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_api_count_minute"), ["minute"], unique=False)

    op.create_table(
        "core_api_token",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("permissions", types.Json, nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("expires_at", types.UtcDateTime(), nullable=False),
        sa.Column("last_used_at", types.UtcDateTime(), nullable=True),
        sa.Column("last_address", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_core_api_token_user_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_core_api_token")),
        sa.UniqueConstraint("tenant_id", "token_hash", name=op.f("uq_core_api_token_tenant_id_token_hash")),
    )
    with op.batch_alter_table("core_api_token", schema=None) as batch_op:
        batch_op.create_index("ix_core_api_token_user_id", ["tenant_id", "user_id", "id"], unique=False)

    op.create_table(
        "core_api_reply",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_id", sa.Uuid(), nullable=False),
        sa.Column("key", types.key_text(255), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("location", sa.String(length=300), nullable=False),
        sa.Column("etag", sa.String(length=40), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "token_id"],
            ["core_api_token.tenant_id", "core_api_token.id"],
            name="fk_core_api_reply_token_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_core_api_reply")),
        sa.UniqueConstraint("tenant_id", "token_id", "key", name=op.f("uq_core_api_reply_tenant_id_token_id_key")),
    )
    with op.batch_alter_table("core_api_reply", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_core_api_reply_tenant_id_created_at_id"), ["tenant_id", "created_at", "id"], unique=False
        )
