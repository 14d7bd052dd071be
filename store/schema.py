"""The revision of the tables: which one a database has, which one this tree needs, and the way between them."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from store.engine import Store


class SchemaUnknown(Exception):  # noqa: N818 - says what is the matter, as all our errors do
    """The database has a revision that this tree does not know: it was made by a newer one."""


def _config() -> Config:
    config = Config()
    # Percent signs are doubled because alembic's options are templates.
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return config


def head() -> str:
    """Return the revision that this tree needs."""
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    assert revision is not None, "store/migrations/versions is empty"  # noqa: S101 - a broken tree, not a broken input
    return revision


def revision_of(store: Store) -> str | None:
    """Return the revision that the database has; None for an empty one."""
    with store.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(store: Store) -> None:
    """Bring the database to `head`, as a whole or not at all; processes that try at once queue.

    Raises SchemaUnknown where a newer tree has been here.
    """
    with store.write() as unit:
        unit.order()
        config = _config()
        config.attributes["connection"] = unit.session.connection()
        try:
            command.upgrade(config, "head")
        except CommandError:
            raise SchemaUnknown("the database was made by a newer version of this program") from None
