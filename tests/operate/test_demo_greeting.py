"""What the demo says once it is up."""

from operate.demo_greeting import greeting, radclient_line


def test_the_line_is_ready_to_paste():
    """Signed, on a wired port, with a hardware address."""
    line = radclient_line("li", "pw", "127.0.0.1:1812", "s3cret")

    assert line.startswith("echo 'User-Name=li,User-Password=pw,")
    assert "Message-Authenticator=0x00" in line
    assert line.endswith("| radclient -x 127.0.0.1:1812 auth s3cret")


def test_both_languages_say_the_same():
    """Every value stands in both."""
    lines = greeting(login="li", password="pw", address="a:1", secret="s", file="f.env", health="http://h")
    for values in ("li", "pw", "f.env", "http://h"):
        assert any(values in line.chinese for line in lines)
        assert any(values in line.english for line in lines)
