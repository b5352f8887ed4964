"""initial"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core.db import types

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "core_audit",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", types.UtcDateTime(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("user_name", sa.String(length=200), nullable=False),
        sa.Column("action", types.key_text(40), nullable=False),
        sa.Column("entity", types.key_text(63), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=True),
        sa.Column("changes", types.Json, nullable=False),
        sa.Column("request_id", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_core_audit")),
    )
    with op.batch_alter_table("core_audit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_audit_tenant_id_at_id"), ["tenant_id", "at", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_core_audit_tenant_id_entity_entity_id_id"),
            ["tenant_id", "entity", "entity_id", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_core_audit_tenant_id_user_id_at_id"), ["tenant_id", "user_id", "at", "id"], unique=False
        )

    op.create_table(
        "core_counter",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", types.key_text(100), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_core_counter")),
        sa.UniqueConstraint("tenant_id", "key", name=op.f("uq_core_counter_tenant_id_key")),
    )
    op.create_table(
        "core_job_dispatch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("name", types.key_text(120), nullable=False),
        sa.Column("state", types.key_text(12), nullable=False),
        sa.Column("run_at", types.UtcDateTime(), nullable=False),
        sa.Column("lease_until", types.UtcDateTime(), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("worker", types.key_text(120), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_job_dispatch")),
    )
    with op.batch_alter_table("core_job_dispatch", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_core_job_dispatch_state_lease_until_id"), ["state", "lease_until", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_core_job_dispatch_state_run_at_id"), ["state", "run_at", "id"], unique=False
        )

    op.create_table(
        "core_login_attempt",
        sa.Column("key", types.key_text(64), nullable=False),
        sa.Column("recent", types.Json, nullable=False),
        sa.Column("last_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_core_login_attempt")),
    )
    with op.batch_alter_table("core_login_attempt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_login_attempt_last_at"), ["last_at"], unique=False)

    op.create_table(
        "core_tenant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", types.key_text(63), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("host", types.key_text(253), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_tenant")),
        sa.UniqueConstraint("host", name=op.f("uq_core_tenant_host")),
        sa.UniqueConstraint("slug", name=op.f("uq_core_tenant_slug")),
    )
    op.create_table(
        "core_tenant_addon",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("addon", types.key_text(63), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("changed_at", types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_core_tenant_addon")),
        sa.UniqueConstraint("tenant_id", "addon", name=op.f("uq_core_tenant_addon_tenant_id_addon")),
    )
    op.create_table(
        "core_user",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("username", types.key_text(64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("phone", types.PhoneNumber(), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("theme", sa.String(length=12), nullable=False),
        sa.Column("density", sa.String(length=12), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("updated_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("search_text", types.key_text(), nullable=False),
        sa.Column("sort_name", types.key_text(400), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "created_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_core_user_created_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "updated_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_core_user_updated_by_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_core_user")),
        sa.UniqueConstraint("tenant_id", "username", name=op.f("uq_core_user_tenant_id_username")),
    )
    with op.batch_alter_table("core_user", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_core_user_tenant_id_sort_name_id"), ["tenant_id", "sort_name", "id"], unique=False
        )

    op.create_table(
        "core_comment",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entity", types.key_text(63), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("post_key", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "author_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_core_comment_author_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_core_comment")),
        sa.UniqueConstraint(
            "tenant_id", "author_id", "post_key", name=op.f("uq_core_comment_tenant_id_author_id_post_key")
        ),
    )
    with op.batch_alter_table("core_comment", schema=None) as batch_op:
        batch_op.create_index("ix_core_comment_author_id", ["tenant_id", "author_id", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_core_comment_tenant_id_entity_entity_id_created_at_id"),
            ["tenant_id", "entity", "entity_id", "created_at", "id"],
            unique=False,
        )

    op.create_table(
        "core_department",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", types.key_text(120), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("updated_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("search_text", types.key_text(), nullable=False),
        sa.Column("sort_name", types.key_text(400), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "created_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_core_department_created_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "updated_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_core_department_updated_by_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_core_department")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_core_department_tenant_id_name")),
    )
    with op.batch_alter_table("core_department", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_core_department_tenant_id_sort_name_id"), ["tenant_id", "sort_name", "id"], unique=False
        )

    op.create_table(
        "core_export",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("resource", types.key_text(120), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("expires_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_core_export_user_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_core_export")),
    )
    with op.batch_alter_table("core_export", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_core_export_tenant_id_expires_at_id"), ["tenant_id", "expires_at", "id"], unique=False
        )
        batch_op.create_index("ix_core_export_user_id", ["tenant_id", "user_id", "id"], unique=False)

    op.create_table(
        "core_group",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", types.key_text(120), nullable=False),
        sa.Column("shipped_key", types.key_text(120), nullable=True),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("updated_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("search_text", types.key_text(), nullable=False),
        sa.Column("sort_name", types.key_text(400), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "created_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_core_group_created_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "updated_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_core_group_updated_by_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_core_group")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_core_group_tenant_id_name")),
        sa.UniqueConstraint("tenant_id", "shipped_key", name=op.f("uq_core_group_tenant_id_shipped_key")),
    )
    with op.batch_alter_table("core_group", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_core_group_tenant_id_sort_name_id"), ["tenant_id", "sort_name", "id"], unique=False
        )

    op.create_table(
        "core_import",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("resource", types.key_text(120), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("sha256", types.key_text(64), nullable=False),
        sa.Column("state", types.key_text(12), nullable=False),
        sa.Column("sheet", types.Json, nullable=True),
        sa.Column("mapping", types.Json, nullable=False),
        sa.Column("options", types.Json, nullable=False),
        sa.Column("counts", types.Json, nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("applied_at", types.UtcDateTime(), nullable=True),
        sa.Column("finished_at", types.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_core_import_user_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_core_import")),
    )
    with op.batch_alter_table("core_import", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_core_import_tenant_id_sha256_created_at_id"),
            ["tenant_id", "sha256", "created_at", "id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_core_import_tenant_id_user_id_created_at_id"),
            ["tenant_id", "user_id", "created_at", "id"],
            unique=False,
        )

    op.create_table(
        "core_job",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("name", types.key_text(120), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("arguments", types.Json, nullable=False),
        sa.Column("state", types.key_text(12), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("furthest", sa.Integer(), nullable=False),
        sa.Column("cursor", types.Json, nullable=True),
        sa.Column("result", types.Json, nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("max_attempts", sa.Integer(), nullable=False),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("trace", sa.Text(), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("begun_at", types.UtcDateTime(), nullable=True),
        sa.Column("begun_done", sa.Integer(), nullable=False),
        sa.Column("started_at", types.UtcDateTime(), nullable=True),
        sa.Column("finished_at", types.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_core_job_user_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_core_job")),
    )
    with op.batch_alter_table("core_job", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_job_tenant_id_state_id"), ["tenant_id", "state", "id"], unique=False)
        batch_op.create_index("ix_core_job_user_id", ["tenant_id", "user_id", "id"], unique=False)

    op.create_table(
        "core_notification",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", types.key_text(60), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("body", sa.String(length=500), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("read_at", types.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_core_notification_user_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_core_notification")),
    )
    with op.batch_alter_table("core_notification", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_core_notification_tenant_id_user_id_id"), ["tenant_id", "user_id", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_core_notification_tenant_id_user_id_read_at_id"),
            ["tenant_id", "user_id", "read_at", "id"],
            unique=False,
        )

    op.create_table(
        "core_session",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("last_seen_at", types.UtcDateTime(), nullable=False),
        sa.Column("expires_at", types.UtcDateTime(), nullable=False),
        sa.Column("user_agent", sa.String(length=300), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_core_session_user_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_core_session")),
        sa.UniqueConstraint("tenant_id", "token_hash", name=op.f("uq_core_session_tenant_id_token_hash")),
    )
    with op.batch_alter_table("core_session", schema=None) as batch_op:
        batch_op.create_index("ix_core_session_user_id", ["tenant_id", "user_id", "id"], unique=False)

    op.create_table(
        "core_setting",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", types.key_text(120), nullable=False),
        sa.Column("value", types.Json, nullable=True),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("updated_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "created_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_core_setting_created_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "updated_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_core_setting_updated_by_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_core_setting")),
        sa.UniqueConstraint("tenant_id", "key", name=op.f("uq_core_setting_tenant_id_key")),
    )
    op.create_table(
        "core_attachment",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entity", types.key_text(63), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("comment_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", types.key_text(64), nullable=False),
        sa.Column("uploaded_at", types.UtcDateTime(), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("updated_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "comment_id"],
            ["core_comment.tenant_id", "core_comment.id"],
            name="fk_core_attachment_comment_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "created_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_core_attachment_created_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "updated_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_core_attachment_updated_by_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_core_attachment")),
    )
    with op.batch_alter_table("core_attachment", schema=None) as batch_op:
        batch_op.create_index("ix_core_attachment_comment_id", ["tenant_id", "comment_id", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_core_attachment_tenant_id_entity_entity_id_created_at_id"),
            ["tenant_id", "entity", "entity_id", "created_at", "id"],
            unique=False,
        )

    op.create_table(
        "core_comment_mention",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("comment_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "comment_id"],
            ["core_comment.tenant_id", "core_comment.id"],
            name="fk_core_comment_mention_comment_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_core_comment_mention_user_id",
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_core_comment_mention")),
        sa.UniqueConstraint(
            "tenant_id", "comment_id", "user_id", name=op.f("uq_core_comment_mention_tenant_id_comment_id_user_id")
        ),
    )
    with op.batch_alter_table("core_comment_mention", schema=None) as batch_op:
        batch_op.create_index("ix_core_comment_mention_user_id", ["tenant_id", "user_id", "id"], unique=False)

    op.create_table(
        "core_department_member",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("updated_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "created_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_core_department_member_created_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "department_id"],
            ["core_department.tenant_id", "core_department.id"],
            name="fk_core_department_member_department_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "updated_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_core_department_member_updated_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_core_department_member_user_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_core_department_member")),
        sa.UniqueConstraint(
            "tenant_id",
            "department_id",
            "user_id",
            name=op.f("uq_core_department_member_tenant_id_department_id_user_id"),
        ),
    )
    with op.batch_alter_table("core_department_member", schema=None) as batch_op:
        batch_op.create_index(
            "ix_core_department_member_department_id", ["tenant_id", "department_id", "id"], unique=False
        )
        batch_op.create_index("ix_core_department_member_user_id", ["tenant_id", "user_id", "id"], unique=False)

    op.create_table(
        "core_group_member",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("updated_by_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", types.UtcDateTime(), nullable=False),
        sa.Column("updated_at", types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "created_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_core_group_member_created_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "group_id"],
            ["core_group.tenant_id", "core_group.id"],
            name="fk_core_group_member_group_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "updated_by_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_core_group_member_updated_by_id",
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"],
            ["core_user.tenant_id", "core_user.id"],
            name="fk_core_group_member_user_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_core_group_member")),
        sa.UniqueConstraint(
            "tenant_id", "user_id", "group_id", name=op.f("uq_core_group_member_tenant_id_user_id_group_id")
        ),
    )
    with op.batch_alter_table("core_group_member", schema=None) as batch_op:
        batch_op.create_index("ix_core_group_member_group_id", ["tenant_id", "group_id", "id"], unique=False)

    op.create_table(
        "core_group_permission",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("permission", types.key_text(120), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "group_id"],
            ["core_group.tenant_id", "core_group.id"],
            name="fk_core_group_permission_group_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_core_group_permission")),
        sa.UniqueConstraint(
            "tenant_id", "group_id", "permission", name=op.f("uq_core_group_permission_tenant_id_group_id_permission")
        ),
    )
    op.create_table(
        "core_import_row",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("phase", types.key_text(8), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("outcome", types.key_text(8), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("problems", types.Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "import_id"],
            ["core_import.tenant_id", "core_import.id"],
            name="fk_core_import_row_import_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_core_import_row")),
        sa.UniqueConstraint(
            "tenant_id",
            "import_id",
            "phase",
            "number",
            name=op.f("uq_core_import_row_tenant_id_import_id_phase_number"),
        ),
    )
    with op.batch_alter_table("core_import_row", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_core_import_row_tenant_id_import_id_phase_outcome_number_id"),
            ["tenant_id", "import_id", "phase", "outcome", "number", "id"],
            unique=False,
        )
