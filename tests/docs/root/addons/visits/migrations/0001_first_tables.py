"""First tables"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.db import types

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "visits",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("visited_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("traveller_id", sa.Uuid(), nullable=False),
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
            name="fk_visits_created_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "deleted_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_visits_deleted_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "traveller_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_visits_traveller_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "updated_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_visits_updated_by_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_visits")),
    )
    with op.batch_alter_table("visits", schema=None) as batch_op:
        batch_op.create_index(
            "ix_visits_deleted_at",
            ["tenant_id", "deleted_at", "id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NOT NULL"),
            postgresql_where=sa.text("deleted_at IS NOT NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_visits_tenant_id_visited_on_id"), ["tenant_id", "visited_on", "id"], unique=False
        )
        batch_op.create_index("ix_visits_traveller_id", ["tenant_id", "traveller_id", "id"], unique=False)
