"""Central web authentication, the side of the switch: unknown, sent to the portal, bound, asked again, in; and out."""

import hashlib
import socket
import struct
import threading

import pytest
from sqlalchemy import select

from access import bindings, devices, own_devices, redirects, zones
from access.enforcement import order_reauthentication, order_state
from access.evidence import Strength
from access.tables import LoginRow
from directory import people
from operate.wiring import redirect_key
from tests.support.product import free_port, until
from tests.support.switch import Switch

SOURCE = "127.0.0.31"
PHONE, CALLING = "02:00:00:00:31:01", "02-00-00-00-31-01"
COA, COA_ACK, COA_NAK, DISCONNECT, DISCONNECT_ACK = 43, 44, 45, 40, 41
UNSUPPORTED_ATTRIBUTE = (101, (401).to_bytes(4, "big"))  # Error-Cause (RFC 5176 §3.5)


class PortalSwitch:
    """A Huawei that asks by hardware address, and does what it is told to."""

    def __init__(self, product):
        self.product = product
        self.port = free_port()
        with product.store.write() as unit:
            self.number, secret = devices.add(
                unit, "test", product.sealer, name="portal-switch", prefix=SOURCE, vendor="huawei",
                dynauth_port=self.port,
            )  # fmt: skip
        self.secret = secret.encode()

    def ask(self):
        """Ask about the phone; each question comes from another port, so that the kernel spreads them over workers."""
        switch = Switch(self.secret)
        return switch.ask(switch.mac(PHONE.replace(":", ""), CALLING), self.product.auth, source=SOURCE)

    def vlans(self):
        """The VLANs that the workers put the phone into."""
        return {self.ask().vlan for _ in range(8)}

    def told(self, answers):
        """Listen in a thread, and answer each packet by its code; return the thread, and what is heard, with VLANs.

        The phone is asked about as soon as an order is acknowledged, as a real switch does.
        """
        heard = []

        def obey():
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
                wire.bind((SOURCE, self.port))
                wire.settimeout(30)
                while len(heard) < len(answers):
                    octets, source = wire.recvfrom(4096)
                    code, attributes = answers[octets[0]]
                    body = b"".join(bytes((kind, len(value) + 2)) + value for kind, value in attributes)
                    head = struct.pack(">BBH", code, octets[1], 20 + len(body))
                    seal = hashlib.md5(head + octets[4:20] + body + self.secret).digest()
                    wire.sendto(head + seal + body, source)
                    heard.append((octets, self.vlans() if code in (COA_ACK, DISCONNECT_ACK) else None))

        thread = threading.Thread(target=obey)
        thread.start()
        return thread, heard


@pytest.fixture
def switch(product):
    """A switch for the portal, whose zone has a place for the token; all as before at the end."""
    with product.store.write() as unit:
        before = zones.load_zones(unit.session)["portal"]
        zones.change(unit, "test", before._replace(redirect_url="https://portal.test/in/{token}?"))
    one = PortalSwitch(product)
    until(lambda: all((answer := one.ask()) and portal_url(answer) for _ in range(6)))
    until(lambda: all("/in/" in portal_url(one.ask()) for _ in range(6)))
    yield one
    with product.store.write() as unit:
        bindings.unbind(unit, PHONE, "test")
        zones.change(unit, "test", before)
        devices.remove(unit, "test", one.number)


def portal_url(answer):
    """HW-Portal-URL (2011/156), None where there is none."""
    head = struct.pack(">IB", 2011, 156)
    return next((value[6:].decode() for kind, value in answer.attributes if kind == 26 and value[:5] == head), None)


def timeout(answer):
    """Session-Timeout in seconds."""
    return int.from_bytes(answer.first(27), "big")


def log_in(product, switch, subject, seconds=3600.0):
    """What the portal does when a person has proven a password: binding and order, in one unit."""
    hardware, device = redirects.read(redirect_key(product.settings), portal_url(switch.ask())[23:-1])
    assert (hardware, device) == (PHONE, switch.number)
    with product.store.write() as unit:
        bindings.bind(
            unit, hardware=hardware, subject=subject, strength=Strength.PASSWORD, device=device, address="10.3.1.1",
            valid_until=unit.now + seconds, actor=subject,
        )  # fmt: skip
        return order_reauthentication(
            unit, device=device, hardware=hardware, port="GE1/0/7", nas_port=7, address="10.3.1.1", ordered_by=subject
        )


def done(product, number):
    """The outcome of an order, once there is one."""

    def state():
        with product.store.read() as session:
            found = order_state(session, number)
        return found if found.done_at is not None else None

    return until(state, 40)


def test_whoever_logs_in_at_the_portal_is_in_until_told_otherwise(product, switch):
    """Unknown → portal → binding and CoA → the own zone for as long as the binding → suspended → portal."""
    subject = product.person("portal-person")
    answer = switch.ask()
    assert (answer.code, answer.vlan, timeout(answer)) == (2, "199", 1800)

    thread, heard = switch.told({COA: (COA_ACK, [])})
    number = log_in(product, switch, subject)
    thread.join()
    (octets, vlans) = heard[0]
    assert octets[4:20] == hashlib.md5(octets[:4] + bytes(16) + octets[20:] + switch.secret).digest()
    assert CALLING.encode() in octets
    assert b"user-command=1" in octets
    assert vlans == {"130"}, "every worker knew the binding before the switch was told"
    assert done(product, number)[1:] == ("ack", "hardware address, reauthenticate: ack")

    answer = switch.ask()
    assert 3500 < timeout(answer) <= 3600, "as long as the binding, not as the zone"
    assert portal_url(answer) is None

    with product.store.write() as unit:
        people.suspend(unit, "test", subject)
    until(lambda: switch.vlans() == {"199"})
    with product.store.write() as unit:
        people.resume(unit, "test", subject)
    until(lambda: switch.vlans() == {"130"})

    def recorded():
        chosen = select(LoginRow.subject, LoginRow.method, LoginRow.zone).where(LoginRow.hardware == PHONE)
        with product.store.read() as session:
            return {tuple(row) for row in session.execute(chosen)}

    wanted = {(None, "mac", "portal"), (subject, "portal", "internet"), (subject, "mac", "portal")}
    until(lambda: wanted <= recorded())


def test_a_switch_without_the_change_is_told_to_disconnect(product, switch):
    """A NAK to the CoA, then the ACK to a Disconnect-Request; both are in the record of one order."""
    subject = product.person("portal-person-2")
    thread, heard = switch.told({COA: (COA_NAK, [UNSUPPORTED_ATTRIBUTE]), DISCONNECT: (DISCONNECT_ACK, [])})
    number = log_in(product, switch, subject)
    thread.join()

    assert [octets[0] for octets, _ in heard] == [COA, DISCONNECT]
    assert heard[1][1] == {"130"}
    state = done(product, number)
    assert state.outcome == "ack"
    assert state.detail.startswith("hardware address, reauthenticate: nak 401")
    assert state.detail.endswith("hardware address, disconnect: ack")


def test_a_lost_phone_is_refused_until_it_is_taken_back(product, switch):
    """By every worker, a moment after it was reported; taken back, it is an unknown device again."""
    subject = product.person("portal-person-3")
    with product.store.write() as unit:
        own_devices.seen(unit, PHONE, subject)
        own_devices.report_lost(unit, PHONE, subject, subject)
    until(lambda: all(switch.ask().code == 3 for _ in range(8)))
    with product.store.write() as unit:
        own_devices.taken_back(unit, PHONE, subject, subject)
    until(lambda: switch.vlans() == {"199"})
