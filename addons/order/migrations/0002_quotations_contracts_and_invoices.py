"""quotations contracts and invoices"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.db import types

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "order_quotation",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("in_charge_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", types.UtcDateTime(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("number", types.key_text(40), nullable=False),
        sa.Column("state", types.key_text(20), nullable=False),
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
            name="fk_order_quotation_created_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "customer_id"],
            ["customer.tenant_id", "customer.id"],
            name="fk_order_quotation_customer_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "deleted_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_order_quotation_deleted_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "in_charge_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_order_quotation_in_charge_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "seller_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_order_quotation_seller_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "updated_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_order_quotation_updated_by_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_order_quotation")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_order_quotation_tenant_id_number")),
    )
    with op.batch_alter_table("order_quotation", schema=None) as batch_op:
        batch_op.create_index(
            "ix_order_quotation_deleted_at",
            ["tenant_id", "deleted_at", "id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NOT NULL"),
            postgresql_where=sa.text("deleted_at IS NOT NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_order_quotation_tenant_id_created_by_id_id"),
            ["tenant_id", "created_by_id", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_order_quotation_tenant_id_customer_id_made_at_id"),
            ["tenant_id", "customer_id", "made_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_order_quotation_tenant_id_in_charge_id_id"),
            ["tenant_id", "in_charge_id", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_order_quotation_tenant_id_made_at_id"), ["tenant_id", "made_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_order_quotation_tenant_id_seller_id_made_at_id"),
            ["tenant_id", "seller_id", "made_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_order_quotation_tenant_id_total_id"), ["tenant_id", "total", "id"], unique=False
        )

    op.create_table(
        "order_quotation_field_value",
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
            name="fk_order_quotation_field_value_field_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "record_id"],
            ["order_quotation.tenant_id", "order_quotation.id"],
            name="fk_order_quotation_field_value_record_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_order_quotation_field_value_user_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_order_quotation_field_value")),
        sa.UniqueConstraint("tenant_id", "record_id", "field_id", "position", name="uq_order_quotation_field_value"),
    )
    with op.batch_alter_table("order_quotation_field_value", schema=None) as batch_op:
        batch_op.create_index(
            "ix_order_quotation_field_value_day",
            ["tenant_id", "field_id", "day", "record_id"],
            unique=False,
            sqlite_where=sa.text("day IS NOT NULL"),
            postgresql_where=sa.text("day IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_order_quotation_field_value_key",
            ["tenant_id", "field_id", "key", "record_id"],
            unique=False,
            sqlite_where=sa.text("key IS NOT NULL"),
            postgresql_where=sa.text("key IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_order_quotation_field_value_number",
            ["tenant_id", "field_id", "number", "record_id"],
            unique=False,
            sqlite_where=sa.text("number IS NOT NULL"),
            postgresql_where=sa.text("number IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_order_quotation_field_value_user_id",
            ["tenant_id", "field_id", "user_id", "record_id"],
            unique=False,
            sqlite_where=sa.text("user_id IS NOT NULL"),
            postgresql_where=sa.text("user_id IS NOT NULL"),
        )

    op.create_table(
        "order_quotation_line",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("quotation_id", sa.Uuid(), nullable=False),
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
            name="fk_order_quotation_line_created_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "product_id"],
            ["order_product.tenant_id", "order_product.id"],
            name="fk_order_quotation_line_product_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "quotation_id"],
            ["order_quotation.tenant_id", "order_quotation.id"],
            name="fk_order_quotation_line_quotation_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "updated_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_order_quotation_line_updated_by_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_order_quotation_line")),
    )
    with op.batch_alter_table("order_quotation_line", schema=None) as batch_op:
        batch_op.create_index("ix_order_quotation_line_product_id", ["tenant_id", "product_id", "id"], unique=False)
        batch_op.create_index("ix_order_quotation_line_quotation_id", ["tenant_id", "quotation_id", "id"], unique=False)

    op.create_table(
        "order_contract",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=True),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("in_charge_id", sa.Uuid(), nullable=True),
        sa.Column("quotation_id", sa.Uuid(), nullable=True),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("renews_id", sa.Uuid(), nullable=True),
        sa.Column("kind", types.key_text(12), nullable=False),
        sa.Column("made_at", types.UtcDateTime(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("term_months", sa.Integer(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("counts_debt", sa.Boolean(), nullable=False),
        sa.Column("number", types.key_text(40), nullable=False),
        sa.Column("state", types.key_text(20), nullable=False),
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
            name="fk_order_contract_created_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "customer_id"],
            ["customer.tenant_id", "customer.id"],
            name="fk_order_contract_customer_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "deleted_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_order_contract_deleted_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "in_charge_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_order_contract_in_charge_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "order_id"],
            ["order.tenant_id", "order.id"],
            name="fk_order_contract_order_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "quotation_id"],
            ["order_quotation.tenant_id", "order_quotation.id"],
            name="fk_order_contract_quotation_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "renews_id"],
            ["order_contract.tenant_id", "order_contract.id"],
            name="fk_order_contract_renews_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "seller_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_order_contract_seller_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "updated_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_order_contract_updated_by_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_order_contract")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_order_contract_tenant_id_number")),
    )
    with op.batch_alter_table("order_contract", schema=None) as batch_op:
        batch_op.create_index(
            "ix_order_contract_deleted_at",
            ["tenant_id", "deleted_at", "id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NOT NULL"),
            postgresql_where=sa.text("deleted_at IS NOT NULL"),
        )
        batch_op.create_index("ix_order_contract_order_id", ["tenant_id", "order_id", "id"], unique=False)
        batch_op.create_index("ix_order_contract_quotation_id", ["tenant_id", "quotation_id", "id"], unique=False)
        batch_op.create_index("ix_order_contract_renews_id", ["tenant_id", "renews_id", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_order_contract_tenant_id_created_by_id_id"),
            ["tenant_id", "created_by_id", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_order_contract_tenant_id_customer_id_made_at_id"),
            ["tenant_id", "customer_id", "made_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_order_contract_tenant_id_ends_on_id"), ["tenant_id", "ends_on", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_order_contract_tenant_id_in_charge_id_id"), ["tenant_id", "in_charge_id", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_order_contract_tenant_id_made_at_id"), ["tenant_id", "made_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_order_contract_tenant_id_seller_id_made_at_id"),
            ["tenant_id", "seller_id", "made_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_order_contract_tenant_id_total_id"), ["tenant_id", "total", "id"], unique=False
        )

    op.create_table(
        "order_contract_field_value",
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
            name="fk_order_contract_field_value_field_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "record_id"],
            ["order_contract.tenant_id", "order_contract.id"],
            name="fk_order_contract_field_value_record_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_order_contract_field_value_user_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_order_contract_field_value")),
        sa.UniqueConstraint("tenant_id", "record_id", "field_id", "position", name="uq_order_contract_field_value"),
    )
    with op.batch_alter_table("order_contract_field_value", schema=None) as batch_op:
        batch_op.create_index(
            "ix_order_contract_field_value_day",
            ["tenant_id", "field_id", "day", "record_id"],
            unique=False,
            sqlite_where=sa.text("day IS NOT NULL"),
            postgresql_where=sa.text("day IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_order_contract_field_value_key",
            ["tenant_id", "field_id", "key", "record_id"],
            unique=False,
            sqlite_where=sa.text("key IS NOT NULL"),
            postgresql_where=sa.text("key IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_order_contract_field_value_number",
            ["tenant_id", "field_id", "number", "record_id"],
            unique=False,
            sqlite_where=sa.text("number IS NOT NULL"),
            postgresql_where=sa.text("number IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_order_contract_field_value_user_id",
            ["tenant_id", "field_id", "user_id", "record_id"],
            unique=False,
            sqlite_where=sa.text("user_id IS NOT NULL"),
            postgresql_where=sa.text("user_id IS NOT NULL"),
        )

    op.create_table(
        "order_contract_line",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
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
            ["tenant_id", "contract_id"],
            ["order_contract.tenant_id", "order_contract.id"],
            name="fk_order_contract_line_contract_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "created_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_order_contract_line_created_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "product_id"],
            ["order_product.tenant_id", "order_product.id"],
            name="fk_order_contract_line_product_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "updated_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_order_contract_line_updated_by_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_order_contract_line")),
    )
    with op.batch_alter_table("order_contract_line", schema=None) as batch_op:
        batch_op.create_index("ix_order_contract_line_contract_id", ["tenant_id", "contract_id", "id"], unique=False)
        batch_op.create_index("ix_order_contract_line_product_id", ["tenant_id", "product_id", "id"], unique=False)

    op.create_table(
        "order_invoice",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("in_charge_id", sa.Uuid(), nullable=True),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("contract_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", types.UtcDateTime(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("shipping_fee", types.Money(), nullable=False),
        sa.Column("number", types.key_text(40), nullable=False),
        sa.Column("state", types.key_text(20), nullable=False),
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
            ["tenant_id", "contract_id"],
            ["order_contract.tenant_id", "order_contract.id"],
            name="fk_order_invoice_contract_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "created_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_order_invoice_created_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "customer_id"],
            ["customer.tenant_id", "customer.id"],
            name="fk_order_invoice_customer_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "deleted_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_order_invoice_deleted_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "in_charge_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_order_invoice_in_charge_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "order_id"],
            ["order.tenant_id", "order.id"],
            name="fk_order_invoice_order_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "seller_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_order_invoice_seller_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "updated_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_order_invoice_updated_by_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_order_invoice")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_order_invoice_tenant_id_number")),
    )
    with op.batch_alter_table("order_invoice", schema=None) as batch_op:
        batch_op.create_index("ix_order_invoice_contract_id", ["tenant_id", "contract_id", "id"], unique=False)
        batch_op.create_index(
            "ix_order_invoice_deleted_at",
            ["tenant_id", "deleted_at", "id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NOT NULL"),
            postgresql_where=sa.text("deleted_at IS NOT NULL"),
        )
        batch_op.create_index("ix_order_invoice_order_id", ["tenant_id", "order_id", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_order_invoice_tenant_id_created_by_id_id"),
            ["tenant_id", "created_by_id", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_order_invoice_tenant_id_customer_id_made_at_id"),
            ["tenant_id", "customer_id", "made_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_order_invoice_tenant_id_due_on_id"), ["tenant_id", "due_on", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_order_invoice_tenant_id_in_charge_id_id"), ["tenant_id", "in_charge_id", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_order_invoice_tenant_id_made_at_id"), ["tenant_id", "made_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_order_invoice_tenant_id_seller_id_made_at_id"),
            ["tenant_id", "seller_id", "made_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_order_invoice_tenant_id_total_id"), ["tenant_id", "total", "id"], unique=False
        )

    op.create_table(
        "order_invoice_field_value",
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
            name="fk_order_invoice_field_value_field_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "record_id"],
            ["order_invoice.tenant_id", "order_invoice.id"],
            name="fk_order_invoice_field_value_record_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_order_invoice_field_value_user_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_order_invoice_field_value")),
        sa.UniqueConstraint("tenant_id", "record_id", "field_id", "position", name="uq_order_invoice_field_value"),
    )
    with op.batch_alter_table("order_invoice_field_value", schema=None) as batch_op:
        batch_op.create_index(
            "ix_order_invoice_field_value_day",
            ["tenant_id", "field_id", "day", "record_id"],
            unique=False,
            sqlite_where=sa.text("day IS NOT NULL"),
            postgresql_where=sa.text("day IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_order_invoice_field_value_key",
            ["tenant_id", "field_id", "key", "record_id"],
            unique=False,
            sqlite_where=sa.text("key IS NOT NULL"),
            postgresql_where=sa.text("key IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_order_invoice_field_value_number",
            ["tenant_id", "field_id", "number", "record_id"],
            unique=False,
            sqlite_where=sa.text("number IS NOT NULL"),
            postgresql_where=sa.text("number IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_order_invoice_field_value_user_id",
            ["tenant_id", "field_id", "user_id", "record_id"],
            unique=False,
            sqlite_where=sa.text("user_id IS NOT NULL"),
            postgresql_where=sa.text("user_id IS NOT NULL"),
        )

    op.create_table(
        "order_invoice_line",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
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
            name="fk_order_invoice_line_created_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "invoice_id"],
            ["order_invoice.tenant_id", "order_invoice.id"],
            name="fk_order_invoice_line_invoice_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "product_id"],
            ["order_product.tenant_id", "order_product.id"],
            name="fk_order_invoice_line_product_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "updated_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_order_invoice_line_updated_by_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_order_invoice_line")),
    )
    with op.batch_alter_table("order_invoice_line", schema=None) as batch_op:
        batch_op.create_index("ix_order_invoice_line_invoice_id", ["tenant_id", "invoice_id", "id"], unique=False)
        batch_op.create_index("ix_order_invoice_line_product_id", ["tenant_id", "product_id", "id"], unique=False)

    op.create_table(
        "order_payment",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", types.key_text(40), nullable=False),
        sa.Column("state", types.key_text(20), nullable=False),
        sa.Column("kind", types.key_text(12), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=True),
        sa.Column("invoice_id", sa.Uuid(), nullable=True),
        sa.Column("payer", sa.String(length=200), nullable=False),
        sa.Column("amount", types.Money(), nullable=False),
        sa.Column("method", types.key_text(20), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
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
            ["tenant_id", "contract_id"],
            ["order_contract.tenant_id", "order_contract.id"],
            name="fk_order_payment_contract_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "created_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_order_payment_created_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "customer_id"],
            ["customer.tenant_id", "customer.id"],
            name="fk_order_payment_customer_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "deleted_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_order_payment_deleted_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "invoice_id"],
            ["order_invoice.tenant_id", "order_invoice.id"],
            name="fk_order_payment_invoice_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "updated_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_order_payment_updated_by_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_order_payment")),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_order_payment_tenant_id_number")),
    )
    with op.batch_alter_table("order_payment", schema=None) as batch_op:
        batch_op.create_index("ix_order_payment_contract_id", ["tenant_id", "contract_id", "id"], unique=False)
        batch_op.create_index(
            "ix_order_payment_deleted_at",
            ["tenant_id", "deleted_at", "id"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NOT NULL"),
            postgresql_where=sa.text("deleted_at IS NOT NULL"),
        )
        batch_op.create_index("ix_order_payment_invoice_id", ["tenant_id", "invoice_id", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_order_payment_tenant_id_amount_id"), ["tenant_id", "amount", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_order_payment_tenant_id_created_by_id_id"),
            ["tenant_id", "created_by_id", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_order_payment_tenant_id_customer_id_paid_on_id"),
            ["tenant_id", "customer_id", "paid_on", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_order_payment_tenant_id_paid_on_id"), ["tenant_id", "paid_on", "id"], unique=False
        )

    with op.batch_alter_table("order", schema=None) as batch_op:
        batch_op.add_column(sa.Column("quotation_id", sa.Uuid(), nullable=True))
        batch_op.create_index("ix_order_quotation_id", ["tenant_id", "quotation_id", "id"], unique=False)
        batch_op.create_foreign_key(
            "fk_order_quotation_id",
            "order_quotation",
            ["tenant_id", "quotation_id"],
            ["tenant_id", "id"],
            ondelete="RESTRICT",
        )
