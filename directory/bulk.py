"""The first load of an empty directory: the whole registry as LDIF (RFC 2849) for slapadd, thousands a second."""

import base64
import re
from collections.abc import Iterator, Mapping

from sqlalchemy import delete, func, select

from directory import entries, units
from directory.entries import Entry
from directory.registry import EndpointRow, PersonRow, PublicationRow
from store.engine import Store, Unit

# RFC 2849: SAFE-STRING, and no space at the end, which nobody would see.
_SAFE = re.compile(rb"[\x01-\x09\x0b\x0c\x0e-\x1f\x21-\x39\x3b\x3d-\x7f][\x01-\x09\x0b\x0c\x0e-\x7f]*(?<! )")


def newest_row(store: Store) -> int:
    """Return the number of the outbox's newest row: take it before `ldif_of`, give it to `loaded` afterwards."""
    with store.read() as session:
        return session.scalar(select(func.max(PublicationRow.number))) or 0


def ldif_of(store: Store, suffix: str, verifiers: Mapping[str, bytes]) -> Iterator[str]:
    """Yield one LDIF record for each unit, person and endpoint, superiors first.

    `verifiers` has a userPassword value by subject id for those who get one. The tree above (ou=orgs and its like)
    must be there already.
    """
    with store.read() as session:
        parents = units.parents(session)
        places = {code: entries.unit_dn(parents, code, suffix) for code in parents}
        for branch in units.tree(session):
            yield _record(entries.unit_entry(branch.row, places[branch.row.code].partition(",")[2]))
        for person in session.scalars(select(PersonRow).execution_options(yield_per=1000)):
            superior = entries.person_superior(person, parents, suffix)
            yield _record(entries.person_entry(person, superior), verifiers.get(person.subject))
        for endpoint in session.scalars(select(EndpointRow).execution_options(yield_per=1000)):
            yield _record(entries.endpoint_entry(endpoint, suffix))


def loaded(unit: Unit, newest: int) -> None:
    """Take out of the outbox what a finished load has published; what was queued since then stays."""
    unit.session.execute(delete(PublicationRow).where(PublicationRow.number <= newest))


def _record(entry: Entry, verifier: bytes | None = None) -> str:
    lines = [_line("dn", entry.dn.encode())]
    lines.extend(_line("objectClass", each.encode()) for each in entry.classes)
    lines.extend(_line(name, value) for name, values in entry.attributes.items() for value in values)
    if verifier is not None:
        lines.append(_line("userPassword", verifier))
    return "".join(lines) + "\n"


def _line(name: str, value: bytes) -> str:
    if _SAFE.fullmatch(value):
        return f"{name}: {value.decode('ascii')}\n"
    return f"{name}:: {base64.b64encode(value).decode('ascii')}\n"
