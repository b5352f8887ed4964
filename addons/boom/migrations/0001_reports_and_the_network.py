"""Reports and the network"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.db import types

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "boom_network_code",
        sa.Column("phone_key", sa.String(length=64), nullable=False),
        sa.Column("code", types.key_text(64), nullable=False),
        sa.Column("expires_at", types.UtcDateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("phone_key", name=op.f("pk_boom_network_code")),
    )
    with op.batch_alter_table("boom_network_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_boom_network_code_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "boom_network_objection",
        sa.Column("phone_key", sa.String(length=64), nullable=False),
        sa.Column("objected_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("phone_key", name=op.f("pk_boom_network_objection")),
    )
    op.create_table(
        "boom_network_report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("phone_key", sa.String(length=64), nullable=False),
        sa.Column("reason", types.key_text(12), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("returned_on", sa.Date(), nullable=False),
        sa.Column("reported_at", types.UtcDateTime(), nullable=False),
        sa.Column("expires_at", types.UtcDateTime(), nullable=False),
        sa.Column("is_hidden", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_boom_network_report")),
    )
    with op.batch_alter_table("boom_network_report", schema=None) as batch_op:
        batch_op.create_index("ix_boom_network_report_phone", ["phone_key", "expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_boom_network_report_shop_id"), ["shop_id"], unique=False)

    op.create_table(
        "boom_network_shop",
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("terms_version", sa.Integer(), nullable=False),
        sa.Column("accepted_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("shop_id", name=op.f("pk_boom_network_shop")),
    )
    op.create_table(
        "boom_network_tally",
        sa.Column("phone_key", sa.String(length=64), nullable=False),
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("deliveries", sa.Integer(), nullable=False),
        sa.Column("returns", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("absent", sa.Integer(), nullable=False),
        sa.Column("unknown", sa.Integer(), nullable=False),
        sa.Column("carrier", sa.Integer(), nullable=False),
        sa.Column("shop", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("phone_key", "shop_id", name=op.f("pk_boom_network_tally")),
    )
    with op.batch_alter_table("boom_network_tally", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_boom_network_tally_shop_id"), ["shop_id"], unique=False)

    op.create_table(
        "boom_lookup",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("phone_key", sa.String(length=64), nullable=False),
        sa.Column("reports", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_boom_lookup_user_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_boom_lookup")),
    )
    with op.batch_alter_table("boom_lookup", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_boom_lookup_tenant_id_at_id"), ["tenant_id", "at", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_boom_lookup_tenant_id_user_id_at_id"), ["tenant_id", "user_id", "at", "id"], unique=False
        )

    op.create_table(
        "boom_terms",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("terms_version", sa.Integer(), nullable=False),
        sa.Column("accepted_at", types.UtcDateTime(), nullable=False),
        sa.Column("accepted_by_id", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_at", types.UtcDateTime(), nullable=True),
        sa.Column("withdrawn_by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "accepted_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_boom_terms_accepted_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "withdrawn_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_boom_terms_withdrawn_by_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_boom_terms")),
    )
    with op.batch_alter_table("boom_terms", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_boom_terms_tenant_id_accepted_at_id"), ["tenant_id", "accepted_at", "id"], unique=False
        )

    op.create_table(
        "boom_report",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("phone", types.PhoneNumber(), nullable=False),
        sa.Column("reason", types.key_text(12), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("order_code", types.key_text(40), nullable=False),
        sa.Column("returned_on", sa.Date(), nullable=True),
        sa.Column("state", types.key_text(12), nullable=False),
        sa.Column("withdrawn_at", types.UtcDateTime(), nullable=True),
        sa.Column("disputed_at", types.UtcDateTime(), nullable=True),
        sa.Column("dispute", sa.Text(), nullable=False),
        sa.Column("decided_at", types.UtcDateTime(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("updated_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "created_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_boom_report_created_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "customer_id"],
            ["customer.tenant_id", "customer.id"],
            name="fk_boom_report_customer_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "updated_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_boom_report_updated_by_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_boom_report")),
    )
    with op.batch_alter_table("boom_report", schema=None) as batch_op:
        batch_op.create_index("ix_boom_report_customer_id", ["tenant_id", "customer_id", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_boom_report_tenant_id_created_at_id"), ["tenant_id", "created_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_boom_report_tenant_id_state_created_at_id"),
            ["tenant_id", "state", "created_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            "uq_boom_report_standing",
            ["tenant_id", "customer_id", "order_code"],
            unique=True,
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )
