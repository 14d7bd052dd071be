"""People in the registry: joiner, mover, leaver. Every act runs inside the caller's unit of work.

Each act checks what it is given, asks the life cycle, writes the row, and leaves three traces in the same
transaction: a row of the outbox (for the directory), one of the change feed (for those who keep a copy in memory),
one of the administrative record (who did it). A refused act leaves the unit of work as it was.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict, Unpack

from sqlalchemy import ColumnElement, Row, case, insert, or_, select, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute, Session

from directory import endpoints, lifecycle, outbox, pinyin, spelling, units
from directory.lifecycle import Act, LifecycleError
from directory.outbox import Kind
from directory.person import Person, State
from directory.refusal import Flaw, RegistryRefused
from directory.registry import PersonRow, PublicationRow
from store.engine import Unit

# What an act leaves out: it names the subject itself, has its own time, and `spelled` follows from the rest.
_NOT_SHOWN = frozenset({"subject", "created_at", "changed_at", "spelled"})


class PersonFields(TypedDict, total=False):
    """What `change` may be given; a field that is absent stays, None takes its value away."""

    name: str
    category: str
    mail: str | None
    title: str | None
    telephone: str | None
    valid_from: float | None  # seconds since the epoch
    valid_until: float | None  # seconds since the epoch
    session_limit: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """A person to be added; the login never changes afterwards, and is never given to anybody else."""

    login: str
    name: str
    unit: str  # code of the unit that answers for the person
    category: str = "staff"
    mail: str | None = None
    title: str | None = None
    telephone: str | None = None
    valid_from: float | None = None  # seconds since the epoch
    valid_until: float | None = None  # seconds since the epoch
    zones: frozenset[str] = frozenset()
    session_limit: int | None = None


def find(session: Session, subject: str) -> PersonRow:
    """Return the person; raises RegistryRefused where there is none."""
    row = session.get(PersonRow, subject) if subject.isascii() and subject.isprintable() else None
    if row is None:
        raise RegistryRefused(Flaw.PERSON_UNKNOWN, "person")
    return row


def as_person(row: PersonRow | Row[Any]) -> Person:
    """Return a person as the registry knows them: the mirror adds what only the directory knows.

    The row may be one of the table's columns alone.
    """
    return Person(
        subject=row.subject,
        entry="",
        dn="",
        login=row.login,
        unit=row.unit,
        state=State(row.state),
        category=row.category,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        zones=spelling.zone_set(row.zones),
        session_limit=row.session_limit,
        assurance=row.assurance,
    )


def by_login(session: Session, login: str) -> PersonRow:
    """Return the person with this login, however it is capitalised; raises RegistryRefused where there is none."""
    try:
        kept = spelling.login(login)
    except RegistryRefused:
        raise RegistryRefused(Flaw.PERSON_UNKNOWN, "login") from None
    row = session.scalars(select(PersonRow).where(PersonRow.login == kept)).one_or_none()
    if row is None:
        raise RegistryRefused(Flaw.PERSON_UNKNOWN, "login")
    return row


def search(
    session: Session,
    *,
    text: str = "",
    unit: str | None = None,
    state: State | None = None,
    after: str | None = None,
    limit: int = 100,
) -> Sequence[PersonRow]:
    """Return people within a unit's subtree, in one state, who are found by `text`.

    That is a part of the login or of the name, of its pinyin without tones, or of the initials. Whom the text fits
    as a whole come first, then those who begin so, then the others, each by login. `after` is the last login of the
    page before.
    """
    query = select(PersonRow).limit(limit)
    if unit is not None:
        query = query.where(PersonRow.unit.in_(units.subtree(session, unit)))
    if state is not None:
        query = query.where(PersonRow.state == state.value)
    if not text.strip():
        query = query.where(PersonRow.login > after) if after else query
        return session.scalars(query.order_by(PersonRow.login)).all()
    try:
        forms = pinyin.sought(spelling.name(text.strip(), "text"))
    except RegistryRefused:
        return []  # nobody's name contains it
    query = query.where(_stands_in(PersonRow.spelled, forms))
    between = " " + PersonRow.spelled + " "  # each form stands between spaces
    whole, begun = ([f" {form} " for form in forms], [f" {form}" for form in forms])
    rank = case((_stands_in(between, whole), 0), (_stands_in(between, begun), 1), else_=2)
    if after:
        reached = session.scalar(select(rank).where(PersonRow.login == after))
        query = query.where(tuple_(rank, PersonRow.login) > (2 if reached is None else reached, after))
    return session.scalars(query.order_by(rank, PersonRow.login)).all()


def _stands_in(column: ColumnElement[str] | InstrumentedAttribute[str], texts: Sequence[str]) -> ColumnElement[bool]:
    return or_(*(column.contains(each, autoescape=True) for each in texts))


def suggested_login(session: Session, name: str) -> str:
    """Return a login that a name suggests and nobody has: zhangwei, zhangwei2, ...; "" where none comes out of it."""
    begin = pinyin.login_of(name)
    if not begin:
        return ""
    taken = set(session.scalars(select(PersonRow.login).where(PersonRow.login.startswith(begin, autoescape=True))))
    return next(each for each in (begin, *(f"{begin}{n}" for n in range(2, len(taken) + 3))) if each not in taken)


def add(unit: Unit, actor: str, person: NewPerson, *, octets: bytes | None = None) -> str:
    """Add a person as a draft and return the subject id; `octets` are 10 random ones, drawn here where absent."""
    row = _checked(person, octets) | _times(unit.now)
    units.find(unit.session, row["unit"])
    if unit.session.scalar(select(PersonRow.subject).where(PersonRow.login == row["login"])) is not None:
        raise RegistryRefused(Flaw.LOGIN_TAKEN, "login")
    try:
        with unit.session.begin_nested():
            unit.session.execute(insert(PersonRow), [row])
    except IntegrityError:  # on PostgreSQL somebody else may have been quicker
        raise RegistryRefused(Flaw.LOGIN_TAKEN, "login") from None
    _trace(unit, actor, "person.add", None, row)
    return str(row["subject"])


def add_many(unit: Unit, actor: str, people: Iterable[NewPerson], *, assurance: int | None = None) -> list[str]:
    """Add many people at once and return their subject ids in the same order; one refusal refuses all.

    With an `assurance` (1 to 3) they are released too: the list comes from where their names were verified.
    """
    rows = new_rows(people, assurance=assurance)
    add_rows(unit, actor, rows)
    return [row["subject"] for row in rows]


def new_rows(people: Iterable[NewPerson], *, assurance: int | None = None) -> list[dict[str, Any]]:
    """Return the rows of people for `add_rows`, checked as far as no database is asked. Raises RegistryRefused.

    Apart from `add_rows` because the work is here, and nobody else can write while a unit of work lasts.
    """
    rows = [_checked(person, None) for person in people]
    if assurance is None:
        return rows
    spelling.number(assurance, "assurance", 1, 3)
    begun = lifecycle.after(State.DRAFT, Act.RELEASE).value
    return [row | {"state": begun, "assurance": assurance} for row in rows]


def add_rows(unit: Unit, actor: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add the people of `new_rows`; one refusal refuses all."""
    _refuse_unknown_units(unit.session, {row["unit"] for row in rows})
    _refuse_taken_logins(unit.session, [row["login"] for row in rows])
    if not rows:
        return
    times = _times(unit.now)
    unit.session.execute(insert(PersonRow), [{**row, **times} for row in rows])
    unit.session.execute(insert(PublicationRow), [_queued(unit, row["subject"]) for row in rows])
    for row in rows:
        unit.changed("person", row["subject"])
        unit.act(actor, "person.add", row["subject"], None, _shown(row))
    unit.changed("publication", "people")


def change(unit: Unit, actor: str, subject: str, **fields: Unpack[PersonFields]) -> None:
    """Change name, category, contact, validity or session limit of a person."""
    row = _after(unit, subject, Act.CHANGE)
    before = _shown_row(row)
    checked = _changeable({**before, **fields})
    for field, value in checked.items():
        setattr(row, field, value)
    row.spelled = pinyin.spelled(row.name, row.login)
    _record(unit, actor, "person.change", row, before)


def change_many(unit: Unit, actor: str, changes: Mapping[str, PersonFields]) -> None:
    """Change many people at once, by subject id, as `change` does; one refusal refuses all."""
    unit.session.flush()
    rows = _locked(unit.session, list(changes))
    after = {}
    for subject, fields in changes.items():
        if subject not in rows:
            raise RegistryRefused(Flaw.PERSON_UNKNOWN, "person")
        row = rows[subject]
        _allowed(row["state"], Act.CHANGE)
        checked = _changeable({**row, **fields})
        spelled = pinyin.spelled(checked["name"], row["login"])
        after[subject] = row | checked | {"spelled": spelled, "changed_at": unit.now}
    if not after:
        return
    unit.session.execute(update(PersonRow), list(after.values()))
    unit.session.expire_all()  # rows that somebody holds do not know of it
    unit.session.execute(insert(PublicationRow), [_queued(unit, subject) for subject in after])
    for subject, row in after.items():
        unit.changed("person", subject)
        unit.act(actor, "person.change", subject, _shown(rows[subject]), _shown(row))
    unit.changed("publication", "people")


def set_rights(unit: Unit, actor: str, subject: str, zones: Iterable[str]) -> None:
    """Give a person exactly these personal rights."""
    row = _after(unit, subject, Act.RIGHTS)
    before = _shown_row(row)
    row.zones = spelling.zones(zones)
    _record(unit, actor, "person.rights", row, before)


def move(unit: Unit, actor: str, subject: str, to: str, *, keep_rights: bool = False) -> None:
    """Let another unit answer for a person.

    Personal rights came with the old post and end, unless somebody says that they go along.
    """
    row = _after(unit, subject, Act.MOVE)
    before = _shown_row(row)
    row.unit = units.find(unit.session, to).code
    if not keep_rights and before["unit"] != row.unit:
        row.zones = ""
    _record(unit, actor, "person.move", row, before)


def release(unit: Unit, actor: str, subject: str, *, assurance: int = 1) -> None:
    """Begin an account: the real name was verified, as well as `assurance` (1 to 3) says."""
    row = _after(unit, subject, Act.RELEASE)
    before = _shown_row(row)
    row.assurance = spelling.number(assurance, "assurance", 1, 3)
    row.state = lifecycle.after(State(row.state), Act.RELEASE).value
    _record(unit, actor, "person.release", row, before)


def suspend(unit: Unit, actor: str, subject: str) -> None:
    """Keep a person off the network until `resume`."""
    _step(unit, actor, subject, Act.SUSPEND)


def resume(unit: Unit, actor: str, subject: str) -> None:
    """Lift a suspension, also one that was made in the directory itself."""
    _step(unit, actor, subject, Act.RESUME)


def end(unit: Unit, actor: str, subject: str) -> list[str]:
    """End an account for good; return the endpoints that now wait for somebody else to answer for them."""
    _step(unit, actor, subject, Act.END)
    return endpoints.suspend_of(unit, actor, subject)


def preserve(unit: Unit, actor: str, subject: str) -> None:
    """Take a leaver out of the published tree; the record stays."""
    _step(unit, actor, subject, Act.PRESERVE)


def respell(unit: Unit, most: int = 2000) -> int:
    """Spell people of before there was `spelled`, whom no search finds otherwise; return how many, 0 where all are.

    At most `most` at once, so that nobody waits long for the database. Neither acts nor changes: nothing that anybody
    is told of is different.
    """
    query = select(PersonRow.subject, PersonRow.name, PersonRow.login).where(PersonRow.spelled == "").limit(most)
    rows = [
        {"subject": subject, "spelled": pinyin.spelled(name, login)}
        for subject, name, login in unit.session.execute(query)
    ]
    if rows:
        unit.session.execute(update(PersonRow), rows)
    return len(rows)


def _times(now: float) -> dict[str, float]:
    return {"created_at": now, "changed_at": now}


def _checked(person: NewPerson, octets: bytes | None) -> dict[str, Any]:
    told = {name: getattr(person, name) for name in PersonFields.__annotations__}  # asdict copies ten times slower
    login, values = spelling.login(person.login), _changeable(told)
    return {
        "subject": endpoints.new_subject("p", octets),
        "login": login,
        "unit": spelling.code(person.unit, "unit"),
        "state": State.DRAFT.value,
        "zones": spelling.zones(person.zones),
        "assurance": 0,
        "spelled": pinyin.spelled(values["name"], login),
        **values,
    }


def _changeable(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that `change` may touch, each in its one spelling."""
    begin, until = spelling.validity(values["valid_from"], values["valid_until"])
    return {
        "name": spelling.name(values["name"]),
        "category": spelling.choice(values["category"], spelling.CATEGORIES, "category"),
        "mail": spelling.mail(values["mail"]),
        "title": spelling.optional_name(values["title"], "title"),
        "telephone": spelling.telephone(values["telephone"]),
        "valid_from": begin,
        "valid_until": until,
        "session_limit": spelling.session_limit(values["session_limit"]),
    }


def _refuse_unknown_units(session: Session, codes: set[str]) -> None:
    if not codes <= set(units.parents(session)):
        raise RegistryRefused(Flaw.UNIT_UNKNOWN, "unit")


def _refuse_taken_logins(session: Session, logins: list[str]) -> None:
    if len(set(logins)) < len(logins):
        raise RegistryRefused(Flaw.LOGIN_TAKEN, "login")
    for start in range(0, len(logins), 500):  # SQLite and PostgreSQL bound the number of parameters
        several = logins[start : start + 500]
        if session.scalars(select(PersonRow.subject).where(PersonRow.login.in_(several)).limit(1)).first():
            raise RegistryRefused(Flaw.LOGIN_TAKEN, "login")


def _after(unit: Unit, subject: str, act: Act) -> PersonRow:
    """Return the row, locked where the database locks rows, if the life cycle allows the act."""
    find(unit.session, subject)
    row = unit.session.get_one(PersonRow, subject, with_for_update=True, populate_existing=True)
    _allowed(row.state, act)
    return row


def _allowed(state: str, act: Act) -> None:
    try:
        lifecycle.after(State(state), act)
    except LifecycleError as error:
        raise RegistryRefused(Flaw.STATE_FORBIDS, "state") from error


def _locked(session: Session, subjects: list[str]) -> dict[str, dict[str, Any]]:
    """Return rows as they are in the database, by subject id, locked where the database locks rows."""
    table, found = PersonRow.__table__, dict[str, dict[str, Any]]()
    wanted = sorted(subjects)  # in one order: two lists at once must not wait for each other
    for start in range(0, len(wanted), 500):  # SQLite and PostgreSQL bound the number of parameters
        query = select(table).where(table.c.subject.in_(wanted[start : start + 500])).order_by(table.c.subject)
        for row in session.execute(query.with_for_update()).mappings():
            found[row["subject"]] = dict(row)
    return found


def _queued(unit: Unit, subject: str) -> dict[str, Any]:
    return {"kind": Kind.PERSON.value, "subject": subject, "queued_at": unit.now, "tries": 0}


def _step(unit: Unit, actor: str, subject: str, act: Act) -> None:
    row = _after(unit, subject, act)
    before = _shown_row(row)
    row.state = lifecycle.after(State(row.state), act).value
    _record(unit, actor, f"person.{act.value}", row, before)


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    return {field: value for field, value in row.items() if field not in _NOT_SHOWN}


def _row(row: PersonRow) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in PersonRow.__table__.columns}


def _shown_row(row: PersonRow) -> dict[str, Any]:
    return _shown(_row(row))


def _record(unit: Unit, actor: str, act: str, row: PersonRow, before: dict[str, Any]) -> None:
    row.changed_at = unit.now
    _trace(unit, actor, act, before, _row(row))


def _trace(unit: Unit, actor: str, act: str, before: dict[str, Any] | None, row: dict[str, Any]) -> None:
    resumed = act == f"person.{Act.RESUME.value}"
    outbox.queue(unit, Kind.RESUMED if resumed else Kind.PERSON, row["subject"])
    unit.changed("person", row["subject"])
    unit.act(actor, act, row["subject"], before, _shown(row))
