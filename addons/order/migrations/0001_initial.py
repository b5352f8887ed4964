"""initial"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.db import types

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "order_product",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", types.key_text(40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("price", types.Money(), nullable=False),
        sa.Column("vat_rate", sa.Integer(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("is_stocked", sa.Boolean(), nullable=False),
        sa.Column("has_technician", sa.Boolean(), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("updated_by_id", sa.Uuid(), nullable=True),
        sa.Column("deleted_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.Column("deleted_at", types.UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("search_text", types.key_text(), nullable=False),
        sa.Column("sort_name", types.key_text(400), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "created_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_order_product_created_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "deleted_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_order_product_deleted_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "updated_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_order_product_updated_by_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_order_product")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_order_product_tenant_id_code")),
    )
    with op.batch_alter_table("order_product", schema=None) as batch_op:
        batch_op.create_index(
            "ix_order_product_deleted_at",
            ["tenant_id", "deleted_at", "id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NOT NULL"),
            postgresql_where=sa.text("deleted_at IS NOT NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_order_product_tenant_id_created_at_id"), ["tenant_id", "created_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_order_product_tenant_id_price_id"), ["tenant_id", "price", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_order_product_tenant_id_sort_name_id"), ["tenant_id", "sort_name", "id"], unique=False
        )

    op.create_table(
        "order_product_discount",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("tier_id", sa.Uuid(), nullable=False),
        sa.Column("percent", types.Scaled(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "product_id"],
            ["order_product.tenant_id", "order_product.id"],
            name="fk_order_product_discount_product_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "tier_id"],
            ["customer_tier.tenant_id", "customer_tier.id"],
            name="fk_order_product_discount_tier_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_order_product_discount")),
        sa.UniqueConstraint(
            "tenant_id", "product_id", "tier_id", name=op.f("uq_order_product_discount_tenant_id_product_id_tier_id")
        ),
    )
    with op.batch_alter_table("order_product_discount", schema=None) as batch_op:
        batch_op.create_index("ix_order_product_discount_tier_id", ["tenant_id", "tier_id", "id"], unique=False)

    op.create_table(
        "order_product_field_value",
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
            name="fk_order_product_field_value_field_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "record_id"],
            ["order_product.tenant_id", "order_product.id"],
            name="fk_order_product_field_value_record_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_order_product_field_value_user_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_order_product_field_value")),
        sa.UniqueConstraint("tenant_id", "record_id", "field_id", "position", name="uq_order_product_field_value"),
    )
    with op.batch_alter_table("order_product_field_value", schema=None) as batch_op:
        batch_op.create_index(
            "ix_order_product_field_value_day",
            ["tenant_id", "field_id", "day", "record_id"],
            unique=False,
            sqlite_where=sa.text("day IS NOT NULL"),
            postgresql_where=sa.text("day IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_order_product_field_value_key",
            ["tenant_id", "field_id", "key", "record_id"],
            unique=False,
            sqlite_where=sa.text("key IS NOT NULL"),
            postgresql_where=sa.text("key IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_order_product_field_value_number",
            ["tenant_id", "field_id", "number", "record_id"],
            unique=False,
            sqlite_where=sa.text("number IS NOT NULL"),
            postgresql_where=sa.text("number IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_order_product_field_value_user_id",
            ["tenant_id", "field_id", "user_id", "record_id"],
            unique=False,
            sqlite_where=sa.text("user_id IS NOT NULL"),
            postgresql_where=sa.text("user_id IS NOT NULL"),
        )

    op.create_table(
        "order",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", types.key_text(40), nullable=False),
        sa.Column("state", types.key_text(20), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("in_charge_id", sa.Uuid(), nullable=True),
        sa.Column("ordered_at", types.UtcDateTime(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=True),
        sa.Column("shipping_fee", types.Money(), nullable=False),
        sa.Column("cod_amount", types.Money(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("cancel_reason", sa.String(length=500), nullable=True),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("updated_by_id", sa.Uuid(), nullable=True),
        sa.Column("deleted_by_id", sa.Uuid(), nullable=True),
        sa.Column("subtotal", types.Money(), nullable=False),
        sa.Column("discount", types.Money(), nullable=False),
        sa.Column("vat", types.Money(), nullable=False),
        sa.Column("total", types.Money(), nullable=False),
        sa.Column("recipient_name", sa.String(length=200), nullable=False),
        sa.Column("phone", types.PhoneNumber(), nullable=True),
        sa.Column("address", sa.String(length=300), nullable=True),
        sa.Column("ward", sa.String(length=120), nullable=True),
        sa.Column("district", sa.String(length=120), nullable=True),
        sa.Column("province", sa.String(length=120), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.Column("deleted_at", types.UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("search_text", types.key_text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "created_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_order_created_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "customer_id"],
            ["customer.tenant_id", "customer.id"],
            name="fk_order_customer_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "deleted_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_order_deleted_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "in_charge_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_order_in_charge_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "seller_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_order_seller_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "updated_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_order_updated_by_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_order")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_order_tenant_id_number")),
    )
    with op.batch_alter_table("order", schema=None) as batch_op:
        batch_op.create_index(
            "ix_order_deleted_at",
            ["tenant_id", "deleted_at", "id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NOT NULL"),
            postgresql_where=sa.text("deleted_at IS NOT NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_order_tenant_id_created_by_id_ordered_at_id"),
            ["tenant_id", "created_by_id", "ordered_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_order_tenant_id_customer_id_ordered_at_id"),
            ["tenant_id", "customer_id", "ordered_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_order_tenant_id_in_charge_id_id"), ["tenant_id", "in_charge_id", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_order_tenant_id_ordered_at_id"), ["tenant_id", "ordered_at", "id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_order_tenant_id_phone_id"), ["tenant_id", "phone", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_order_tenant_id_seller_id_ordered_at_id"),
            ["tenant_id", "seller_id", "ordered_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_order_tenant_id_state_ordered_at_id"),
            ["tenant_id", "state", "ordered_at", "id"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_order_tenant_id_total_id"), ["tenant_id", "total", "id"], unique=False)

    op.create_table(
        "order_field_value",
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
            name="fk_order_field_value_field_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "record_id"],
            ["order.tenant_id", "order.id"],
            name="fk_order_field_value_record_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_order_field_value_user_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_order_field_value")),
        sa.UniqueConstraint("tenant_id", "record_id", "field_id", "position", name="uq_order_field_value"),
    )
    with op.batch_alter_table("order_field_value", schema=None) as batch_op:
        batch_op.create_index(
            "ix_order_field_value_day",
            ["tenant_id", "field_id", "day", "record_id"],
            unique=False,
            sqlite_where=sa.text("day IS NOT NULL"),
            postgresql_where=sa.text("day IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_order_field_value_key",
            ["tenant_id", "field_id", "key", "record_id"],
            unique=False,
            sqlite_where=sa.text("key IS NOT NULL"),
            postgresql_where=sa.text("key IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_order_field_value_number",
            ["tenant_id", "field_id", "number", "record_id"],
            unique=False,
            sqlite_where=sa.text("number IS NOT NULL"),
            postgresql_where=sa.text("number IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_order_field_value_user_id",
            ["tenant_id", "field_id", "user_id", "record_id"],
            unique=False,
            sqlite_where=sa.text("user_id IS NOT NULL"),
            postgresql_where=sa.text("user_id IS NOT NULL"),
        )

    op.create_table(
        "order_line",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=True),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("updated_by_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", types.key_text(40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("quantity", types.Scaled(), nullable=False),
        sa.Column("price", types.Money(), nullable=False),
        sa.Column("discount", types.Scaled(), nullable=False),
        sa.Column("discount_tier", sa.String(length=120), nullable=False),
        sa.Column("discount_amount", types.Money(), nullable=False),
        sa.Column("vat_rate", sa.Integer(), nullable=True),
        sa.Column("vat_amount", types.Money(), nullable=False),
        sa.Column("amount", types.Money(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "created_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_order_line_created_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "order_id"],
            ["order.tenant_id", "order.id"],
            name="fk_order_line_order_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "product_id"],
            ["order_product.tenant_id", "order_product.id"],
            name="fk_order_line_product_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "updated_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_order_line_updated_by_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_order_line")),
    )
    with op.batch_alter_table("order_line", schema=None) as batch_op:
        batch_op.create_index("ix_order_line_order_id", ["tenant_id", "order_id", "id"], unique=False)
        batch_op.create_index("ix_order_line_product_id", ["tenant_id", "product_id", "id"], unique=False)
