"""Units, people and endpoints as the registry keeps them in SQL; LDAP shows what is published from here."""

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from store.tables import Counted, Instant, Key, Table, Words


class UnitRow(Table):
    """A city, town, park, sub-district, community or department."""

    __tablename__ = "unit"

    code: Mapped[Words] = mapped_column(primary_key=True)
    name: Mapped[Words]
    kind: Mapped[Words]  # city, town, park, subdistrict, community, department
    parent: Mapped[str | None] = mapped_column(ForeignKey("unit.code"), index=True)
    created_at: Mapped[Instant]


class PersonRow(Table):
    """A person; identity, rights and validity. There is no password here: only the directory has verifiers."""

    __tablename__ = "person"

    subject: Mapped[Words] = mapped_column(primary_key=True)
    login: Mapped[Words] = mapped_column(unique=True)  # see directory.person.normal_login
    name: Mapped[Words]  # the real name, any script
    unit: Mapped[str] = mapped_column(ForeignKey("unit.code"), index=True)
    state: Mapped[Words]  # directory.person.State
    category: Mapped[Words]
    mail: Mapped[str | None]
    title: Mapped[str | None]
    telephone: Mapped[str | None]
    valid_from: Mapped[float | None]
    valid_until: Mapped[float | None]
    zones: Mapped[Words]  # personal rights, sorted, comma between
    session_limit: Mapped[int | None]
    assurance: Mapped[int]
    created_at: Mapped[Instant]
    changed_at: Mapped[Instant]
    # What a search as one types looks in: name, login, and the name in pinyin, whole and by initials.
    spelled: Mapped[Words] = mapped_column(default="", server_default="")


class EndpointRow(Table):
    """A device without a person at it, and the person who answers for it until a date."""

    __tablename__ = "endpoint"

    subject: Mapped[Words] = mapped_column(primary_key=True)
    hardware: Mapped[Words] = mapped_column(unique=True)  # aa:bb:cc:dd:ee:ff
    name: Mapped[Words]
    kind: Mapped[Words]
    owner: Mapped[str] = mapped_column(ForeignKey("person.subject"), index=True)
    unit: Mapped[str] = mapped_column(ForeignKey("unit.code"), index=True)
    state: Mapped[Words]
    valid_until: Mapped[float | None]
    zones: Mapped[Words]
    created_at: Mapped[Instant]
    changed_at: Mapped[Instant]


class PublicationRow(Table):
    """The outbox: what must still be made so in the directory. Written with the change, removed once it is so."""

    __tablename__ = "publication"
    __table_args__ = (Index("ix_publication_kind_subject", "kind", "subject"),)

    number: Mapped[Counted]
    kind: Mapped[Words]  # unit, person, endpoint
    subject: Mapped[Words]  # unit code or subject id
    queued_at: Mapped[Instant]
    tries: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]  # what the directory said last, in our words


class PublisherRow(Table):
    """Whether anybody publishes from this database: one row at most, see directory/outbox.py."""

    __tablename__ = "publisher"

    number: Mapped[Key]  # always 1
    seen_at: Mapped[float | None]  # when a publisher was last at work; None: never yet
    discarded: Mapped[bool]  # rows of the outbox were thrown away since


class DocumentRow(Table):
    """An identity document of a person: the number sealed, and a keyed index by which it is found."""

    __tablename__ = "document"
    __table_args__ = (UniqueConstraint("kind", "blind"),)

    number: Mapped[Counted]
    subject: Mapped[str] = mapped_column(ForeignKey("person.subject"), index=True)
    kind: Mapped[Words]  # directory.identity_numbers.Kind
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    blind: Mapped[bytes] = mapped_column(LargeBinary(32))  # HMAC-SHA-256 of the normal spelling
    masked: Mapped[Words]  # what a page shows
    recorded_at: Mapped[Instant]


class SecondFactorRow(Table):
    """A person's second factor: a TOTP secret (RFC 6238), sealed."""

    __tablename__ = "second_factor"

    subject: Mapped[str] = mapped_column(ForeignKey("person.subject"), primary_key=True)
    secret: Mapped[bytes] = mapped_column(LargeBinary)  # sealed
    last_step: Mapped[int | None] = mapped_column(BigInteger)  # each step is accepted once (RFC 6238 §5.2)
    enrolled_at: Mapped[Instant]


class RecoveryCodeRow(Table):
    """A code that replaces the second factor once."""

    __tablename__ = "recovery_code"

    number: Mapped[Counted]
    subject: Mapped[str] = mapped_column(ForeignKey("person.subject"), index=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))  # keyed; see directory.otp
    used_at: Mapped[float | None]
