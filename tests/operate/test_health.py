"""Health and metrics over HTTP."""

import json
import socket
import urllib.error
import urllib.request

import pytest

from operate.health import Children, HealthServer, kernel_drops
from operate.heartbeat import Beat


@pytest.fixture
def server():
    """A server with one child, and a switch for its readiness."""
    beats = {"radius-0": (Beat(True, ((("refused", "TN-102", "pap"), 3),), (("mirror_age", 0.25),)), 2)}
    state = {"ready": True, "radius-0": True}
    one = HealthServer("127.0.0.1", 0, Children(lambda: beats, lambda: {1812}), lambda: state)
    one.start()
    yield one, state
    one.stop()


def get(server, path):
    """Status and body."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{server.port}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode()


def test_alive_is_not_ready(server):
    """A probe that restarts must not be confused with one that steers traffic."""
    one, state = server
    state["ready"] = False

    assert get(one, "/livez")[0] == 200
    status, body = get(one, "/readyz")

    assert status == 503
    assert json.loads(body)["ready"] is False
    state["ready"] = True

    assert get(one, "/readyz")[0] == 200


def test_every_refusal_is_counted_by_its_reason(server):
    """Prometheus sees counters with labels, gauges, restarts and the kernel's own drops."""
    _, body = get(server[0], "/metrics")

    assert 'truename_logins_refused_total{child="radius-0",method="pap",reason="TN-102"} 3.0' in body
    assert 'truename_mirror_age_seconds{child="radius-0"} 0.25' in body
    assert 'truename_child_restarts_total{child="radius-0"} 2.0' in body
    assert 'truename_kernel_udp_drops_total{port="1812"}' in body


def test_other_paths_are_not_found(server):
    """Nothing else is served."""
    assert get(server[0], "/etc/passwd")[0] == 404


def test_kernel_drops_are_read_from_the_sockets_of_the_machine():
    """proc(5): the last column of /proc/net/udp; a port without a socket has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2304)
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for _ in range(200):
                sender.sendto(bytes(1000), ("127.0.0.1", port))

        assert kernel_drops({port})[port] > 0
    assert kernel_drops({port}) == {port: 0}


def test_a_machine_without_proc_has_no_drops():
    """Where the table is missing the count is zero, not an error."""
    assert kernel_drops({1812}, ("/nonexistent",)) == {1812: 0}
