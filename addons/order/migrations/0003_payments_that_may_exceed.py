"""payments that may exceed"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    with op.batch_alter_table("order_payment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("may_exceed", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("order_payment", schema=None) as batch_op:
        batch_op.alter_column("may_exceed", server_default=None)
