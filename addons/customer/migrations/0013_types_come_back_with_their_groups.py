"""Types come back with their groups"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    with op.batch_alter_table("customer_group", schema=None) as batch_op:
        batch_op.add_column(sa.Column("left_type_id", sa.Uuid(), nullable=True))
