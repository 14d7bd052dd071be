"""One process of many leads."""

import subprocess
import sys

from sqlalchemy import text

from store.leadership import Leadership


def test_one_leads_and_the_next_follows(store):
    """The second has to wait until the first lets go; being asked again does not take it twice."""
    first, second = Leadership(store, "office"), Leadership(store, "office")

    assert first.held()
    assert first.held()
    assert not second.held()
    first.release()

    assert second.held()
    second.release()


def test_different_things_have_different_leaders(store):
    """The name tells what is led."""
    first, second = Leadership(store, "office"), Leadership(store, "other")

    assert first.held()
    assert second.held()
    first.release()
    second.release()


def test_a_leader_that_lost_its_database_does_not_lead(postgresql_store):
    """Its session ended at the server: somebody else may lead already."""
    first, second = Leadership(postgresql_store, "office"), Leadership(postgresql_store, "office")
    try:
        assert first.held()
        with postgresql_store.engine.connect() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )

        assert not first.held()
        assert second.held()
    finally:
        first.release()
        second.release()


def test_the_lock_falls_with_its_process(sqlite_store):
    """Killed without a word, and the next one leads at once."""
    url = str(sqlite_store.engine.url)
    program = (
        "import sys, time; from store.engine import Store; from store.leadership import Leadership;"
        f"l = Leadership(Store.open({url!r}), 'office'); print(l.held(), flush=True); time.sleep(60)"
    )
    child = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    mine = Leadership(sqlite_store, "office")
    try:
        assert child.stdout.readline().strip() == "True"
        assert not mine.held()
    finally:
        child.kill()
        child.wait()
        child.stdout.close()

    assert mine.held()
    mine.release()
