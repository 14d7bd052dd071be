"""Is a server alive, and where is a port free."""

from bench.codec import md5
from bench.probe import answers, free_ports
from tests.bench.responder import SECRET, Responder, sign, truly


def test_a_right_answer_means_alive():
    """RFC 5997 §3: an answer to Status-Server that proves the secret."""
    with Responder(truly) as server:
        assert answers("127.0.0.1", server.port, SECRET.decode(), within=5)


def test_an_unsigned_right_answer_means_alive():
    """FreeRADIUS 3.2 does not sign this answer; its Response Authenticator still proves the secret."""

    def unsigned(request: bytes) -> bytes:
        head = bytes((2, request[1], 0, 20))
        return head + md5(head + request[4:20] + SECRET).digest()

    with Responder(unsigned) as server:
        assert answers("127.0.0.1", server.port, SECRET.decode(), within=5)


def test_a_wrong_answer_does_not():
    """Somebody else's server on the port is not ours."""
    with Responder(lambda request: sign(2, request, secret=b"another")) as server:
        assert not answers("127.0.0.1", server.port, SECRET.decode(), within=5)


def test_silence_and_nobody_do_not():
    """Neither a silent port nor a closed one raises."""
    with Responder(lambda _: None) as server:
        assert not answers("127.0.0.1", server.port, SECRET.decode(), within=0.05)
        port = server.port
    assert not answers("127.0.0.1", port, SECRET.decode(), within=0.05)


def test_free_ports_differ():
    """Ports for several uses are taken at once."""
    assert len(set(free_ports(5))) == 5
