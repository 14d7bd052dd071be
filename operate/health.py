"""Health and metrics over HTTP, for probes and Prometheus: /livez, /readyz, /metrics.

They say nothing of people, and listen on loopback unless the settings say otherwise.
"""

import json
from collections.abc import Callable, Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from operate.heartbeat import Beat

# What a child counts: first word of the counter → (metric, help, names of the labels behind it).
COUNTERS = {
    "accepted": ("truename_logins_accepted", "Logins let in, by zone and method.", ("zone", "method")),
    "refused": ("truename_logins_refused", "Logins refused, by reason and method.", ("reason", "method")),
    "quieted": ("truename_refusals_repeated", "Refusals repeated without another look.", ("reason", "method")),
    "accounted": ("truename_accounting_answered", "Accounting records kept and answered.", ("device",)),
    "dropped": ("truename_packets_dropped", "Packets that got no answer, by reason.", ("drop", "device")),
    "repeated": ("truename_packets_repeated", "Requests answered from memory.", ("door",)),
    "failed": ("truename_requests_failed", "Requests that met an error of ours.", ("door",)),
    "published": ("truename_publications", "Entries written to the directory.", ("outcome",)),
    "ordered": ("truename_orders", "Orders to devices, by their answer.", ("outcome",)),
    "hashed": ("truename_password_hashes", "Passwords that went to a hash thread.", ("outcome",)),
}
GAUGES = {
    "mirror_age": ("truename_mirror_age_seconds", "Seconds since the mirror was known to be in step."),
    "mirror_people": ("truename_mirror_people", "People in the mirror."),
    "feed_behind": ("truename_feed_behind_seconds", "Seconds that a process is behind the change feed."),
    "hash_waiting": ("truename_hash_queue", "Passwords that wait for a hash thread."),
    "hash_seconds": ("truename_hash_seconds_total", "Seconds spent in password hashes."),
    "records_waiting": ("truename_records_queue", "Records that wait for a commit."),
    "records_lost": ("truename_login_records_lost", "Login records given up because the database did not answer."),
    "outbox": ("truename_outbox", "Changes that wait to be published."),
    "outbox_age": ("truename_outbox_age_seconds", "Age of the oldest change that waits to be published."),
    "orders_open": ("truename_orders_open", "Orders to devices without an outcome."),
}


class Children(Collector):
    """Turns the last heartbeats into metrics at the moment they are asked for."""

    def __init__(self, beats: Callable[[], dict[str, tuple[Beat | None, int]]], ports: Callable[[], set[int]]) -> None:
        """Take the source of beats (child → beat, restarts) and of the UDP ports whose kernel drops count."""
        self._beats = beats
        self._ports = ports

    def collect(self) -> Iterator[Metric]:
        """Yield every family once."""
        beats = self._beats()
        up = GaugeMetricFamily("truename_child_ready", "Whether a child process is ready.", labels=("child",))
        again = CounterMetricFamily("truename_child_restarts", "Starts after a crash.", labels=("child",))
        counters = {
            word: CounterMetricFamily(name, says, labels=(*labels, "child"))
            for word, (name, says, labels) in COUNTERS.items()
        }
        gauges = {word: GaugeMetricFamily(name, says, labels=("child",)) for word, (name, says) in GAUGES.items()}
        for child, (beat, restarts) in beats.items():
            up.add_metric((child,), 1.0 if beat is not None and beat.ready else 0.0)
            again.add_metric((child,), restarts)
            if beat is None:
                continue
            for (word, *labels), count in beat.counters:
                if word in counters and len(labels) == len(COUNTERS[word][2]):
                    counters[word].add_metric((*labels, child), count)
            for word, value in beat.gauges:
                if word in gauges:
                    gauges[word].add_metric((child,), value)
        yield up
        yield again
        yield from counters.values()
        yield from gauges.values()
        lost = CounterMetricFamily("truename_kernel_udp_drops", "Datagrams the kernel dropped.", labels=("port",))
        for port, drops in sorted(kernel_drops(self._ports()).items()):
            lost.add_metric((str(port),), drops)
        yield lost


def kernel_drops(ports: set[int], tables: tuple[str, ...] = ("/proc/net/udp", "/proc/net/udp6")) -> dict[int, int]:
    """Sum the `drops` column for our ports (proc(5)): datagrams that came while the receive buffer was full."""
    found: dict[int, int] = dict.fromkeys(ports, 0)
    for table in tables:
        try:
            lines = Path(table).read_text(encoding="ascii").splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            port = int(fields[1].rpartition(":")[2], 16)
            if port in found:
                found[port] += int(fields[-1])
    return found


class HealthServer:
    """The HTTP server, in a thread of its own."""

    def __init__(self, address: str, port: int, collector: Collector, state: Callable[[], dict[str, Any]]) -> None:
        """Bind; raises OSError where the port is taken. `state` returns {"ready": bool, ...} for /readyz."""
        registry = CollectorRegistry(auto_describe=False)
        registry.register(collector)

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, kind, body = answer(self.path, registry, state)
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 - the base class's name
                """Keep probes out of the log."""

        self._server = ThreadingHTTPServer((address, port), Handler)
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        self._thread = Thread(target=self._server.serve_forever, args=(0.1,), name="health", daemon=True)

    def start(self) -> None:
        """Serve from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Stop and close the socket."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def answer(path: str, registry: CollectorRegistry, state: Callable[[], dict[str, Any]]) -> tuple[int, str, bytes]:
    """Return status, content type and body for a path."""
    path = path.partition("?")[0]
    if path == "/livez":
        return HTTPStatus.OK, "text/plain; charset=utf-8", b"alive\n"
    if path == "/readyz":
        now = state()
        status = HTTPStatus.OK if now["ready"] else HTTPStatus.SERVICE_UNAVAILABLE
        return status, "application/json", json.dumps(now, ensure_ascii=False).encode() + b"\n"
    if path == "/metrics":
        return HTTPStatus.OK, "text/plain; version=0.0.4; charset=utf-8", generate_latest(registry)
    return HTTPStatus.NOT_FOUND, "text/plain; charset=utf-8", b"/livez /readyz /metrics\n"
