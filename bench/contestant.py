"""What the runner needs of a server that is measured; Truename and its peer both look like this."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from bench.traffic import Account


class Serving(NamedTuple):
    """A server that answers now."""

    host: str
    auth_port: int
    acct_port: int
    secret: str
    server: tuple[int, ...]  # process ids of the RADIUS server itself
    directory: tuple[int, ...]  # process ids of the directory beside it; empty where it uses none

    def __repr__(self) -> str:
        return f"Serving({self.host}, {self.auth_port}, {self.acct_port})"


class Contestant(Protocol):
    """One row of the table."""

    name: str

    def prepare(self, accounts: Sequence[Account], home: Path) -> None:
        """Make configuration and data for these people below `home`, once. Raises CannotMeasure."""

    def start(self, cores: Iterable[int]) -> Serving:
        """Start on these cores (none named: anywhere) and return once it answers. Raises CannotMeasure."""

    def stop(self) -> None:
        """Stop everything that was started; harmless if nothing runs."""
