"""The base of every table and the column types that they share."""

from typing import Annotated

from sqlalchemy import BigInteger, Double, Integer, MetaData, Text
from sqlalchemy.orm import DeclarativeBase, mapped_column

# Constraint names are fixed, so that a migration can name what it drops on SQLite and PostgreSQL alike.
NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(DeclarativeBase):
    """The parent of every mapped class; each package declares its own tables beside what they mean."""

    metadata = MetaData(naming_convention=NAMING)


# A counted key. SQLite only counts INTEGER keys; PostgreSQL needs 64 bits.
Counted = Annotated[
    int, mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)
]
# A 64-bit key that its maker counts, not the database.
Key = Annotated[int, mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False)]
# Seconds since 1970-01-01T00:00:00Z, with a fraction. Zones are added where times are shown.
Instant = Annotated[float, mapped_column(Double)]
# An octet count of 64 bits (RFC 2869 §5.1, §5.2).
Octets = Annotated[int, mapped_column(BigInteger, default=0)]
# Text that came from outside, already checked and escaped by whoever stores it.
Words = Annotated[str, mapped_column(Text)]
