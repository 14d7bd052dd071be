"""The section [radius] of truename.toml."""

from dataclasses import dataclass, field

LANES = 32  # of one node, for numbers of logins (access.login_numbers); with 8 nodes they are all 256
MOST_WORKERS = LANES - 1  # the last lane is the portal's


@dataclass(frozen=True, kw_only=True)
class RadiusSettings:
    """Where switches ask, and how strictly."""

    listen: tuple[str, ...] = field(
        default=("0.0.0.0", "::"),  # noqa: S104 - a RADIUS server is meant to be reached by every switch
        metadata={"says": "Addresses to listen on, IPv4 and IPv6."},
    )
    auth_port: int = field(
        default=1812, metadata={"says": "UDP port of authentication (RFC 2865 §3).", "range": (0, 65535)}
    )
    acct_port: int = field(
        default=1813, metadata={"says": "UDP port of accounting (RFC 2866 §3).", "range": (0, 65535)}
    )
    workers: int = field(
        default=0, metadata={"says": "Worker processes. 0: one for each processor core.", "range": (0, MOST_WORKERS)}
    )
    reject_delay: float = field(
        default=1.0,
        metadata={"says": "Seconds before a refusal is sent, against guessing.", "range": (0.0, 10.0)},
    )
    duplicate_seconds: float = field(
        default=8.0,
        metadata={
            "says": "Seconds for which an answer is kept for a repeated request (RFC 5080 §2.2.2).",
            "range": (5.0, 30.0),
        },
    )
    device_rate: int = field(
        default=2000,
        metadata={
            "says": "Requests a second that one network device may send to each port, in each worker. 0: no limit.",
            "range": (0, 100_000),
        },
    )
    device_burst: int = field(
        default=4000,
        metadata={
            "says": "Requests that a device may send at once, after it was silent for a while.",
            "range": (1, 1_000_000),
        },
    )
    login_rate: int = field(
        default=10,
        metadata={
            "says": "Access-Requests a second of one client (hardware address, else claimed name) of a device. "
            "0: no limit.",
            "range": (0, 10_000),
        },
    )
    login_burst: int = field(
        default=20,
        metadata={
            "says": "Access-Requests that a client may cause at once; an 802.1X login is up to a dozen of them.",
            "range": (1, 100_000),
        },
    )
    quiet_after: int = field(
        default=5,
        metadata={
            "says": "Refusals of one client for the same reason and with the same proof, after which the refusal is "
            "repeated without another look. 0: every request is looked at.",
            "range": (0, 1000),
        },
    )
    quiet_window: float = field(
        default=60.0,
        metadata={"says": "Seconds within which such refusals are counted.", "range": (1.0, 3600.0)},
    )
    quiet_seconds: float = field(
        default=30.0,
        metadata={
            "says": "Seconds for which a refusal is repeated at most, before the next request is looked at again.",
            "range": (1.0, 600.0),
        },
    )
    receive_buffer: int = field(
        default=4_194_304,
        metadata={
            "says": "Octets of socket receive buffer asked of the kernel.",
            "range": (65536, 268435456),
        },
    )
    require_message_authenticator: str = field(
        default="auto",
        metadata={
            "says": "For devices whose record says auto (CVE-2024-3596).",
            "choices": ("auto", "yes", "no"),
        },
    )
    limit_proxy_state: str = field(
        default="auto",
        metadata={
            "says": "For devices whose record says auto (CVE-2024-3596).",
            "choices": ("auto", "yes", "no"),
        },
    )
    realms: tuple[str, ...] = field(
        default=(),
        metadata={"says": "Realms that are ours: name@realm is then looked up as name (RFC 7542)."},
    )
