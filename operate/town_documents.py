"""Identity documents of the made-up town: possible numbers that nobody has, since all would be born before 1910."""

from random import Random

from sqlalchemy import select

from directory import documents
from directory.identity_numbers import Kind, Number, check_character
from directory.registry import PersonRow
from store.engine import Unit
from store.sealing import Sealer

_REGIONS = ("130000", "410000", "650000")


def made_up(random: Random, number: int) -> str:
    """Return a resident's number, the `number`th of the town: valid by GB 11643, of a birth date before 1910."""
    born = f"{random.randrange(1900, 1910)}{random.randrange(1, 13):02d}{random.randrange(1, 29):02d}"
    digits = f"{_REGIONS[number % len(_REGIONS)]}{born}{number % 1000:03d}"
    return digits + check_character(digits)


def add_documents(unit: Unit, sealer: Sealer, actor: str, random: Random) -> int:
    """Record a document of everybody who has none yet in an empty register; return how many."""
    subjects = unit.session.scalars(select(PersonRow.subject).order_by(PersonRow.login)).all()
    numbers = {
        subject: Number(Kind.RESIDENT, made_up(random, position)) for position, subject in enumerate(subjects, 1)
    }
    documents.record_many(unit, sealer, actor, numbers)
    return len(numbers)
