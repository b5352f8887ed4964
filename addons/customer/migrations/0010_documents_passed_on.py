"""Documents that were passed on are found by who got the customer"""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    with op.batch_alter_table("customer_handover_item", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_customer_handover_item_tenant_id_to_user_id_customer_id_id"),
            ["tenant_id", "to_user_id", "customer_id", "id"],
            unique=False,
        )
