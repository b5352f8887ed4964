"""initial"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.db import types

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "customer_relationship",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tone", types.key_text(12), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_key", types.key_text(120), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("updated_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("search_text", types.key_text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "created_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_customer_relationship_created_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "updated_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_customer_relationship_updated_by_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_customer_relationship")),
        sa.UniqueConstraint("tenant_id", "name_key", name=op.f("uq_customer_relationship_tenant_id_name_key")),
    )
    with op.batch_alter_table("customer_relationship", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_customer_relationship_tenant_id_position_id"), ["tenant_id", "position", "id"], unique=False
        )

    op.create_table(
        "customer_source",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_key", types.key_text(120), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("updated_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("search_text", types.key_text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "created_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_customer_source_created_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "updated_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_customer_source_updated_by_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_customer_source")),
        sa.UniqueConstraint("tenant_id", "name_key", name=op.f("uq_customer_source_tenant_id_name_key")),
    )
    with op.batch_alter_table("customer_source", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_customer_source_tenant_id_position_id"), ["tenant_id", "position", "id"], unique=False
        )

    op.create_table(
        "customer_type",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_key", types.key_text(120), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("updated_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("search_text", types.key_text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "created_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_customer_type_created_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "updated_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_customer_type_updated_by_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_customer_type")),
        sa.UniqueConstraint("tenant_id", "name_key", name=op.f("uq_customer_type_tenant_id_name_key")),
    )
    with op.batch_alter_table("customer_type", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_customer_type_tenant_id_position_id"), ["tenant_id", "position", "id"], unique=False
        )

    op.create_table(
        "customer",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", types.key_text(40), nullable=False),
        sa.Column("salutation", sa.String(length=20), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_key", types.key_text(200), nullable=False),
        sa.Column("is_company", sa.Boolean(), nullable=False),
        sa.Column("phone", types.PhoneNumber(), nullable=True),
        sa.Column("phone_raw", sa.String(length=40), nullable=True),
        sa.Column("phone2", types.PhoneNumber(), nullable=True),
        sa.Column("phone2_raw", sa.String(length=40), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("website", sa.String(length=300), nullable=True),
        sa.Column("tax_code", types.key_text(20), nullable=True),
        sa.Column("address", sa.String(length=300), nullable=True),
        sa.Column("ward", sa.String(length=120), nullable=True),
        sa.Column("district", sa.String(length=120), nullable=True),
        sa.Column("province", sa.String(length=120), nullable=True),
        sa.Column("birthday", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("contact_terms", sa.Text(), nullable=False),
        sa.Column("last_contact_at", types.UtcDateTime(), nullable=True),
        sa.Column("source_id", sa.Uuid(), nullable=True),
        sa.Column("relationship_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("referrer_customer_id", sa.Uuid(), nullable=True),
        sa.Column("referrer_user_id", sa.Uuid(), nullable=True),
        sa.Column("referrer_label", sa.String(length=260), nullable=True),
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
            name="fk_customer_created_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "deleted_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_customer_deleted_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "owner_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_customer_owner_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "referrer_customer_id"],
            ["customer.tenant_id", "customer.id"],
            name="fk_customer_referrer_customer_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "referrer_user_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_customer_referrer_user_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "relationship_id"],
            ["customer_relationship.tenant_id", "customer_relationship.id"],
            name="fk_customer_relationship_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "source_id"],
            ["customer_source.tenant_id", "customer_source.id"],
            name="fk_customer_source_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "updated_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_customer_updated_by_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_customer")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_customer_tenant_id_code")),
    )
    with op.batch_alter_table("customer", schema=None) as batch_op:
        batch_op.create_index(
            "ix_customer_referrer_customer_id", ["tenant_id", "referrer_customer_id", "id"], unique=False
        )
        batch_op.create_index("ix_customer_referrer_user_id", ["tenant_id", "referrer_user_id", "id"], unique=False)
        batch_op.create_index("ix_customer_source_id", ["tenant_id", "source_id", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_customer_tenant_id_created_at_id"), ["tenant_id", "created_at", "id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_customer_tenant_id_email_id"), ["tenant_id", "email", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_customer_tenant_id_last_contact_at_id"), ["tenant_id", "last_contact_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_customer_tenant_id_owner_id_created_at_id"),
            ["tenant_id", "owner_id", "created_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_customer_tenant_id_phone2_id"), ["tenant_id", "phone2", "id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_customer_tenant_id_phone_id"), ["tenant_id", "phone", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_customer_tenant_id_province_id"), ["tenant_id", "province", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_customer_tenant_id_relationship_id_created_at_id"),
            ["tenant_id", "relationship_id", "created_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_customer_tenant_id_sort_name_id"), ["tenant_id", "sort_name", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_customer_tenant_id_tax_code_id"), ["tenant_id", "tax_code", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_customer_tenant_id_updated_at_id"), ["tenant_id", "updated_at", "id"], unique=False
        )

    op.create_table(
        "customer_group",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("type_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_key", types.key_text(120), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("updated_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("search_text", types.key_text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "created_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_customer_group_created_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "type_id"],
            ["customer_type.tenant_id", "customer_type.id"],
            name="fk_customer_group_type_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "updated_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_customer_group_updated_by_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_customer_group")),
        sa.UniqueConstraint("tenant_id", "name_key", name=op.f("uq_customer_group_tenant_id_name_key")),
    )
    with op.batch_alter_table("customer_group", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_customer_group_tenant_id_position_id"), ["tenant_id", "position", "id"], unique=False
        )
        batch_op.create_index("ix_customer_group_type_id", ["tenant_id", "type_id", "id"], unique=False)

    op.create_table(
        "customer_contact",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("position", sa.String(length=120), nullable=True),
        sa.Column("phone", types.PhoneNumber(), nullable=True),
        sa.Column("phone_raw", sa.String(length=40), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("birthday", sa.Date(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("is_main", sa.Boolean(), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("updated_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "created_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_customer_contact_created_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "customer_id"],
            ["customer.tenant_id", "customer.id"],
            name="fk_customer_contact_customer_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "updated_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_customer_contact_updated_by_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_customer_contact")),
    )
    with op.batch_alter_table("customer_contact", schema=None) as batch_op:
        batch_op.create_index("ix_customer_contact_customer_id", ["tenant_id", "customer_id", "id"], unique=False)

    op.create_table(
        "customer_group_member",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "customer_id"],
            ["customer.tenant_id", "customer.id"],
            name="fk_customer_group_member_customer_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "group_id"],
            ["customer_group.tenant_id", "customer_group.id"],
            name="fk_customer_group_member_group_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_customer_group_member")),
        sa.UniqueConstraint(
            "tenant_id", "customer_id", "group_id", name=op.f("uq_customer_group_member_tenant_id_customer_id_group_id")
        ),
    )
    with op.batch_alter_table("customer_group_member", schema=None) as batch_op:
        batch_op.create_index("ix_customer_group_member_group_id", ["tenant_id", "group_id", "id"], unique=False)

    op.create_table(
        "customer_share",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("boxes", types.Json, nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("updated_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "created_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_customer_share_created_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "customer_id"],
            ["customer.tenant_id", "customer.id"],
            name="fk_customer_share_customer_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "updated_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_customer_share_updated_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_customer_share_user_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_customer_share")),
        sa.UniqueConstraint(
            "tenant_id", "customer_id", "user_id", name=op.f("uq_customer_share_tenant_id_customer_id_user_id")
        ),
    )
    with op.batch_alter_table("customer_share", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_customer_share_tenant_id_user_id_customer_id_id"),
            ["tenant_id", "user_id", "customer_id", "id"],
            unique=False,
        )
