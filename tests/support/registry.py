"""A registry in a fresh SQLite file, with a small city in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from directory import people, registry, units
from directory.people import NewPerson
from store.engine import Store, Unit, sqlite_url
from store.tables import Table

ACTOR = "operator"
CITY = (
    ("yz", "宜州市", "city", None),
    ("court", "市人民法院", "department", "yz"),
    ("north", "北山镇", "town", "yz"),
    ("north-1", "北山社区", "community", "north"),
    ("south", "南街道", "subdistrict", "yz"),
)


@contextmanager
def open_registry(directory: Path) -> Iterator[Store]:
    """Give a store whose tables are empty."""
    assert registry.UnitRow.metadata is Table.metadata
    store = Store.open(sqlite_url(directory / "truename.db"))
    try:
        Table.metadata.create_all(store.engine)
        yield store
    finally:
        store.close()


def build_city(unit: Unit) -> None:
    """Add five units in three levels."""
    for code, name, kind, parent in CITY:
        units.add(unit, ACTOR, code=code, name=name, kind=kind, parent=parent)


def add_active(unit: Unit, login: str, home: str = "north-1", name: str = "张三", **more: object) -> str:
    """Add a person whose account has begun; return the subject id."""
    subject = people.add(unit, ACTOR, NewPerson(login=login, name=name, unit=home, **more))  # type: ignore[arg-type] - test data
    people.release(unit, ACTOR, subject)
    return subject
