"""One process of many does what must be done once: whoever holds the lock, for as long as it lives."""

import fcntl
import hashlib
import os
from typing import Any

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from store.engine import Store

log = structlog.get_logger()


class Leadership:
    """A lock over all processes and nodes of one database. It falls with the process or its connection."""

    def __init__(self, store: Store, name: str) -> None:
        """Name what there is to lead; nothing is taken yet."""
        self._store = store
        self._name = name
        # 63 bits of a digest: PostgreSQL's advisory locks have a number (PostgreSQL 13.3.5).
        self._number = int.from_bytes(hashlib.sha256(f"truename {name}".encode()).digest()[:8], "big") >> 1
        self._file: int | None = None
        self._connection: Any = None

    def held(self) -> bool:
        """Take the lock, or confirm that it is still ours. Never waits for another holder."""
        if self._store.dialect == "postgresql":
            return self._held_on_postgresql()
        return self._held_on_sqlite()

    def release(self) -> None:
        """Let somebody else lead."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
        if self._connection is not None:
            self._connection.invalidate()  # closes the session at the server, and the lock with it
            self._connection.close()
            self._connection = None

    def _held_on_sqlite(self) -> bool:
        if self._file is not None:
            return True
        path = f"{self._store.engine.url.database}.{self._name}.lock"
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        self._file = file
        return True

    def _held_on_postgresql(self) -> bool:
        try:
            if self._connection is not None:
                self._connection.execute(text("SELECT 1"))
                return True
            connection = self._store.engine.execution_options(isolation_level="AUTOCOMMIT").connect()
            taken = connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": self._number}).scalar()
        except SQLAlchemyError:
            # The session at the server is gone, and somebody else may lead by now.
            log.warning("leadership lost", of=self._name)
            self.release()
            return False
        if not taken:
            connection.close()
            return False
        self._connection = connection
        return True
