"""The demo's network device, played: it asks by hardware address, and does what orders say (RFC 5176)."""

import hashlib
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.switch import Switch

COA, COA_ACK, DISCONNECT, DISCONNECT_ACK = 43, 44, 40, 41


class ObedientSwitch:
    """One port with one subject; `vlans` are those that it was put into, in order."""

    def __init__(self, values: dict[str, str], hardware: str | None = None) -> None:
        self.secret = values["RADIUS_SECRET"].encode()
        self.server = (values["RADIUS_HOST"], int(values["RADIUS_PORT"]))
        self.orders_at = ("127.0.0.1", int(values["DAS_PORT"]))
        self.hardware = hardware or values["PORTAL_MAC"]
        self.vlans: list[str | None] = []
        self.heard: list[int] = []

    def ask(self):
        """Ask about the subject, and put the port into the VLAN that is told."""
        switch = Switch(self.secret)
        answer = switch.ask(switch.mac(self.hardware.replace("-", "").lower(), self.hardware), self.server)
        self.vlans.append(answer.vlan if answer is not None and answer.code == 2 else None)
        return answer

    @contextmanager
    def obeying(self) -> Iterator["ObedientSwitch"]:
        """Listen for orders in a thread; each is acknowledged, then the subject is asked about again."""
        stopping = threading.Event()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
            wire.bind(self.orders_at)
            wire.settimeout(0.1)
            thread = threading.Thread(target=self._obey, args=(wire, stopping))
            thread.start()
            try:
                yield self
            finally:
                stopping.set()
                thread.join()

    def _obey(self, wire: socket.socket, stopping: threading.Event) -> None:
        while not stopping.is_set():
            try:
                octets, source = wire.recvfrom(4096)
            except TimeoutError:
                continue
            wanted = hashlib.md5(octets[:4] + bytes(16) + octets[20:] + self.secret).digest()
            assert octets[4:20] == wanted, "the order is the server's"
            code = {COA: COA_ACK, DISCONNECT: DISCONNECT_ACK}[octets[0]]
            head = struct.pack(">BBH", code, octets[1], 20)
            wire.sendto(head + hashlib.md5(head + octets[4:20] + self.secret).digest(), source)
            self.heard.append(octets[0])
            self.ask()
