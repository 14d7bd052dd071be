"""What a command is given: settings, the open store, keys, the name of who types, and how to answer.

What is heavy is imported when a command asks for it, so that help and completion stay quick.
"""

import json
import os
import pwd
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, tzinfo
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from zoneinfo import ZoneInfo

import click

from operate.exits import CommandFailed, Exit
from operate.terminal import sheet, table
from operate.terms import term
from operate.words import Text, t

if TYPE_CHECKING:
    from operate.settings import Settings
    from store.engine import Store
    from store.sealing import Sealer

YES, NO = t("是", "yes"), t("否", "no")
INIT_FIRST = t("./truename init 可以建立它。", "./truename init makes it.")


class Call:
    """One command, from its start to its exit code."""

    def __init__(self, *, settings: str | Path | None, as_json: bool) -> None:
        self.settings_option = settings
        self.as_json = as_json
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    @property
    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    @cached_property
    def settings(self) -> "Settings":
        """The settings in force. Raises SettingsError."""
        from operate.settings import Settings, find_settings

        return Settings.load(find_settings(self.settings_option))

    @cached_property
    def store(self) -> "Store":
        """The open database, at the version of its tables that this program expects. Raises CommandFailed."""
        from store import schema
        from store.engine import Store

        url = self.settings.database_url
        if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).is_file():
            says = t("数据库还不存在。", "There is no database yet.")
            raise CommandFailed(Exit.SETTINGS, says, INIT_FIRST)
        store = Store.open(url, nudges=self.settings.nudges)
        self._open.callback(store.close)
        found = schema.revision_of(store)
        if found is None and not self.settings.master_key.exists():
            raise CommandFailed(Exit.SETTINGS, t("数据库是空的。", "The database is empty."), INIT_FIRST)
        if found != schema.head():
            says = t(
                "数据库的版本是 {found}，程序需要 {wanted}。",
                "The database is at version {found}; {wanted} is needed.",
            )
            remedy = t("./truename doctor --repair 可以升级。", "./truename doctor --repair upgrades it.")
            raise CommandFailed(Exit.SETTINGS, says.fill(found=found or "-", wanted=schema.head()), remedy)
        return store

    @cached_property
    def sealer(self) -> "Sealer":
        """The keys of the sealed columns. Raises CommandFailed where the master key is missing."""
        from operate.installation import missing_key
        from store.sealing import Sealer

        if (missing := missing_key(self.settings)) is not None:
            raise missing
        return Sealer.load(self.settings.master_key, self.store)

    @property
    def actor(self) -> str:
        """Who types, as the record of administrative acts names them."""
        return "unix:" + user_name()

    @cached_property
    def zone(self) -> tzinfo:
        """The time zone in which times are shown and read."""
        return ZoneInfo(self.settings.access.time_zone)

    def time(self, at: float | None) -> str | None:
        """Return an instant for people, with its zone: 2026-03-01 08:00:00 +08:00."""
        if at is None:
            return None
        text = datetime.fromtimestamp(at, self.zone).strftime("%Y-%m-%d %H:%M:%S %z")
        return f"{text[:-2]}:{text[-2:]}"

    def show(self, data: object, text: str | Text | None = None) -> None:
        """Answer: `data` as JSON where asked, else the text. The text was made harmless where it was made."""
        if self.as_json:
            click.echo(json.dumps(_for_programs(data), ensure_ascii=False, indent=2))
        elif text is not None:
            click.echo(str(text))

    def show_table(self, data: Sequence[Mapping[str, Any]], columns: Mapping[str, Text], empty: Text) -> None:
        """Answer with rows; `columns` names the keys that are shown to people and their headings."""
        rows = [[self._readable(key, row.get(key)) for key in columns] for row in data]
        self.show(data, table(list(columns.values()), rows) if rows else empty)

    def show_sheet(self, data: Mapping[str, Any], names: Mapping[str, Text]) -> None:
        """Answer with the values of one thing."""
        self.show(data, sheet((says, self._readable(key, data.get(key))) for key, says in names.items()))

    def _readable(self, key: str, value: object) -> object:
        if is_time(key) and isinstance(value, (int, float)):
            return self.time(value)
        if isinstance(value, bool):
            return YES if value else NO
        if isinstance(value, Text):
            return value
        if isinstance(value, (list, tuple, set, frozenset)):
            return ", ".join(str(item) for item in value)
        return term(key, value)


def user_name() -> str:
    """Return the name of the user that runs this process, or its number where it has none."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def iso(at: float | None) -> str | None:
    """Return an instant for programs (RFC 3339, UTC)."""
    return None if at is None else datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")


def is_time(key: str) -> bool:
    """Return whether the value of this key is an instant (seconds since the epoch)."""
    return key in ("at", "valid_from", "valid_until", "since", "until") or key.endswith("_at")


def _for_programs(value: object, key: str = "") -> object:
    """Return data as JSON says it: instants by RFC 3339, sets sorted."""
    if isinstance(value, Mapping):
        return {name: _for_programs(item, name) for name, item in value.items()}
    if isinstance(value, (frozenset, set)):
        return sorted(value)
    if isinstance(value, (list, tuple)):
        return [_for_programs(item) for item in value]
    if is_time(key) and isinstance(value, (int, float)):
        return iso(value)
    return value
