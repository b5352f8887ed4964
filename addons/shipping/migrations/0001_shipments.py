"""Shipments"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.db import types

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "shipping_account",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("carrier", types.key_text(12), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("last_call_at", types.UtcDateTime(), nullable=True),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("updated_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "created_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_shipping_account_created_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "updated_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_shipping_account_updated_by_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_shipping_account")),
        sa.UniqueConstraint("tenant_id", "carrier", name=op.f("uq_shipping_account_tenant_id_carrier")),
    )
    op.create_table(
        "shipping_shipment",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("order_number", types.key_text(40), nullable=False),
        sa.Column("carrier", types.key_text(12), nullable=False),
        sa.Column("waybill", types.key_text(40), nullable=False),
        sa.Column("state", types.key_text(12), nullable=False),
        sa.Column("moved_at", types.UtcDateTime(), nullable=False),
        sa.Column("was_handed_over", sa.Boolean(), nullable=False),
        sa.Column("cause", types.key_text(12), nullable=False),
        sa.Column("cause_by_hand", types.key_text(12), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("unknown_code", types.key_text(40), nullable=False),
        sa.Column("cod_amount", types.Money(), nullable=False),
        sa.Column("fee", types.Money(), nullable=True),
        sa.Column("told_at", types.UtcDateTime(), nullable=True),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("updated_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.Column("search_text", types.key_text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "created_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_shipping_shipment_created_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "order_id"],
            ["order.tenant_id", "order.id"],
            name="fk_shipping_shipment_order_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "updated_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_shipping_shipment_updated_by_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_shipping_shipment")),
        sa.UniqueConstraint(
            "tenant_id", "carrier", "waybill", name=op.f("uq_shipping_shipment_tenant_id_carrier_waybill")
        ),
    )
    with op.batch_alter_table("shipping_shipment", schema=None) as batch_op:
        batch_op.create_index("ix_shipping_shipment_order_id", ["tenant_id", "order_id", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_shipping_shipment_tenant_id_created_at_id"), ["tenant_id", "created_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_shipping_shipment_tenant_id_moved_at_id"), ["tenant_id", "moved_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_shipping_shipment_tenant_id_state_moved_at_id"),
            ["tenant_id", "state", "moved_at", "id"],
            unique=False,
        )

    op.create_table(
        "shipping_event",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("shipment_id", sa.Uuid(), nullable=True),
        sa.Column("carrier", types.key_text(12), nullable=False),
        sa.Column("waybill", types.key_text(40), nullable=False),
        sa.Column("code", types.key_text(40), nullable=False),
        sa.Column("state", types.key_text(12), nullable=True),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("cause", types.key_text(12), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("is_by_hand", sa.Boolean(), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("updated_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "created_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_shipping_event_created_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "shipment_id"],
            ["shipping_shipment.tenant_id", "shipping_shipment.id"],
            name="fk_shipping_event_shipment_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "updated_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_shipping_event_updated_by_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_shipping_event")),
        sa.UniqueConstraint(
            "tenant_id",
            "carrier",
            "waybill",
            "code",
            "at",
            name=op.f("uq_shipping_event_tenant_id_carrier_waybill_code_at"),
        ),
    )
    with op.batch_alter_table("shipping_event", schema=None) as batch_op:
        batch_op.create_index("ix_shipping_event_shipment_id", ["tenant_id", "shipment_id", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_shipping_event_tenant_id_created_at_id"), ["tenant_id", "created_at", "id"], unique=False
        )
