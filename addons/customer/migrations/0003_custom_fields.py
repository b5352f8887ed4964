"""custom fields"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.db import types

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "customer_field_value",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("key", types.key_text(200), nullable=True),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("field_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "field_id"],
            ["core_custom_field.tenant_id", "core_custom_field.id"],
            name="fk_customer_field_value_field_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "record_id"],
            ["customer.tenant_id", "customer.id"],
            name="fk_customer_field_value_record_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_customer_field_value_user_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_customer_field_value")),
        sa.UniqueConstraint("tenant_id", "record_id", "field_id", "position", name="uq_customer_field_value"),
    )
    with op.batch_alter_table("customer_field_value", schema=None) as batch_op:
        batch_op.create_index(
            "ix_customer_field_value_day",
            ["tenant_id", "field_id", "day", "record_id"],
            unique=False,
            sqlite_where=sa.text("day IS NOT NULL"),
            postgresql_where=sa.text("day IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_customer_field_value_key",
            ["tenant_id", "field_id", "key", "record_id"],
            unique=False,
            sqlite_where=sa.text("key IS NOT NULL"),
            postgresql_where=sa.text("key IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_customer_field_value_number",
            ["tenant_id", "field_id", "number", "record_id"],
            unique=False,
            sqlite_where=sa.text("number IS NOT NULL"),
            postgresql_where=sa.text("number IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_customer_field_value_user_id",
            ["tenant_id", "field_id", "user_id", "record_id"],
            unique=False,
            sqlite_where=sa.text("user_id IS NOT NULL"),
            postgresql_where=sa.text("user_id IS NOT NULL"),
        )
