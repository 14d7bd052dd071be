"""The tables of access: network devices, zones, rules, logins, sessions and the orders to end them."""

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from store.tables import Counted, Instant, Key, Octets, Table, Words


class DeviceRow(Table):
    """A network device (RADIUS client): by address or prefix. Secrets are sealed (store.sealing)."""

    __tablename__ = "device"
    # Logins and sessions name devices by number for ever: none is given twice.
    __table_args__ = ({"sqlite_autoincrement": True},)

    number: Mapped[Counted]
    name: Mapped[Words] = mapped_column(unique=True)
    prefix: Mapped[Words] = mapped_column(unique=True)  # canonical: 10.0.0.1/32, 2001:db8::/64
    vendor: Mapped[Words]  # a file in radius/vendors
    group: Mapped[Words] = mapped_column("device_group", default="")
    site: Mapped[Words] = mapped_column(default="")
    secret: Mapped[bytes] = mapped_column(LargeBinary)  # sealed
    next_secret: Mapped[bytes | None] = mapped_column(LargeBinary)  # sealed; valid beside `secret` while rotating
    require_message_authenticator: Mapped[Words] = mapped_column(default="auto")  # yes, no, auto
    limit_proxy_state: Mapped[Words] = mapped_column(default="auto")  # yes, no, auto
    observed: Mapped[Words] = mapped_column(default="")  # what auto saw: signed, unsigned, proxied, ...
    observed_at: Mapped[float | None]
    dynauth_port: Mapped[int] = mapped_column(default=3799)  # RFC 5176 §2.1; 0: takes no orders
    dynauth_address: Mapped[str | None]  # where orders go when not to the source of its requests
    enabled: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[Instant]


class UnknownSourceRow(Table):
    """The inbox: an address that asks and is no registered device."""

    __tablename__ = "unknown_source"

    address: Mapped[Words] = mapped_column(primary_key=True)
    packets: Mapped[int]
    first_at: Mapped[Instant]
    last_at: Mapped[Instant]


class DeviceDropRow(Table):
    """What a network device sent and got no answer to, by reason (access.device_drops)."""

    __tablename__ = "device_drop"

    device: Mapped[int] = mapped_column(primary_key=True)
    drop: Mapped[Words] = mapped_column("drop_label", primary_key=True)  # a label of radius.drops
    packets: Mapped[int] = mapped_column(BigInteger)  # since `first_at`
    address: Mapped[Words]  # from which the last one came: a device may be a whole prefix
    first_at: Mapped[Instant]
    last_at: Mapped[Instant]


class ZoneRow(Table):
    """A zone; the fields mean what access.decision.Zone says."""

    __tablename__ = "zone"

    code: Mapped[Words] = mapped_column(primary_key=True)
    name: Mapped[Words]
    vlan: Mapped[str | None]
    acl: Mapped[str | None]
    role: Mapped[str | None]
    rate_up: Mapped[int | None] = mapped_column(BigInteger)
    rate_down: Mapped[int | None] = mapped_column(BigInteger)
    session_timeout: Mapped[int | None]
    reauthenticate: Mapped[bool] = mapped_column(default=True)
    idle_timeout: Mapped[int | None]
    interim: Mapped[int | None]
    redirect_url: Mapped[str | None]
    redirect_acl: Mapped[str | None]
    message: Mapped[str | None]
    reaches: Mapped[Words] = mapped_column(default="")  # codes of zones reachable from it, comma between
    excludes: Mapped[Words] = mapped_column(default="")  # codes it must never be joined with, comma between


class RuleRow(Table):
    """A rule or an exception. Conditions are joined by AND; an empty one always holds; lists have commas."""

    __tablename__ = "rule"
    __table_args__ = ({"sqlite_autoincrement": True},)  # logins name rules by number for ever

    number: Mapped[Counted]
    position: Mapped[int] = mapped_column(index=True)  # lower is looked at first
    name: Mapped[Words]
    enabled: Mapped[bool] = mapped_column(default=True)
    person: Mapped[Words] = mapped_column(default="")  # subject ids
    category: Mapped[Words] = mapped_column(default="")  # categories of person; endpoint, unknown
    right: Mapped[Words] = mapped_column(default="")  # personal right needed (rnZone)
    unit: Mapped[Words] = mapped_column(default="")  # unit codes; each means its whole subtree
    device_group: Mapped[Words] = mapped_column(default="")
    site: Mapped[Words] = mapped_column(default="")
    medium: Mapped[Words] = mapped_column(default="")
    ssid: Mapped[Words] = mapped_column(default="")
    method: Mapped[Words] = mapped_column(default="")
    strength: Mapped[int] = mapped_column(default=0)  # at least this access.evidence.Strength
    hours: Mapped[Words] = mapped_column(default="")  # "mon-fri 08:00-18:00; sat 09:00-12:00" in the city's zone
    result: Mapped[Words]  # zone code, or "refuse"
    # An exception ends by itself and somebody answers for it.
    valid_until: Mapped[float | None]
    approved_by: Mapped[str | None]


class LoginRow(Table):
    """One login and how it was decided. The number is made by the worker and grows with time."""

    __tablename__ = "login"
    __table_args__ = (
        Index("ix_login_subject", "subject", "number"),
        Index("ix_login_hardware", "hardware", "number"),
        Index("ix_login_address", "address", "number"),
    )

    number: Mapped[Key]
    at: Mapped[Instant]
    login: Mapped[Words]  # as claimed, escaped
    subject: Mapped[str | None]  # who it was, where known
    hardware: Mapped[str | None]
    address: Mapped[str | None]
    device: Mapped[int]
    port: Mapped[str | None]
    ssid: Mapped[str | None]
    method: Mapped[Words]
    zone: Mapped[str | None]  # granted zone
    rule: Mapped[int | None]
    reason: Mapped[str | None]  # code of the refusal
    trace: Mapped[int | None] = mapped_column(BigInteger)  # login_trace.number; None: no rule was looked at


class TraceRow(Table):
    """The steps of a decision, once for all logins that took the same way. `number` is made by access.traces."""

    __tablename__ = "login_trace"

    number: Mapped[Key]
    steps: Mapped[Words]  # JSON: [[rule, failed condition or null, what would have passed], ...]


class SessionRow(Table):
    """A session as accounting tells it, open until `stopped_at`. `key` is made by access.lifetime.session_key."""

    __tablename__ = "session"
    __table_args__ = (
        UniqueConstraint("key", "generation"),
        # Holds open sessions only: small however long the past is, and untouched by interim records.
        Index(
            "ix_session_open",
            "device",
            sqlite_where=text("stopped_at IS NULL"),
            postgresql_where=text("stopped_at IS NULL"),
        ),
        Index("ix_session_subject", "subject", "started_at"),
        Index("ix_session_hardware", "hardware", "started_at"),
        Index("ix_session_address", "address", "started_at"),
    )

    number: Mapped[Counted]
    key: Mapped[bytes] = mapped_column(LargeBinary(16))
    generation: Mapped[int]  # a device that counts its session ids from one again after a restart
    device: Mapped[int]
    acct_session: Mapped[Words]  # Acct-Session-Id (RFC 2866 §5.5), escaped
    login: Mapped[Words]
    subject: Mapped[str | None]  # from Class, where we gave it
    login_number: Mapped[int | None] = mapped_column(BigInteger)  # login.number, from Class
    hardware: Mapped[str | None]
    address: Mapped[str | None]
    address6: Mapped[str | None]
    port: Mapped[str | None]
    nas_port: Mapped[int | None] = mapped_column(BigInteger)  # 32 bits without sign (RFC 2865 §5.5)
    nas_address: Mapped[str | None]  # NAS-IP-Address as told
    nas_identifier: Mapped[str | None]
    zone: Mapped[str | None]
    started_at: Mapped[Instant]
    updated_at: Mapped[Instant]  # when we last heard
    stopped_at: Mapped[float | None]
    interim: Mapped[int | None]  # seconds that we asked for
    seconds: Mapped[int] = mapped_column(BigInteger, default=0)  # Acct-Session-Time, 32 bits without sign
    octets_in: Mapped[Octets]
    octets_out: Mapped[Octets]
    cause: Mapped[str | None]  # why it ended: Acct-Terminate-Cause in words, or ours


class SessionAddressRow(Table):
    """Which addresses a session had, and from when (who had this address at that time)."""

    __tablename__ = "session_address"
    __table_args__ = (Index("ix_session_address_address", "address", "since"),)

    number: Mapped[Counted]
    key: Mapped[bytes] = mapped_column(LargeBinary(16))
    generation: Mapped[int]
    address: Mapped[Words]
    since: Mapped[Instant]


class OrderRow(Table):
    """An order to end or move a session, or to probe a device, and what the device said to it."""

    __tablename__ = "enforcement_order"
    __table_args__ = (Index("ix_enforcement_order_open", "done_at", "number"),)

    number: Mapped[Counted]
    kind: Mapped[Words]  # access.enforcement.Kind
    session: Mapped[int | None] = mapped_column(ForeignKey("session.number"))
    # Where no accounting told of a session: a login at the portal of a device that accounts for nothing before it.
    # Of a probe the device alone.
    device: Mapped[int | None]
    hardware: Mapped[str | None]
    port: Mapped[str | None]
    nas_port: Mapped[int | None] = mapped_column(BigInteger)
    zone: Mapped[str | None]  # coa: where to
    ordered_by: Mapped[Words]
    ordered_at: Mapped[Instant]
    done_at: Mapped[float | None]
    outcome: Mapped[str | None]  # access.enforcement.Outcome
    detail: Mapped[str | None]  # Error-Cause in words, attempts


class BindingRow(Table):
    """Who stands behind a hardware address for a while, because the person proved it at the portal."""

    __tablename__ = "binding"
    __table_args__ = (Index("ix_binding_subject", "subject"),)

    hardware: Mapped[Words] = mapped_column(primary_key=True)  # aa:bb:cc:dd:ee:ff
    subject: Mapped[Words]  # the person; judged anew at each request
    strength: Mapped[int]  # access.evidence.Strength that was proven
    device: Mapped[int]  # number of the network device at which it was proven
    address: Mapped[Words]  # from which the person came
    made_at: Mapped[Instant]
    valid_until: Mapped[Instant]


class OwnDeviceRow(Table):
    """A device that a person once logged in with at the portal: its name, and whether it was reported lost."""

    __tablename__ = "own_device"
    __table_args__ = (Index("ix_own_device_subject", "subject"),)

    hardware: Mapped[Words] = mapped_column(primary_key=True)
    subject: Mapped[Words]
    name: Mapped[Words] = mapped_column(default="")
    first_at: Mapped[Instant]
    last_at: Mapped[Instant]
    lost_at: Mapped[float | None]
