"""Links, second factors and recovery codes"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.db import types

revision = "0002"
down_revision = "0001"

LONG_AGO = "2000-01-01 00:00:00.000000"
"""Whoever is signed in has to prove himself again before anything that asks for it."""


def upgrade() -> None:
    op.create_table(
        "core_password_link",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("expires_at", types.UtcDateTime(), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("updated_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "created_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_core_password_link_created_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "updated_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_core_password_link_updated_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_core_password_link_user_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_core_password_link")),
        sa.UniqueConstraint("tenant_id", "token_hash", name=op.f("uq_core_password_link_tenant_id_token_hash")),
    )
    with op.batch_alter_table("core_password_link", schema=None) as batch_op:
        batch_op.create_index("ix_core_password_link_user_id", ["tenant_id", "user_id", "id"], unique=False)

    op.create_table(
        "core_recovery_code",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("mark", types.key_text(2), nullable=False),
        sa.Column("code_hash", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_core_recovery_code_user_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_core_recovery_code")),
        sa.UniqueConstraint("tenant_id", "user_id", "mark", name=op.f("uq_core_recovery_code_tenant_id_user_id_mark")),
    )
    op.create_table(
        "core_second_factor",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_core_second_factor_user_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_core_second_factor")),
        sa.UniqueConstraint("tenant_id", "user_id", name=op.f("uq_core_second_factor_tenant_id_user_id")),
    )
    with op.batch_alter_table("core_group", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("requires_second_factor", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("core_group", schema=None) as batch_op:
        batch_op.alter_column("requires_second_factor", server_default=None)

    with op.batch_alter_table("core_session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("confirmed_at", types.UtcDateTime(), nullable=False, server_default=LONG_AGO))
        batch_op.add_column(sa.Column("awaits_code", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("core_session", schema=None) as batch_op:
        batch_op.alter_column("confirmed_at", server_default=None)
        batch_op.alter_column("awaits_code", server_default=None)

    with op.batch_alter_table("core_user", schema=None) as batch_op:
        batch_op.drop_column("must_change_password")
