"""Operator's commands that need the real directory: passwords, unlocking, reconciliation, examination."""

import threading
from pathlib import Path

import pytest

from directory.backends.connection import BindOutcome, Credentials, DirectoryPool, DirectoryServer
from directory.publication import Publisher
from operate.wiring import embedded, publishing_pool
from tests.support.directory_server import free_port
from tests.support.operator import Operator


@pytest.fixture
def city(operator, service):
    """Give a town whose directory runs, and which is published as the back office would."""
    assert service is not None
    operator.town()
    text = operator.path.read_text("utf-8")
    operator.path.write_text(f'{text}[directory]\nlisten = "127.0.0.1:{free_port()}"\n', "utf-8")
    settings = operator.settings
    directory = embedded(settings)
    store = operator.store()
    ended = threading.Event()

    def publish():
        with publishing_pool(settings) as pool:
            publisher = Publisher(store, pool, settings.directory.suffix)
            while not ended.wait(0.05):
                publisher.run_once()

    thread = threading.Thread(target=publish)
    try:
        directory.start()
        thread.start()
        yield operator
    finally:
        ended.set()
        if thread.ident is not None:
            thread.join()
        directory.stop()
        store.close()


def _bind(operator, login, password):
    settings = operator.settings
    with publishing_pool(settings) as pool:
        ((dn, _),) = pool.search(settings.directory.suffix, f"(uid={login})", ["uid"])
        return pool.bind_as(dn, password.encode())


def test_a_password_is_set_where_it_lives(city):
    """The one-time password opens the directory, is argon2id there, and is in no other place."""
    said = city.data("person", "password", "zhangsan")

    assert _bind(city, "zhangsan", said["password"]) is BindOutcome.PROVEN
    assert _bind(city, "zhangsan", "another-word") is not BindOutcome.PROVEN
    assert said["password"] not in city.done("record", "list", "--json")
    city.done("person", "password", "zhangsan", "--stdin", typed="口令-correct-horse\n")
    assert _bind(city, "zhangsan", "口令-correct-horse") is BindOutcome.PROVEN
    assert "not locked" in city.done("person", "unlock", "zhangsan")


def test_a_new_person_is_waited_for(city):
    """A password may follow at once: the command waits until the person is published."""
    city.done("person", "add", "new", "王五", "--unit", "north", "--verified", "1")

    said = city.data("person", "password", "new")

    assert _bind(city, "new", said["password"]) is BindOutcome.PROVEN


def test_drift_is_shown_and_repaired(city):
    """What somebody changed in the directory is found, named without its value, and made right."""
    city.data("person", "password", "zhangsan")  # it is published now
    settings = city.settings
    with publishing_pool(settings) as pool:
        ((dn, _),) = pool.search(settings.directory.suffix, "(uid=zhangsan)", ["uid"])
        pool.modify(dn, {"displayName": ["李四".encode()]})

    said = city("reconcile", "--json")
    assert said.exit_code == 1
    assert said.data["differences"][0]["fault"] == "different"
    assert "displayName" in said.data["differences"][0]["attributes"]
    assert "✓" in city.done("reconcile", "--repair")
    assert city.data("reconcile")["clean"] is True


def test_the_directory_is_examined(city):
    """`doctor` asks the directory itself."""
    topics = {finding["topic"]: finding["level"] for finding in city("doctor", "--json").data["findings"]}

    assert topics["directory"] == "fine"


def test_an_outside_application_gets_all_that_it_needs(city):
    """With what is printed, and nothing else, the application binds over TLS and finds people."""
    city.data("person", "password", "zhangsan")  # it is published now
    told = city.data("reader", "add", "oa")

    server = DirectoryServer(told["ldaps_uri"], told["ca_file"])
    password = Path(told["password_file"]).read_bytes()
    with DirectoryPool([server], Credentials(told["dn"], password)) as pool:
        ((_, values),) = pool.search(told["base"], "(uid=zhangsan)", ["displayName", "userPassword"])
    assert values == {"displayName": ["张三".encode()]}
    assert city.data("reader", "add", "oa") == told
    assert password.decode() not in city.done("reader", "add", "oa") + city.done("record", "list", "--json")


def test_readers_are_listed_and_removed(city):
    """A name that cannot be is refused; one that is not there has no account to remove."""
    assert "no accounts" in city.done("reader", "list")
    assert city("reader", "add", "OA系统").exit_code == 1
    for name in ("oa", "door"):
        city.done("reader", "add", name)
    assert [row["name"] for row in city.data("reader", "list")] == ["door", "oa"]
    said = city("reader", "remove", "oa2", "--yes")
    assert (said.exit_code, "Did you mean oa?" in said.err) == (1, True)
    assert city("reader", "remove", "oa", typed="n\n").exit_code == 1
    city.done("reader", "remove", "oa", "--yes")
    (left,) = city.data("reader", "list")
    assert left["name"] == "door"
    acts = [row["act"] for row in city.data("record", "list") if row["act"].startswith("reader.")]
    assert sorted(acts) == ["reader.add", "reader.add", "reader.remove"]


def test_without_a_listener_it_is_said(operator, service):
    """An account alone lets nobody in from outside."""
    assert service is not None
    directory = embedded(operator.settings)
    try:
        directory.start()
        assert "listen" in operator.done("reader", "add", "oa", lang="zh")
        assert operator.data("reader", "add", "oa")["ldaps_uri"] is None
    finally:
        directory.stop()


def test_an_account_that_may_only_read_is_named(city):
    """A write that the directory refuses is a sentence about bind_dn, with 78, and no trace."""
    city.data("person", "password", "zhangsan")  # it is published now
    told = city.data("reader", "add", "oa")
    text = city.path.read_text("utf-8").partition("[directory]")[0]
    text += f"""[directory]
kind = "openldap"
uris = ["{told["ldaps_uri"]}"]
ca_file = "{told["ca_file"]}"
bind_dn = "{told["dn"]}"
password_file = "{told["password_file"]}"
"""
    path = city.path.with_name("existing.toml")
    path.write_text(text, "utf-8")
    said = Operator(path)("person", "password", "zhangsan")

    assert said.exit_code == 78, said
    assert "bind_dn" in said.err
    assert "Internal" not in said.err
