"""How a process of the product opens what it needs from the settings: database, keys, directory, rules."""

import hashlib
import os
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import NamedTuple

from access.device_table import DeviceTable
from access.devices import load_devices
from access.rulebook import Rulebook
from access.rules import load_rulebook
from directory.backends.connection import Credentials, DirectoryPool, DirectoryServer
from directory.backends.embedded import EmbeddedDirectory
from directory.backends.openldap import BEAT, PEOPLE_AND_ENDPOINTS, Follower
from directory.backends.polling import PollingFollower
from directory.login_record import AttributeNames, names_of_389
from directory.mirror import Mirror
from directory.settings import DirectorySettings
from operate.settings import Settings
from store.engine import Store
from store.sealing import Sealer

CLASS_KEY = 32  # octets


def open_store(settings: Settings) -> Store:
    """Open the database of these settings."""
    return Store.open(settings.database_url, nudges=settings.nudges)


def open_sealer(settings: Settings, store: Store) -> Sealer:
    """Load the master key; raises SealBroken where it is missing or not ours."""
    return Sealer.load(settings.master_key, store)


@cache
def _embedded(state: Path, settings: DirectorySettings) -> EmbeddedDirectory:
    # One for each process and never let go: a socket path that is too long leads through a descriptor of this object.
    return EmbeddedDirectory(state, settings)


def embedded(settings: Settings) -> EmbeddedDirectory:
    """Describe the embedded directory of these settings, for a client of it."""
    return _embedded(settings.directory_state, settings.directory)


class Reach(NamedTuple):
    """How to reach the directory as somebody."""

    servers: tuple[DirectoryServer, ...]
    credentials: Credentials

    def pool(self) -> DirectoryPool:
        """Open a pool of connections; nothing is sent yet."""
        return DirectoryPool(self.servers, self.credentials)


def publishing(settings: Settings) -> Reach:
    """Return how to write to the directory: by the product's own identity on the local socket."""
    if settings.directory.kind != "embedded":
        return _existing(settings)
    private = embedded(settings)
    return Reach((DirectoryServer(private.ldapi_uri),), Credentials())


def publishing_pool(settings: Settings) -> DirectoryPool:
    """Open connections that may write."""
    return publishing(settings).pool()


def mirroring(settings: Settings) -> Reach:
    """Return how to follow the directory: as the account that may read verifiers, and nothing else."""
    if settings.directory.kind != "embedded":
        return _existing(settings)
    private = embedded(settings)
    password = private.mirror_password_file.read_bytes().strip()
    return Reach((DirectoryServer(private.ldapi_uri),), Credentials(private.mirror_dn, password))


def _existing(settings: Settings) -> Reach:
    directory = settings.directory
    servers = tuple(DirectoryServer(uri, directory.ca_file) for uri in directory.uris)
    password = Path(directory.password_file).read_bytes().strip()
    return Reach(servers, Credentials(directory.bind_dn, password))


def attribute_names(settings: Settings) -> AttributeNames:
    """Return what the directory of these settings calls things."""
    if settings.directory.kind == "389ds":
        return names_of_389(verifiers=settings.directory.verify == "mirror")
    return AttributeNames()


def follow(settings: Settings, reach: Reach, mirror: Mirror, names: AttributeNames) -> Follower | PollingFollower:
    """Make the thread that keeps a mirror in step."""
    directory = settings.directory
    beat = min(BEAT, directory.max_age / 4)  # a question that comes late must not make us too old
    if directory.kind == "389ds":
        return PollingFollower(
            reach.servers,
            reach.credentials,
            directory.suffix,
            names.wanted,
            deliver=mirror.apply,
            condition=directory.people,
            watched=(names.suspended, names.locked_until),
            beat=beat,
            listing=directory.listing_seconds,
        )
    return Follower(
        reach.servers,
        reach.credentials,
        directory.suffix,
        names.wanted,
        deliver=mirror.apply,
        held=lambda: mirror.entries,
        condition=PEOPLE_AND_ENDPOINTS if directory.kind == "embedded" else directory.people,
        beat=beat,
    )


def load_knowledge(settings: Settings, store: Store, sealer: Sealer) -> tuple[Rulebook, DeviceTable]:
    """Read zones, rules, units and network devices in one snapshot."""
    with store.read() as session:
        return load_rulebook(session, settings.access), load_devices(session, sealer)


def redirect_key(settings: Settings) -> bytes:
    """Return the key of access.redirects, which the workers and the portal share; derived from that of ClassSeal."""
    return hashlib.blake2b(key=class_key(settings), digest_size=CLASS_KEY, person=b"redirect key").digest()


def portal_key(settings: Settings) -> bytes:
    """Return the secret of the pages' own keys (portal.knowledge); derived from the key that the workers share."""
    return hashlib.blake2b(key=class_key(settings), digest_size=CLASS_KEY, person=b"portal pages key").digest()


def class_key(settings: Settings) -> bytes:
    """Return the key of ClassSeal, shared by all workers; made on first use, mode 0400."""
    path = settings.master_key.with_name("class.key")
    with suppress(FileExistsError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = path.with_name(f"class.key.{os.getpid()}")
        temporary.unlink(missing_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
        try:
            os.write(descriptor, os.urandom(CLASS_KEY))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        try:
            os.link(temporary, path)  # whoever comes first wins, and nobody ever reads half a key
        finally:
            temporary.unlink()
    return path.read_bytes()
