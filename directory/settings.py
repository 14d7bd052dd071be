"""The section [directory] of truename.toml."""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class DirectorySettings:
    """Which LDAP directory rules, and how old our knowledge of it may be."""

    kind: str = field(
        default="embedded",
        metadata={
            "says": "embedded: a private OpenLDAP child. openldap or 389ds: an existing server.",
            "choices": ("embedded", "openldap", "389ds"),
        },
    )
    suffix: str = field(
        default="dc=truename,dc=internal",
        metadata={"says": "Naming context under which people are published."},
    )
    city: str = field(default="Truename", metadata={"says": "Name of the organisation at the top of the tree."})
    slapd: str = field(default="", metadata={"says": "Path of the slapd program. Empty: PATH, then the unpacked copy."})
    listen: str = field(
        default="",
        metadata={"says": "embedded: address:port for ldaps:// to outside applications. Empty: local socket only."},
    )
    uris: tuple[str, ...] = field(
        default=(),
        metadata={"says": "Existing server: ldaps:// URIs in order of preference; fail-over to the next."},
    )
    ca_file: str = field(
        default="",
        metadata={"says": "Existing server: PEM file of the authorities that signed its certificate."},
    )
    bind_dn: str = field(default="", metadata={"says": "Existing server: account that may read login attributes."})
    password_file: str = field(
        default="", metadata={"says": "Existing server: file (mode 0400) with that account's password."}
    )
    people: str = field(
        default="(objectClass=inetOrgPerson)",
        metadata={"says": "Existing server: filter by class of people."},
    )
    publish: bool = field(
        default=False,
        metadata={
            "says": "Existing server: publish the registry into it, which needs our schema there and an account that "
            "may write. false: the server rules, and the registry stands beside it; where no node publishes, changes "
            "wait for a week."
        },
    )
    verify: str = field(
        default="mirror",
        metadata={
            "says": "mirror: compare with the mirrored verifier. bind: ask the server for each password.",
            "choices": ("mirror", "bind"),
        },
    )
    max_age: float = field(
        default=60.0,
        metadata={
            "says": "Seconds after which knowledge of the directory is too old to let anybody in.",
            "range": (1.0, 3600.0),
        },
    )
    listing_seconds: float = field(
        default=30.0,
        metadata={
            "says": "389ds: seconds between two lists of all entries, which show deletions and locks by failures.",
            "range": (1.0, 3600.0),
        },
    )
    hash_threads: int = field(
        default=2,
        metadata={"says": "Threads for slow password hashes, for each RADIUS worker.", "range": (1, 64)},
    )
    hash_queue: int = field(
        default=64,
        metadata={
            "says": "Passwords that may wait for such a thread; beyond it the switch has to ask again.",
            "range": (1, 4096),
        },
    )
    cache_seconds: float = field(
        default=300.0,
        metadata={
            "says": "Seconds for which a proven password is remembered (keyed, in memory only). 0: never.",
            "range": (0.0, 3600.0),
        },
    )

    @property
    def publishes(self) -> bool:
        """Whether the registry is published into this directory: always into our own, elsewhere where told."""
        return self.kind == "embedded" or self.publish
