"""What would become of each row of a list: a person added, changed or left alone, or a refusal. Writes nothing."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from directory import documents, lifecycle, pinyin, spelling, units
from directory.identity_numbers import Number, concealed, masked
from directory.import_columns import Field, Terms, Told, read_row
from directory.import_files import Row, Sheet
from directory.lifecycle import Act, LifecycleError
from directory.person import State
from directory.refusal import Flaw, RegistryRefused
from directory.registry import DocumentRow, PersonRow
from store.sealing import Sealer

# What `people.change` is given, by the column that says it.
CHANGEABLE = (
    *(Field.NAME, Field.CATEGORY, Field.TITLE, Field.TELEPHONE, Field.MAIL),
    *(Field.VALID_FROM, Field.VALID_UNTIL, Field.SESSION_LIMIT),
)
_GONE = frozenset({State.LEFT.value, State.PRESERVED.value})
_AT_ONCE = 500  # parameters of one statement


class Verdict(StrEnum):
    """What becomes of a row."""

    ADD = "add"
    CHANGE = "change"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


class Difference(NamedTuple):
    """One field before and after; times in seconds since the epoch, a document as its mask."""

    field: Field
    before: str | float | None
    after: str | float | None


@dataclass(frozen=True, slots=True)
class Judged:
    """A row and its verdict. What it shows and compares has no identity number; what it carries is not shown."""

    number: int  # of the row, as a spreadsheet shows it
    verdict: Verdict
    login: str
    name: str
    subject: str | None = None  # None: no such person yet
    differences: tuple[Difference, ...] = ()
    flaw: Flaw | None = None  # why the row is refused
    column: str = ""  # and where
    takes_over: bool = False  # the document comes from the account of somebody who left
    values: Mapping[Field, Any] = field(default_factory=dict, repr=False, compare=False)
    document: Number | None = field(default=None, repr=False, compare=False)

    def changed(self, each: Field) -> bool:
        """Say whether a field becomes different."""
        return any(difference.field is each for difference in self.differences)


def unit_words(session: Session, scope: Collection[str] | None) -> Mapping[str, Collection[str]]:
    """Return the codes of units by what a list may call them: code, name, or names from above with slashes.

    Of several units with one name those within `scope` are meant, where there are any.
    """
    rows = {row.code: row for row in units.listed(session)}
    above = {code: row.parent for code, row in rows.items()}
    words: dict[str, set[str]] = {}
    for code in rows:
        path = ""
        for each in units.ancestors(above, code):
            path = rows[each].name.replace(" ", "") + ("/" + path if path else "")
            words.setdefault(path, set()).add(code)
    within = {word: codes & set(scope) if scope is not None else codes for word, codes in words.items()}
    return {word: within[word] or codes for word, codes in words.items()} | {code: {code} for code in rows}


class Judge:
    """Judges the rows of one list against one state of the registry."""

    def __init__(
        self,
        session: Session,
        sealer: Sealer,
        sheet: Sheet,
        mapping: Mapping[Field, int],
        scope: Collection[str] | None,
        terms: Terms,
    ) -> None:
        """Read all rows, and from the registry whatever they are about."""
        self._sheet, self._mapping, self._scope = sheet, mapping, scope
        self._said = [self._read(row, terms) for row in sheet.rows]
        told = [each for each in self._said if isinstance(each, Told)]
        logins = {each.values[Field.LOGIN] for each in told if Field.LOGIN in each.values}
        self._owners = documents.owners(session, sealer, {each.number for each in told if each.number is not None})
        self._by_login = {row.login: row for row in _fetched(session, PersonRow.login, logins)}
        owners = set(self._owners.values())
        self._by_subject = {row.subject: row for row in _fetched(session, PersonRow.subject, owners)}
        self._by_subject |= {row.subject: row for row in self._by_login.values()}
        self._masks = _masks(session, self._by_subject)
        # Every login that is given or will be: one that is made must be none of them.
        self._taken = logins
        if any(Field.LOGIN not in each.values for each in told):
            self._taken = logins | set(session.scalars(select(PersonRow.login)))
        self._seen: dict[object, int] = {}

    def verdicts(self) -> list[Judged]:
        """Return a verdict for each row, in order."""
        return [self._verdict(row, said) for row, said in zip(self._sheet.rows, self._said, strict=True)]

    def _read(self, row: Row, terms: Terms) -> Told | Judged:
        try:
            return read_row(row, self._mapping, terms, self._sheet.flawed, len(self._sheet.headings))
        except RegistryRefused as refused:
            return self._refused(row, refused)

    def _verdict(self, row: Row, said: Told | Judged) -> Judged:
        if isinstance(said, Judged):
            return said
        try:
            return self._judged(row, said)
        except RegistryRefused as refused:
            return self._refused(row, refused)

    def _refused(self, row: Row, refused: RegistryRefused) -> Judged:
        login, name = (self._shown(row, each) for each in (Field.LOGIN, Field.NAME))
        return Judged(row.number, Verdict.REFUSED, login, name, flaw=refused.flaw, column=refused.field)

    def _shown(self, row: Row, each: Field) -> str:
        """Return what a cell says, whatever that is, for whoever has to find the row."""
        at = self._mapping.get(each, len(row.cells))
        return concealed(row.cells[at][:64]) if at < len(row.cells) else ""

    def _judged(self, row: Row, told: Told) -> Judged:
        person, takes_over = self._meant(told)
        if person is not None:
            self._once(row, Field.LOGIN if Field.LOGIN in told.values else Field.DOCUMENT, person.subject)
        if Field.LOGIN in told.values:
            self._once(row, Field.LOGIN, (Field.LOGIN, told.values[Field.LOGIN]))
        if told.number is not None:
            self._once(row, Field.DOCUMENT, told.number)
        if person is None:
            return self._joiner(row, told, takes_over=takes_over)
        return self._known(row, told, person, takes_over=takes_over)

    def _once(self, row: Row, each: Field, key: object) -> None:
        if self._seen.setdefault(key, row.number) != row.number:
            raise RegistryRefused(Flaw.ROW_TWICE, each.value)

    def _meant(self, told: Told) -> tuple[PersonRow | None, bool]:
        """Return whom a row is about, None for somebody new; and whether the document changes its owner."""
        login = told.values.get(Field.LOGIN)
        owner = self._by_subject[self._owners[told.number]] if told.number in self._owners else None
        if login is None:
            if told.number is None:
                raise RegistryRefused(Flaw.PERSON_AMBIGUOUS, Field.LOGIN.value)
            return owner, False
        person = self._by_login.get(login)
        if owner is None or owner is person:
            return person, False
        if owner.state not in _GONE:
            raise RegistryRefused(Flaw.DOCUMENT_TAKEN, Field.DOCUMENT.value)
        return person, True

    def _within(self, code: str, each: Field) -> None:
        if self._scope is not None and code not in self._scope:
            raise RegistryRefused(Flaw.UNIT_OUT_OF_SCOPE, each.value)

    def _joiner(self, row: Row, told: Told, *, takes_over: bool) -> Judged:
        for each in (Field.NAME, Field.UNIT):
            if each not in told.values:
                raise RegistryRefused(Flaw.CELL_MISSING, each.value)
        self._within(told.values[Field.UNIT], Field.UNIT)
        if told.mask:
            raise RegistryRefused(Flaw.DOCUMENT_MALFORMED, Field.DOCUMENT.value)
        spelling.validity(told.values.get(Field.VALID_FROM), told.values.get(Field.VALID_UNTIL))
        login = told.values.get(Field.LOGIN) or self._made_login(told.values[Field.NAME])
        values = {**told.values, Field.LOGIN: login}
        shown = [Difference(each, None, values[each]) for each in Field if values.get(each) is not None]
        if told.number is not None:
            shown.append(Difference(Field.DOCUMENT, None, masked(*told.number)))
        return Judged(
            row.number,
            Verdict.ADD,
            login,
            values[Field.NAME],
            differences=tuple(shown),
            takes_over=takes_over,
            values=values,
            document=told.number,
        )

    def _made_login(self, name: str) -> str:
        """Return the first of zhangwei, zhangwei2, … that nobody has, and take it."""
        stem = pinyin.login_of(name)
        if not stem:
            raise RegistryRefused(Flaw.LOGIN_MALFORMED, Field.LOGIN.value)
        login, count = stem, 1
        while login in self._taken:
            count += 1
            login = f"{stem}{count}"
        self._taken.add(login)
        return login

    def _known(self, row: Row, told: Told, person: PersonRow, *, takes_over: bool) -> Judged:
        self._within(person.unit, Field.LOGIN if Field.LOGIN in told.values else Field.DOCUMENT)
        differences = [*_differences(person, told), *self._document_difference(person, told)]
        acts = {_ACTS.get(difference.field, Act.CHANGE) for difference in differences}
        for act in acts:
            try:
                lifecycle.after(State(person.state), act)
            except LifecycleError:
                raise RegistryRefused(Flaw.STATE_FORBIDS, "state") from None
        if Act.MOVE in acts:
            self._within(told.values[Field.UNIT], Field.UNIT)
        begin, end = (
            told.values.get(each, getattr(person, each.value)) for each in (Field.VALID_FROM, Field.VALID_UNTIL)
        )
        spelling.validity(begin, end)
        return Judged(
            row.number,
            Verdict.CHANGE if differences else Verdict.UNCHANGED,
            person.login,
            person.name,
            person.subject,
            tuple(differences),
            takes_over=takes_over,
            values=told.values,
            document=told.number,
        )

    def _document_difference(self, person: PersonRow, told: Told) -> Sequence[Difference]:
        masks = self._masks.get(person.subject, {})
        if told.mask and told.mask not in masks.values():
            raise RegistryRefused(Flaw.DOCUMENT_MALFORMED, Field.DOCUMENT.value)
        if told.number is None or self._owners.get(told.number) == person.subject:
            return ()
        return [Difference(Field.DOCUMENT, masks.get(told.number.kind.value), masked(*told.number))]


# What the life cycle is asked, by column; for the others it is a change.
_ACTS = {Field.UNIT: Act.MOVE, Field.ZONES: Act.RIGHTS}


def _differences(person: PersonRow, told: Told) -> list[Difference]:
    """Return what a row would change; a move takes personal rights away, unless the row says which there are."""
    columns = (*CHANGEABLE, Field.UNIT, Field.ZONES)
    before = {each: getattr(person, each.value) for each in columns}
    after = {each: told.values[each] for each in columns if each in told.values}
    if after.get(Field.UNIT, person.unit) != person.unit:
        after.setdefault(Field.ZONES, "")
    return [
        Difference(each, before[each], after[each]) for each in columns if each in after and after[each] != before[each]
    ]


def _fetched(session: Session, column: InstrumentedAttribute[str], values: Iterable[str]) -> list[PersonRow]:
    wanted, found = list(values), list[PersonRow]()
    for start in range(0, len(wanted), _AT_ONCE):
        found.extend(session.scalars(select(PersonRow).where(column.in_(wanted[start : start + _AT_ONCE]))))
    return found


def _masks(session: Session, subjects: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return the masks of documents by subject id and kind."""
    wanted, found = list(subjects), dict[str, dict[str, str]]()
    for start in range(0, len(wanted), _AT_ONCE):
        several = DocumentRow.subject.in_(wanted[start : start + _AT_ONCE])
        for subject, kind, mask in session.execute(
            select(DocumentRow.subject, DocumentRow.kind, DocumentRow.masked).where(several)
        ):
            found.setdefault(subject, {})[kind] = mask
    return found
