"""What the demo says once it is up."""

from operate.demo_doors import Doors
from operate.demo_greeting import greeting, radclient_line

DOORS = Doors("http://p", "http://c", "http://c/invitation/x", "MAC", "/in/x?", "wu", "S")


def test_the_line_is_ready_to_paste():
    """Signed, on a wired port, with a hardware address."""
    line = radclient_line("li", "pw", "127.0.0.1:1812", "s3cret")

    assert line.startswith("echo 'User-Name=li,User-Password=pw,")
    assert "Message-Authenticator=0x00" in line
    assert line.endswith("| radclient -x 127.0.0.1:1812 auth s3cret")


def test_both_languages_say_the_same():
    """Every value stands in both."""
    lines = greeting(login="li", password="pw", address="a:1", secret="s", file="f.env", health="http://h", doors=DOORS)
    for values in ("li", "pw", "f.env", "http://h", "http://p/in/x?", "http://c/invitation/x"):
        assert any(values in line.chinese for line in lines)
        assert any(values in line.english for line in lines)
