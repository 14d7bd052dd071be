"""Types that the API's bodies and answers share: bounded, with examples, times as RFC 3339 says."""

from datetime import UTC, datetime
from enum import Enum
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from portal.times import EARLIEST, LATEST

MOST = 200  # items of one answer
_LINE = r"^[^\x00-\x1f\x7f]*$"


class Told(BaseModel):
    """A body: what is not known is refused, not ignored."""

    model_config = ConfigDict(extra="forbid")


class Shown(BaseModel):
    """An answer."""

    model_config = ConfigDict(from_attributes=True)


def _of_this_age(when: datetime) -> datetime:
    try:
        at = when.timestamp()
    except (OverflowError, ValueError):
        at = -1.0
    if not EARLIEST <= at < LATEST:
        raise ValueError("a time from 1970 to 2200")
    return when


Moment = Annotated[
    AwareDatetime,
    AfterValidator(_of_this_age),
    Field(description="RFC 3339, with an offset; from 1970 to 2200", examples=["2026-11-25T22:10:03+08:00"]),
]
Line = Annotated[str, StringConstraints(max_length=200, pattern=_LINE)]
Code = Annotated[
    str, StringConstraints(min_length=1, max_length=32, pattern=r"^[a-z0-9][a-z0-9-]*$"), Field(examples=["finance"])
]
Login = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=_LINE), Field(examples=["zhangwei"])]
Subject = Annotated[str, StringConstraints(pattern=r"^[pe]-[a-z2-7]{16}$"), Field(examples=["p-4rbw3d6ubqpsy7cn"])]
Hardware = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9a-f]{2}(:[0-9a-f]{2}){5}$"),
    Field(description="aa:bb:cc:dd:ee:ff", examples=["9c:1d:36:0a:44:f1"]),
]
Address = Annotated[
    str, StringConstraints(min_length=2, max_length=64, pattern=_LINE), Field(examples=["10.8.14.23", "2001:db8::7"])
]
Number = Annotated[int, Field(ge=1, le=2**53 - 1, examples=[17])]
# Numbers of logins have 61 bits, more than a double holds, so they are texts for programs that know no other number.
LoginNumber = Annotated[
    str,
    StringConstraints(pattern=r"^([1-9][0-9]{0,17}|[1-8][0-9]{18})$"),
    Field(description="A whole number", examples=["1881337845317664768"]),
]
Limit = Annotated[int, Field(ge=1, le=MOST, description="Most items of the answer", examples=[50])]


def moment(at: float | None) -> datetime | None:
    """Return a time of the record, in UTC."""
    return None if at is None else datetime.fromtimestamp(at, UTC)


def instant(at: float) -> datetime:
    """Return a time of the record that is always there."""
    return datetime.fromtimestamp(at, UTC)


def seconds(when: datetime | None) -> float | None:
    """Return a time as the record keeps it: seconds since the epoch."""
    return None if when is None else when.timestamp()


def told_fields(body: BaseModel) -> dict[str, Any]:
    """Return what a body says, times in seconds since the epoch, choices as texts; what it does not say is absent."""
    return {name: _plain(value) for name, value in body.model_dump(exclude_unset=True).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.timestamp()
    return value.value if isinstance(value, Enum) else value
