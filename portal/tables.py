"""The tables of the doors for people: administrators, their sessions and tokens, and what pages remember."""

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from store.tables import Counted, Instant, Table, Words


class AdministratorRow(Table):
    """An administrator: one role, one person; no person has two (separation of duties)."""

    __tablename__ = "administrator"
    __table_args__ = ({"sqlite_autoincrement": True},)  # the record names administrators for ever

    number: Mapped[Counted]
    login: Mapped[Words] = mapped_column(unique=True)
    name: Mapped[Words]  # the real name
    # The person of the registry; the first administrator of an empty installation may have none yet.
    person: Mapped[str | None] = mapped_column(ForeignKey("person.subject"), unique=True)
    role: Mapped[Words]  # portal.console.roles.Role
    unit: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))  # role unit: the subtree
    verifier: Mapped[Words]  # argon2id
    totp: Mapped[bytes] = mapped_column(LargeBinary)  # sealed
    last_step: Mapped[int | None] = mapped_column(BigInteger)
    enabled: Mapped[bool] = mapped_column(default=True)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[float | None]
    came_at: Mapped[float | None]  # when the administrator last logged in
    language: Mapped[Words] = mapped_column(default="zh")
    created_by: Mapped[Words]
    created_at: Mapped[Instant]


class AdministratorRecoveryRow(Table):
    """A code that replaces an administrator's second factor once."""

    __tablename__ = "administrator_recovery"

    number: Mapped[Counted]
    administrator: Mapped[int] = mapped_column(ForeignKey("administrator.number"), index=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    used_at: Mapped[float | None]


class InvitationRow(Table):
    """A one-time link by which somebody becomes an administrator; only the hash of its token is kept."""

    __tablename__ = "invitation"

    hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    role: Mapped[Words]
    unit: Mapped[str | None] = mapped_column(ForeignKey("unit.code"))
    person: Mapped[str | None] = mapped_column(ForeignKey("person.subject"))
    made_by: Mapped[Words]
    made_at: Mapped[Instant]
    valid_until: Mapped[Instant]
    used_at: Mapped[float | None]  # or revoked
    replaces: Mapped[int | None] = mapped_column(ForeignKey("administrator.number"))  # a new second factor for one


class WebSessionRow(Table):
    """A session at my account or the console; the cookie's token is kept as a hash only."""

    __tablename__ = "web_session"
    __table_args__ = (Index("ix_web_session_who", "door", "who"),)

    hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    door: Mapped[Words]  # account, console
    who: Mapped[Words]  # subject of the person, number of the administrator
    strength: Mapped[int]  # access.evidence.Strength
    started_at: Mapped[Instant]
    seen_at: Mapped[Instant]
    proven_at: Mapped[Instant]  # when the password was last proven: dangerous acts ask how long ago
    address: Mapped[Words]


class ApiTokenRow(Table):
    """A token for the HTTP API: acts as its administrator, within its scopes."""

    __tablename__ = "api_token"

    number: Mapped[Counted]
    hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    administrator: Mapped[int] = mapped_column(ForeignKey("administrator.number"), index=True)
    name: Mapped[Words]
    scopes: Mapped[Words]  # sorted, comma between
    made_at: Mapped[Instant]
    valid_until: Mapped[Instant]
    used_at: Mapped[float | None]
    revoked_at: Mapped[float | None]


class VisitRow(Table):
    """From which address a redirected device first came to the portal: its redirect address is good there only."""

    __tablename__ = "visit"
    __table_args__ = (Index("ix_visit_address", "address"),)

    hardware: Mapped[Words] = mapped_column(primary_key=True)  # aa:bb:cc:dd:ee:ff
    device: Mapped[int]  # number of the network device that redirected it
    address: Mapped[Words]
    seen_at: Mapped[Instant]
