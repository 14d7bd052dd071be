"""The whole product on a real 389 Directory Server that somebody else runs: a switch asks, a zone is given."""

import itertools

import pytest

from access import rules
from tests.support.dirsrv import PROGRAM, READER, READER_PASSWORD, SUFFIX, add_person, directory_389
from tests.support.product import installed, until

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="ns-slapd (package 389-ds-base) is not installed")

OLD, NEW = "sesam-oeffne-dich-1", "sesam-oeffne-dich-2"


@pytest.mark.parametrize("verify", ["mirror", "bind"])
def test_people_of_a_389_directory_get_their_zone(tmp_path, verify):
    """By their verifier in memory, or by a bind; a new password and a lock count at the next packet, soon after."""
    secret = tmp_path / "reader"
    secret.write_bytes(READER_PASSWORD)
    secret.chmod(0o600)
    with directory_389() as server, server.pool() as pool:
        dn = add_person(pool, "wangfang", userPassword=OLD.encode())
        lines = (
            'kind = "389ds"', f'suffix = "{SUFFIX}"', f'uris = ["{server.server.uri}"]', f'bind_dn = "{READER}"',
            f'password_file = "{secret}"', f'verify = "{verify}"',
        )  # fmt: skip
        with installed(directory="\n".join(lines)) as one:
            with one.store.write() as unit:
                rules.add(unit, "test", name="职工", position=0, category="staff", result="internet")
            one.start()
            switch, phones = one.switch(), itertools.count(1)

            def asked(password):
                # Each time from another phone, and gently: five wrong passwords lock one, twenty lock the person.
                phone = (31, b"02-00-00-00-01-%02x" % next(phones))
                return switch.ask(switch.pap("wangfang", password, [phone]), one.auth)

            assert (asked(OLD).code, asked(OLD).vlan) == (2, "130")
            assert asked(NEW).code == 3
            pool.modify(dn, {"userPassword": [NEW.encode()]})
            until(lambda: asked(NEW).code == 2, pause=0.5)
            until(
                lambda: asked(OLD).code == 3, pause=0.5
            )  # a worker remembers for a second at most what was proven before
            pool.modify(dn, {"nsAccountLock": [b"true"]})
            until(lambda: asked(NEW).code == 3, pause=0.5)
