"""The section [access] of truename.toml."""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class AccessSettings:
    """Limits of decisions and of sessions."""

    time_zone: str = field(default="Asia/Shanghai", metadata={"says": "Zone in which rules' hours are meant."})
    person_failures: int = field(
        default=20,
        metadata={
            "says": "Wrong passwords for one person before a pause, over all devices.",
            "range": (3, 1000),
        },
    )
    hardware_failures: int = field(
        default=5,
        metadata={
            "says": "Wrong passwords from one hardware address for one person before a pause.",
            "range": (2, 1000),
        },
    )
    failure_window: float = field(
        default=900.0,
        metadata={"says": "Seconds within which failures are counted.", "range": (10.0, 86400.0)},
    )
    lockout: float = field(
        default=300.0, metadata={"says": "Seconds that such a pause lasts.", "range": (1.0, 86400.0)}
    )
    interim: int = field(
        default=600,
        metadata={
            "says": "Seconds between interim accounting records, where a zone says nothing.",
            "range": (60, 86400),
        },
    )
    login_queue: int = field(
        default=50_000,
        metadata={
            "says": "Logins that each worker keeps while the database is away; beyond it new ones are lost.",
            "range": (1000, 1_000_000),
        },
    )
    accounting_queue: int = field(
        default=20_000,
        metadata={
            "says": "Accounting requests that may wait for a commit in each worker; beyond it devices ask again.",
            "range": (1000, 1_000_000),
        },
    )
    lost_after: int = field(
        default=3,
        metadata={"says": "Missed interim records after which a session counts as ended.", "range": (2, 100)},
    )
