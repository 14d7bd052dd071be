"""The doors for people: second factors, identity documents, portal bindings, administrators and their sessions."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _number() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _columns()
    _people()
    _bindings()
    _administrators()
    _keys()


def _columns() -> None:
    """Let a person be found by pinyin, an order go out without an accounting session, and acts be found by time."""
    op.add_column("person", sa.Column("spelled", sa.Text(), server_default="", nullable=False))
    with op.batch_alter_table("enforcement_order") as table:
        table.alter_column("session", existing_type=_number(), nullable=True)
        table.add_column(sa.Column("device", sa.Integer(), nullable=True))
        table.add_column(sa.Column("hardware", sa.String(), nullable=True))
        table.add_column(sa.Column("port", sa.String(), nullable=True))
        table.add_column(sa.Column("nas_port", sa.BigInteger(), nullable=True))
    # Whoever reads the record asks for a time, or for one kind of act.
    op.create_index("ix_act_at", "act", ["at"])
    op.create_index("ix_act_act", "act", ["act", "number"])


def _people() -> None:
    """Create what the registry keeps of people beside their row."""
    op.create_table(
        "document",
        sa.Column("number", _number(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("blind", sa.LargeBinary(32), nullable=False),
        sa.Column("masked", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["subject"], ["person.subject"], name="fk_document_subject_person"),
        sa.UniqueConstraint("kind", "blind", name="uq_document_kind_blind"),
        sa.PrimaryKeyConstraint("number", name="pk_document"),
    )
    op.create_index("ix_document_subject", "document", ["subject"])
    op.create_table(
        "second_factor",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=True),
        sa.Column("enrolled_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["subject"], ["person.subject"], name="fk_second_factor_subject_person"),
        sa.PrimaryKeyConstraint("subject", name="pk_second_factor"),
    )
    op.create_table(
        "recovery_code",
        sa.Column("number", _number(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Column("used_at", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["subject"], ["person.subject"], name="fk_recovery_code_subject_person"),
        sa.PrimaryKeyConstraint("number", name="pk_recovery_code"),
    )
    op.create_index("ix_recovery_code_subject", "recovery_code", ["subject"])


def _bindings() -> None:
    """Create who stands behind a hardware address."""
    op.create_table(
        "binding",
        sa.Column("hardware", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("strength", sa.Integer(), nullable=False),
        sa.Column("device", sa.Integer(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("made_at", sa.Double(), nullable=False),
        sa.Column("valid_until", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("hardware", name="pk_binding"),
    )
    op.create_index("ix_binding_subject", "binding", ["subject"])
    op.create_table(
        "own_device",
        sa.Column("hardware", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("first_at", sa.Double(), nullable=False),
        sa.Column("last_at", sa.Double(), nullable=False),
        sa.Column("lost_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("hardware", name="pk_own_device"),
    )
    op.create_index("ix_own_device_subject", "own_device", ["subject"])
    op.create_table(
        "visit",
        sa.Column("hardware", sa.Text(), nullable=False),
        sa.Column("device", sa.Integer(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("hardware", name="pk_visit"),
    )
    op.create_index("ix_visit_address", "visit", ["address"])


def _administrators() -> None:
    """Create administrators and the links that make them."""
    op.create_table(
        "administrator",
        sa.Column("number", _number(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("verifier", sa.Text(), nullable=False),
        sa.Column("totp", sa.LargeBinary(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.Double(), nullable=True),
        sa.Column("came_at", sa.Double(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.subject"], name="fk_administrator_person_person"),
        sa.ForeignKeyConstraint(["unit"], ["unit.code"], name="fk_administrator_unit_unit"),
        sa.UniqueConstraint("person", name="uq_administrator_person"),
        sa.UniqueConstraint("login", name="uq_administrator_login"),
        sa.PrimaryKeyConstraint("number", name="pk_administrator"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "administrator_recovery",
        sa.Column("number", _number(), nullable=False),
        sa.Column("administrator", _number(), nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Column("used_at", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["administrator"], ["administrator.number"], name="fk_administrator_recovery_administrator_administrator"
        ),
        sa.PrimaryKeyConstraint("number", name="pk_administrator_recovery"),
    )
    op.create_index("ix_administrator_recovery_administrator", "administrator_recovery", ["administrator"])
    op.create_table(
        "invitation",
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.Double(), nullable=False),
        sa.Column("valid_until", sa.Double(), nullable=False),
        sa.Column("used_at", sa.Double(), nullable=True),
        sa.Column("replaces", _number(), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["person.subject"], name="fk_invitation_person_person"),
        sa.ForeignKeyConstraint(["replaces"], ["administrator.number"], name="fk_invitation_replaces_administrator"),
        sa.ForeignKeyConstraint(["unit"], ["unit.code"], name="fk_invitation_unit_unit"),
        sa.PrimaryKeyConstraint("hash", name="pk_invitation"),
    )


def _keys() -> None:
    """Create sessions of pages and tokens of the API."""
    op.create_table(
        "web_session",
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Column("door", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("strength", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.Double(), nullable=False),
        sa.Column("seen_at", sa.Double(), nullable=False),
        sa.Column("proven_at", sa.Double(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_web_session"),
    )
    op.create_index("ix_web_session_who", "web_session", ["door", "who"])
    op.create_table(
        "api_token",
        sa.Column("number", _number(), nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Column("administrator", _number(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("made_at", sa.Double(), nullable=False),
        sa.Column("valid_until", sa.Double(), nullable=False),
        sa.Column("used_at", sa.Double(), nullable=True),
        sa.Column("revoked_at", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["administrator"], ["administrator.number"], name="fk_api_token_administrator_administrator"
        ),
        sa.UniqueConstraint("hash", name="uq_api_token_hash"),
        sa.PrimaryKeyConstraint("number", name="pk_api_token"),
    )
    op.create_index("ix_api_token_administrator", "api_token", ["administrator"])
