"""indexes of what is in the recycle bin"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    for table in ("core_attachment", "core_custom_field"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.create_index(
                f"ix_{table}_deleted_at",
                ["tenant_id", "deleted_at", "id"],
                unique=False,
                sqlite_where=sa.text("deleted_at IS NOT NULL"),
                postgresql_where=sa.text("deleted_at IS NOT NULL"),
            )
