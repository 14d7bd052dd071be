"""All tables of the first version.

A migration says what the tables were on its day. It imports nothing of the program, which will have moved on.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _number() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _remembering()
    _registry()
    _published()
    _devices()
    _rulebook()
    _logins()
    _sessions()
    _addresses()
    _orders()


def _remembering() -> None:
    """Create what the store keeps for itself: the record of acts, the change feed, wrapped keys."""
    op.create_table(
        "act",
        sa.Column("number", _number(), autoincrement=False, nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("before", sa.String(), nullable=True),
        sa.Column("after", sa.String(), nullable=True),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_act"),
    )
    op.create_index("ix_act_actor", "act", ["actor", "number"])
    op.create_index("ix_act_subject", "act", ["subject", "number"])
    op.create_table(
        "change",
        sa.Column("number", _number(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_change"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "data_key",
        sa.Column("number", _number(), autoincrement=False, nullable=False),
        sa.Column("master", sa.Text(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_data_key"),
    )


def _registry() -> None:
    """Create units and people."""
    op.create_table(
        "unit",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("parent", sa.Text(), nullable=True),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["parent"], ["unit.code"], name="fk_unit_parent_unit"),
        sa.PrimaryKeyConstraint("code", name="pk_unit"),
    )
    op.create_index("ix_unit_parent", "unit", ["parent"])
    op.create_table(
        "person",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("mail", sa.String(), nullable=True),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("telephone", sa.String(), nullable=True),
        sa.Column("valid_from", sa.Double(), nullable=True),
        sa.Column("valid_until", sa.Double(), nullable=True),
        sa.Column("zones", sa.Text(), nullable=False),
        sa.Column("session_limit", sa.Integer(), nullable=True),
        sa.Column("assurance", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("changed_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["unit.code"], name="fk_person_unit_unit"),
        sa.PrimaryKeyConstraint("subject", name="pk_person"),
        sa.UniqueConstraint("login", name="uq_person_login"),
    )
    op.create_index("ix_person_unit", "person", ["unit"])


def _published() -> None:
    """Create endpoints, what is still to be published, and whether anybody publishes."""
    op.create_table(
        "endpoint",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("hardware", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("valid_until", sa.Double(), nullable=True),
        sa.Column("zones", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("changed_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["person.subject"], name="fk_endpoint_owner_person"),
        sa.ForeignKeyConstraint(["unit"], ["unit.code"], name="fk_endpoint_unit_unit"),
        sa.PrimaryKeyConstraint("subject", name="pk_endpoint"),
        sa.UniqueConstraint("hardware", name="uq_endpoint_hardware"),
    )
    op.create_index("ix_endpoint_owner", "endpoint", ["owner"])
    op.create_index("ix_endpoint_unit", "endpoint", ["unit"])
    op.create_table(
        "publication",
        sa.Column("number", _number(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("queued_at", sa.Double(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_publication"),
    )
    op.create_index("ix_publication_kind_subject", "publication", ["kind", "subject"])
    op.create_table(
        "publisher",
        sa.Column("number", _number(), autoincrement=False, nullable=False),
        sa.Column("seen_at", sa.Double(), nullable=True),
        sa.Column("discarded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_publisher"),
    )


def _devices() -> None:
    """Create network devices, and addresses that are none yet."""
    op.create_table(
        "device",
        sa.Column("number", _number(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("vendor", sa.Text(), nullable=False),
        sa.Column("device_group", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("next_secret", sa.LargeBinary(), nullable=True),
        sa.Column("require_message_authenticator", sa.Text(), nullable=False),
        sa.Column("limit_proxy_state", sa.Text(), nullable=False),
        sa.Column("observed", sa.Text(), nullable=False),
        sa.Column("observed_at", sa.Double(), nullable=True),
        sa.Column("dynauth_port", sa.Integer(), nullable=False),
        sa.Column("dynauth_address", sa.String(), nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_device"),
        sa.UniqueConstraint("name", name="uq_device_name"),
        sa.UniqueConstraint("prefix", name="uq_device_prefix"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "unknown_source",
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("packets", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.Double(), nullable=False),
        sa.Column("last_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("address", name="pk_unknown_source"),
    )


def _rulebook() -> None:
    """Create zones and rules."""
    op.create_table(
        "zone",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("vlan", sa.String(), nullable=True),
        sa.Column("acl", sa.String(), nullable=True),
        sa.Column("role", sa.String(), nullable=True),
        sa.Column("rate_up", sa.BigInteger(), nullable=True),
        sa.Column("rate_down", sa.BigInteger(), nullable=True),
        sa.Column("session_timeout", sa.Integer(), nullable=True),
        sa.Column("reauthenticate", sa.Boolean(), nullable=False),
        sa.Column("idle_timeout", sa.Integer(), nullable=True),
        sa.Column("interim", sa.Integer(), nullable=True),
        sa.Column("redirect_url", sa.String(), nullable=True),
        sa.Column("redirect_acl", sa.String(), nullable=True),
        sa.Column("message", sa.String(), nullable=True),
        sa.Column("reaches", sa.Text(), nullable=False),
        sa.Column("excludes", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_zone"),
    )
    op.create_table(
        "rule",
        sa.Column("number", _number(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("right", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("device_group", sa.Text(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("medium", sa.Text(), nullable=False),
        sa.Column("ssid", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("strength", sa.Integer(), nullable=False),
        sa.Column("hours", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("valid_until", sa.Double(), nullable=True),
        sa.Column("approved_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_rule"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_rule_position", "rule", ["position"])


def _logins() -> None:
    """Create logins and how they were decided."""
    op.create_table(
        "login",
        sa.Column("number", _number(), autoincrement=False, nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("hardware", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("device", sa.Integer(), nullable=False),
        sa.Column("port", sa.String(), nullable=True),
        sa.Column("ssid", sa.String(), nullable=True),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("zone", sa.String(), nullable=True),
        sa.Column("rule", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("trace", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_login"),
    )
    op.create_index("ix_login_address", "login", ["address", "number"])
    op.create_index("ix_login_hardware", "login", ["hardware", "number"])
    op.create_index("ix_login_subject", "login", ["subject", "number"])


def _sessions() -> None:
    """Create sessions."""
    op.create_table(
        "session",
        sa.Column("number", _number(), nullable=False),
        sa.Column("key", sa.LargeBinary(16), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("device", sa.Integer(), nullable=False),
        sa.Column("acct_session", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("login_number", sa.BigInteger(), nullable=True),
        sa.Column("hardware", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("address6", sa.String(), nullable=True),
        sa.Column("port", sa.String(), nullable=True),
        sa.Column("nas_port", sa.BigInteger(), nullable=True),
        sa.Column("nas_address", sa.String(), nullable=True),
        sa.Column("nas_identifier", sa.String(), nullable=True),
        sa.Column("zone", sa.String(), nullable=True),
        sa.Column("started_at", sa.Double(), nullable=False),
        sa.Column("updated_at", sa.Double(), nullable=False),
        sa.Column("stopped_at", sa.Double(), nullable=True),
        sa.Column("interim", sa.Integer(), nullable=True),
        sa.Column("seconds", sa.BigInteger(), nullable=False),
        sa.Column("octets_in", sa.BigInteger(), nullable=False),
        sa.Column("octets_out", sa.BigInteger(), nullable=False),
        sa.Column("cause", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_session"),
        sa.UniqueConstraint("key", "generation", name="uq_session_key_generation"),
    )
    op.create_index("ix_session_address", "session", ["address", "started_at"])
    op.create_index("ix_session_hardware", "session", ["hardware", "started_at"])
    op.create_index(
        "ix_session_open",
        "session",
        ["device"],
        sqlite_where=sa.text("stopped_at IS NULL"),
        postgresql_where=sa.text("stopped_at IS NULL"),
    )
    op.create_index("ix_session_subject", "session", ["subject", "started_at"])


def _addresses() -> None:
    """Create the addresses that sessions had."""
    op.create_table(
        "session_address",
        sa.Column("number", _number(), nullable=False),
        sa.Column("key", sa.LargeBinary(16), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("since", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_session_address"),
    )
    op.create_index("ix_session_address_address", "session_address", ["address", "since"])


def _orders() -> None:
    """Create orders to end or move a session."""
    op.create_table(
        "enforcement_order",
        sa.Column("number", _number(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("session", _number(), nullable=False),
        sa.Column("zone", sa.String(), nullable=True),
        sa.Column("ordered_by", sa.Text(), nullable=False),
        sa.Column("ordered_at", sa.Double(), nullable=False),
        sa.Column("done_at", sa.Double(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("detail", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["session"], ["session.number"], name="fk_enforcement_order_session_session"),
        sa.PrimaryKeyConstraint("number", name="pk_enforcement_order"),
    )
    op.create_index("ix_enforcement_order_open", "enforcement_order", ["done_at", "number"])
