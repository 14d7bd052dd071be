"""What network devices sent and got no answer to, for the people who connect them."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "device_drop",
        sa.Column("device", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("drop_label", sa.Text(), nullable=False),
        sa.Column("packets", sa.BigInteger(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("first_at", sa.Double(), nullable=False),
        sa.Column("last_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("device", "drop_label", name="pk_device_drop"),
    )
