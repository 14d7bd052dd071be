"""The README's first command, run as a stranger would."""

import re
import signal
import stat

from operate.asking import ask, read_environment
from tests.support.product import until
from tests.support.running_demo import Running

NAMES = {
    "RADIUS_HOST", "RADIUS_PORT", "RADIUS_ACCT_PORT", "RADIUS_SECRET", "PERSON", "PERSON_PASSWORD", "SUSPENDED",
    "SUSPENDED_PASSWORD", "LDAP_URI", "LDAP_BASE", "LDAP_CACERT", "LDAP_READER_DN", "LDAP_READER_PASSWORD",
    "LDAP_RADIUS_DN", "LDAP_RADIUS_PASSWORD", "PORTAL_URL", "CONSOLE_URL", "ADMIN_LINK", "PORTAL_MAC",
    "PORTAL_REDIRECT", "DAS_PORT", "TOTP_PERSON", "TOTP_PASSWORD", "TOTP_SECRET",
}  # fmt: skip


def test_it_writes_what_client_programs_need(demo):
    """Shell variables, all of them, in a file that nobody else can read."""
    values = read_environment(demo.environment)

    assert set(values) == NAMES
    assert stat.S_IMODE(demo.environment.stat().st_mode) == 0o600


def test_the_account_that_it_prints_gets_a_vlan(demo):
    """The first login of a newcomer, with pyrad's client side."""
    values = read_environment(demo.environment)
    answer = ask(values, values["PERSON"], values["PERSON_PASSWORD"])

    assert answer.accepted
    assert ("Tunnel-Private-Group-Id", "130") in answer.attributes
    assert until(lambda: re.search(r"张伟 \(zhangwei, .*\).*→ 互联网接入区", demo.text())), "a live line for the login"


def test_the_suspended_account_is_refused_with_its_reason(demo):
    """The live line says why."""
    values = read_environment(demo.environment)

    assert ask(values, values["SUSPENDED"], values["SUSPENDED_PASSWORD"]).accepted is False
    assert until(lambda: "TN-202" in demo.text())


def test_it_speaks_the_language_of_its_terminal(demo):
    """Also in what it prints from a thread beside its loop: progress, and the reasons in its live lines."""
    values = read_environment(demo.environment)
    ask(values, values["SUSPENDED"], values["SUSPENDED_PASSWORD"])

    assert until(lambda: "账号已停用" in demo.text())
    assert "Publishing to the directory" not in demo.text()
    assert "suspended" not in demo.text().replace("--suspended", "")


def test_it_prints_a_line_for_radclient(demo):
    """Ready to paste, with the real secret and password."""
    values = read_environment(demo.environment)

    assert f"radclient -x 127.0.0.1:{values['RADIUS_PORT']} auth {values['RADIUS_SECRET']}" in demo.text()
    assert f"User-Password={values['PERSON_PASSWORD']}" in demo.text()
    assert f"写在 {demo.environment}；" in demo.text(), "as it is typed from here"


def test_a_second_terminal_can_ask_and_operate(demo):
    """`ask`, and the operator commands, find the running demo."""
    asked = demo.command("ask")

    assert (asked.returncode, "Access-Accept" in asked.stdout) == (0, True)
    assert demo.command("ask", "--suspended").returncode == 1
    listed = demo.command("person", "show", "zhangwei", "--json")

    assert listed.returncode == 0, listed.stderr
    assert "zhangwei" in listed.stdout


def test_a_second_demo_in_the_same_place_leaves_the_first_alone(demo):
    """It ends with a reason, and the files that tell of the running one stay as they are."""
    settings = demo.var / "demo" / "truename.toml"
    before = demo.environment.read_bytes(), settings.read_bytes()
    second = demo.command("demo")

    assert second.returncode != 0
    assert "Traceback" not in second.stderr
    assert (demo.environment.read_bytes(), settings.read_bytes()) == before


def test_a_second_demo_uses_other_ports(demo, tmp_path):
    """Ports that are taken are replaced; the file tells which were used."""
    tmp_path.chmod(0o755)
    second = Running(tmp_path)
    try:
        first_ports = read_environment(demo.environment)["RADIUS_PORT"]
        values = read_environment(second.environment)

        assert values["RADIUS_PORT"] != first_ports
        assert ask(values, values["PERSON"], values["PERSON_PASSWORD"]).accepted
        assert "已被占用" in second.text()
    finally:
        second.process.send_signal(signal.SIGINT)
        second.process.wait(30)

    assert second.process.returncode == 0
    assert not second.environment.exists(), "what is gone is not advertised"
