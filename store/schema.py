"""The revision of the tables: which one a database has, which one this tree needs, and the way between them.

Alembic is only imported where there is something to upgrade: a service that starts as it stopped does without.
"""

import re
from functools import cache
from pathlib import Path

from sqlalchemy import inspect, text

from store.engine import Store

_MIGRATIONS = Path(__file__).parent / "migrations"
_REVISION = re.compile(r'^(revision|down_revision)(?:: [^=]+)? = (?:"(\w+)"|None)$', re.MULTILINE)


class SchemaUnknown(Exception):  # noqa: N818 - says what is the matter, as all our errors do
    """The database has a revision that this tree does not know: it was made by a newer one."""


@cache
def head() -> str:
    """Return the revision that this tree needs: the one that no other builds upon."""
    made, built_upon = set(), set()
    for file in (_MIGRATIONS / "versions").glob("*.py"):
        found = dict(_REVISION.findall(file.read_text("utf-8")))
        made.add(found["revision"])
        built_upon.add(found["down_revision"])
    (newest,) = made - built_upon
    return str(newest)


def revision_of(store: Store) -> str | None:
    """Return the revision that the database has; None for an empty one."""
    with store.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def upgrade(store: Store) -> None:
    """Bring the database to `head`, as a whole or not at all; processes that try at once queue.

    Raises SchemaUnknown where a newer tree has been here.
    """
    if revision_of(store) == head():
        return
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    # Percent signs are doubled because alembic's options are templates.
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    with store.write() as unit:
        unit.order()
        config.attributes["connection"] = unit.session.connection()
        try:
            command.upgrade(config, "head")
        except CommandError:
            raise SchemaUnknown("the database was made by a newer version of this program") from None
