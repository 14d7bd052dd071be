"""A registry beside a directory of its own, and what the one should look like in the other."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from sqlalchemy import select

from directory import entries, units
from directory.backends.connection import Attributes, Credentials, DirectoryPool, DirectoryServer
from directory.backends.embedded import EmbeddedDirectory
from directory.publication import Publisher
from directory.registry import EndpointRow, PersonRow, PublicationRow
from store.engine import Store
from tests.support.directory_server import SUFFIX
from tests.support.registry import build_city

Tree = Mapping[str, Mapping[str, list[bytes]]]


class City(NamedTuple):
    """Both sides of a publication."""

    store: Store
    pool: DirectoryPool
    publisher: Publisher

    def tree(self) -> Tree:
        """Return what the directory has: owned attributes by DN."""
        wanted = "(|(objectClass=inetOrgPerson)(objectClass=rnDevice)(objectClass=rnOrgUnit))"
        owned = {*entries.UNIT_OWNED, *entries.PERSON_OWNED, *entries.ENDPOINT_OWNED, "objectClass"}
        return {dn: _sorted(values) for dn, values in self.pool.search(SUFFIX, wanted, sorted(owned))}

    def wanted(self) -> Tree:
        """Return what it should have, from every row of the registry."""
        with self.store.read() as session:
            parents = units.parents(session)
            made = [
                entries.unit_entry(row, entries.unit_dn(parents, row.code, SUFFIX).partition(",")[2])
                for row in units.listed(session)
            ]
            made += [
                entries.person_entry(row, entries.person_superior(row, parents, SUFFIX))
                for row in session.scalars(select(PersonRow))
            ]
            made += [entries.endpoint_entry(row, SUFFIX) for row in session.scalars(select(EndpointRow))]
        classes = ([each.encode() for each in entry.classes] for entry in made)
        return {
            entry.dn: _sorted({**entry.attributes, "objectClass": its})
            for entry, its in zip(made, classes, strict=True)
        }

    def person(self, subject: str, *attributes: str) -> tuple[str, Attributes]:
        """Return DN and attributes of one person."""
        (found,) = self.pool.search(SUFFIX, f"(rnSubjectId={subject})", attributes)
        return found

    def outbox(self) -> list[tuple[str, str, int, str | None]]:
        """Return kind, subject, tries and error of every row of the outbox."""
        with self.store.read() as session:
            rows = session.scalars(select(PublicationRow).order_by(PublicationRow.number))
            return [(row.kind, row.subject, row.tries, row.error) for row in rows]


def _sorted(values: Mapping[str, object]) -> dict[str, list[bytes]]:
    return {name: sorted(each) for name, each in values.items()}  # type: ignore[call-overload] - lists of octets


def own_pool(directory: EmbeddedDirectory) -> DirectoryPool:
    """Return connections as the product's own account."""
    return DirectoryPool([DirectoryServer(directory.ldapi_uri)], Credentials())


@contextmanager
def open_city(store: Store, directory: EmbeddedDirectory) -> Iterator[City]:
    """Give a city of five units, in an empty registry and published."""
    with own_pool(directory) as pool:
        with store.write() as unit:
            build_city(unit)
        publisher = Publisher(store, pool, SUFFIX)
        publisher.run_once()
        yield City(store, pool, publisher)
