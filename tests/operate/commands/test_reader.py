"""The noun `reader`, without a directory; with one: tests/peers/test_operator_with_directory.py."""

import pytest


@pytest.mark.parametrize("words", [("add", "oa"), ("list",), ("remove", "oa", "--yes")])
def test_readers_need_the_running_directory(operator, service, words):
    """Without the service nothing is changed, and it is said: 69."""
    service()
    said = operator("reader", *words)

    assert said.exit_code == 69
    assert "serve" in said.err
    assert "reader." not in operator.done("record", "list", "--json")


def test_an_existing_directory_has_its_own_accounts(operator):
    """What is not ours is not administered here."""
    text = operator.path.read_text("utf-8")
    more = """[directory]
kind = "openldap"
uris = ["ldaps://127.0.0.1:1"]
bind_dn = "uid=x,dc=truename,dc=internal"
password_file = "password"
"""
    operator.path.write_text(text + more, "utf-8")
    said = operator("reader", "list", lang="zh")

    assert said.exit_code == 1
    assert "不是内置的" in said.err
