"""Traces of decisions are kept once each; a login names its trace by number."""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _number() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _number_of(steps: str) -> int:
    """Do what access.traces does; written out, because a migration must not change with the code."""
    return int.from_bytes(hashlib.blake2b(steps.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big") >> 1


def upgrade() -> None:
    op.create_table(
        "login_trace",
        sa.Column("number", _number(), nullable=False),
        sa.Column("steps", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_login_trace"),
    )
    op.alter_column("login", "trace", new_column_name="told")
    op.add_column("login", sa.Column("trace", sa.BigInteger(), nullable=True))
    _move()
    op.drop_column("login", "told")


def _move() -> None:
    """Give every login the number of what it told; a login without steps has none."""
    connection = op.get_bind()
    told = connection.execute(sa.text("SELECT DISTINCT told FROM login WHERE told NOT IN ('', '[]')")).scalars().all()
    if not told:
        return
    rows = [{"number": _number_of(steps), "steps": steps} for steps in told]
    table = sa.table("login_trace", sa.column("number"), sa.column("steps"))
    connection.execute(table.insert(), rows)
    connection.execute(
        sa.text("UPDATE login SET trace = login_trace.number FROM login_trace WHERE login_trace.steps = login.told")
    )
