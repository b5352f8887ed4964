"""Days of a relationship for Don't forget"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    with op.batch_alter_table("customer_relationship", schema=None) as batch_op:
        batch_op.add_column(sa.Column("forget_days", sa.Integer(), nullable=True))
