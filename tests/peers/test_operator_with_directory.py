"""Operator's commands that need the real directory: passwords, unlocking, reconciliation, examination."""

import threading

import pytest

from directory.backends.connection import BindOutcome
from directory.publication import Publisher
from operate.wiring import embedded, publishing_pool


@pytest.fixture
def city(operator, service):
    """Give a town whose directory runs, and which is published as the back office would."""
    assert service is not None
    operator.town()
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
