import itertools
import os
import random
import signal

import pytest

from directory import endpoints, people, units
from directory.backends.connection import DirectoryUnavailable
from directory.outbox import Kind, queue
from directory.people import NewPerson
from directory.publication import DIRECTORY_ACTOR, Publisher, Task, chunks, outbox_state
from store.engine import Store
from store.record import ActRow
from tests.support.directory_server import SUFFIX
from tests.support.published import open_city, own_pool
from tests.support.registry import ACTOR, add_active

VERIFIER = b"{SSHA}lZsSRZ1d9jQaz6yQgAu5rYPlnMtBjuVT"
STRANGER = {"objectClass": [b"inetOrgPerson"], "cn": [b"x"], "sn": [b"x"]}
NORTH_1 = f"rnOrgCode=north-1,rnOrgCode=north,rnOrgCode=yz,ou=orgs,{SUFFIX}"


@pytest.fixture
def server(make_directory):
    directory = make_directory()
    directory.start()
    return directory


@pytest.fixture
def city(sqlite_store, server):
    with open_city(sqlite_store, server) as opened:
        yield opened


def test_the_registry_appears_in_the_directory(city):
    """Units, people and endpoints are published with what the registry says, and the outbox is empty then."""
    with city.store.write() as unit:
        owner = add_active(unit, "张三", name="阿依古丽·买买提", title="科员", zones=frozenset({"internet"}))
        people.add(unit, ACTOR, NewPerson(login="ji", name="\U00020bb7野㐂", unit="court", valid_from=5.0))
        endpoints.add(unit, ACTOR, hardware="00:11:22:33:44:55", name="打印机", kind="printer", owner=owner)
    assert city.publisher.run_once() == (3, 0)
    assert city.tree() == city.wanted()
    assert city.person(owner, "cn") == (f"uid=张三,{NORTH_1}", {"cn": ["阿依古丽·买买提".encode()]})
    assert city.outbox() == []
    assert city.publisher.run_once() == (0, 0)


def test_whoever_is_to_be_out_does_not_wait_behind_a_long_list(city):
    """Nor does whoever may come in again; a pass takes no more than was asked for, and units come before people."""
    with city.store.write() as unit:
        out, again = add_active(unit, "out"), add_active(unit, "again")
        people.suspend(unit, ACTOR, again)
    assert city.publisher.run_once() == (2, 0)
    with city.store.write() as unit:
        several = [NewPerson(login=f"p{n}", name="某人", unit="north-1") for n in range(5)]
        people.add_many(unit, ACTOR, several)
        people.suspend(unit, ACTOR, out)
        people.resume(unit, ACTOR, again)
        units.add(unit, ACTOR, code="new", name="新镇", kind="town", parent="yz")
    assert city.publisher.run_once(most=1) == (1, 0)
    assert {row[0] for row in city.outbox()} == {"person", "resumed"}
    assert city.publisher.run_once(most=2) == (2, 0)
    assert city.person(out, "rnStatus")[1] == {"rnStatus": [b"suspended"]}
    assert city.person(again, "rnStatus")[1] == {"rnStatus": [b"active"]}
    assert len(city.outbox()) == 5
    assert city.publisher.run_once(most=500) == (5, 0)
    assert city.tree() == city.wanted()


def test_either_database_is_published_alike(store, server):
    """What is published, refused and settled does not depend on the kind of database."""
    with open_city(store, server) as city:
        with city.store.write() as unit:
            subject = add_active(unit, "a")
            people.suspend(unit, ACTOR, subject)
            add_active(unit, "taken")
        city.pool.add(f"uid=taken,{NORTH_1}", {**STRANGER, "uid": [b"taken"]})
        assert city.publisher.run_once() == (1, 1)
        assert [row[2] for row in city.outbox()] == [1, 1]
        city.pool.delete(f"uid=taken,{NORTH_1}")
        assert city.publisher.run_once(everything=True) == (1, 0)
        assert city.tree() == city.wanted()


def test_everything_is_queued_in_any_order(city):
    """A person whose unit is not yet there brings the unit along; the order of the outbox does not matter."""
    with city.store.write() as unit:
        units.add(unit, ACTOR, code="new", name="新镇", kind="town", parent="yz")
        units.add(unit, ACTOR, code="new-1", name="新社区", kind="community", parent="new")
        subject = add_active(unit, "a", home="new-1")
    with city.store.write() as unit:
        units.move(unit, ACTOR, "new", "south")
    assert city.publisher.run_once() == (3, 0)
    assert city.tree() == city.wanted()
    assert city.person(subject, "uid")[0].startswith("uid=a,rnOrgCode=new-1,rnOrgCode=new,rnOrgCode=south,")


def test_a_moved_unit_takes_its_subtree_along(city):
    """Below a unit that moves, entries keep their passwords and ids."""
    with city.store.write() as unit:
        subject = add_active(unit, "a")
    city.publisher.run_once()
    dn, _ = city.person(subject, "uid")
    city.pool.modify(dn, {"userPassword": [VERIFIER]})
    _, before = city.person(subject, "entryUUID", "pwdChangedTime")
    with city.store.write() as unit:
        units.move(unit, ACTOR, "north", "south")
        units.rename(unit, ACTOR, "north", "北山新镇")
    assert city.publisher.run_once() == (1, 0)
    assert city.tree() == city.wanted()
    assert city.person(subject, "entryUUID", "pwdChangedTime") == (
        f"uid=a,rnOrgCode=north-1,rnOrgCode=north,rnOrgCode=south,rnOrgCode=yz,ou=orgs,{SUFFIX}",
        before,
    )


def test_mover_and_leaver(city):
    """A person moves to the other unit, keeps the entry, and is taken out of the tree when preserved."""
    with city.store.write() as unit:
        subject = add_active(unit, "a", mail="a@example.cn")
    city.publisher.run_once()
    entry = city.person(subject, "entryUUID")[1]
    for act in (
        lambda unit: people.move(unit, ACTOR, subject, "court"),
        lambda unit: people.change(unit, ACTOR, subject, mail=None),
        lambda unit: people.end(unit, ACTOR, subject),
        lambda unit: people.preserve(unit, ACTOR, subject),
        lambda unit: people.move(unit, ACTOR, subject, "south"),
    ):
        with city.store.write() as unit:
            act(unit)
        assert city.publisher.run_once() == (1, 0)
        assert city.tree() == city.wanted()
        assert city.person(subject, "entryUUID")[1] == entry
    assert city.person(subject, "uid")[0] == f"uid=a,ou=preserved,{SUFFIX}"


def test_an_emptied_unit_goes(city):
    """A removed unit disappears, even if those who left it are published after it."""
    with city.store.write() as unit:
        subject = add_active(unit, "a")
    city.publisher.run_once()
    with city.store.write() as unit:
        people.move(unit, ACTOR, subject, "south")
        units.remove(unit, ACTOR, "north-1")
    assert city.publisher.run_once() == (2, 0)
    assert city.tree() == city.wanted()


def test_a_refused_entry_does_not_stop_the_others(city):
    """What the directory refuses stays in the outbox with tries and words; other people's entries go on."""
    city.pool.add(f"uid=taken,{NORTH_1}", {**STRANGER, "uid": [b"taken"]})
    with city.store.write() as unit:
        in_the_way = add_active(unit, "taken")
        elsewhere = people.add(unit, ACTOR, NewPerson(login="b", name="乙", unit="court"))
    assert city.publisher.run_once() == (1, 1)
    assert city.person(elsewhere, "uid")[1] == {"uid": [b"b"]}
    rows = city.outbox()
    assert {(kind, subject, tries) for kind, subject, tries, _ in rows} == {("person", in_the_way, 1)}
    assert {error for *_, error in rows} <= {
        "an entry of this name, not made by the registry, is in the way (68)",
        "the directory already has this login, id or hardware address elsewhere (19)",
    }
    # It waits for its turn, is tried again at once where told, and goes through when the way is free.
    assert city.publisher.run_once() == (0, 0)
    assert city.publisher.run_once(everything=True) == (0, 1)
    city.pool.delete(f"uid=taken,{NORTH_1}")
    assert city.publisher.run_once(everything=True) == (1, 0)
    assert city.outbox() == []


def test_a_refused_row_waits_longer_each_time(city):
    """After the n-th refusal a row is due 2**n seconds after it was queued."""
    city.pool.add(f"uid=taken,{NORTH_1}", {**STRANGER, "uid": [b"taken"]})
    with city.store.write() as unit:
        add_active(unit, "taken")
        queued = unit.now

    class Clock:
        def __init__(self, at) -> None:
            self.at = at

        def now(self):
            return self.at

    clock = Clock(queued)
    publisher = Publisher(city.store, city.pool, SUFFIX, clock=clock)
    assert publisher.run_once() == (0, 1)
    clock.at = queued + 1.9
    assert publisher.run_once() == (0, 0)
    clock.at = queued + 2.0
    assert publisher.run_once() == (0, 1)
    clock.at = queued + 3.9
    assert publisher.run_once() == (0, 0)


def test_a_lock_in_the_directory_is_kept_and_taken_over(city):
    """Who was suspended in the directory by a unit's administrator is not let in by a change of something else."""
    with city.store.write() as unit:
        subject = add_active(unit, "a")
    city.publisher.run_once()
    city.pool.modify(city.person(subject, "uid")[0], {"rnStatus": [b"suspended"]})
    with city.store.write() as unit:
        people.change(unit, ACTOR, subject, telephone="0717 1234567")
    city.publisher.run_once()
    assert city.person(subject, "rnStatus", "telephoneNumber")[1] == {
        "rnStatus": [b"suspended"],
        "telephoneNumber": [b"0717 1234567"],
    }
    with city.store.read() as session:
        assert people.find(session, subject).state == "suspended"
        last = session.query(ActRow).order_by(ActRow.number.desc()).first()
        assert last is not None
        assert (last.actor, last.act) == (DIRECTORY_ACTOR, "person.suspend")
    with city.store.write() as unit:
        people.resume(unit, ACTOR, subject)
    city.publisher.run_once()
    assert city.person(subject, "rnStatus")[1] == {"rnStatus": [b"active"]}


def test_passwords_and_foreign_attributes_are_left_alone(city):
    """Publication writes what it owns: a verifier, a lock and a description survive every change."""
    with city.store.write() as unit:
        subject = add_active(unit, "a")
    city.publisher.run_once()
    dn, _ = city.person(subject, "uid")
    city.pool.modify(dn, {"userPassword": [VERIFIER], "description": [b"own"]})
    city.pool.modify(dn, {"pwdAccountLockedTime": [b"20260101000000Z"]})
    kept = ("description", "pwdChangedTime", "pwdAccountLockedTime")
    before = city.person(subject, *kept)[1]
    with city.store.write() as unit:
        people.change(unit, ACTOR, subject, name="改名")
        people.move(unit, ACTOR, subject, "court")
    city.publisher.run_once()
    assert city.tree() == city.wanted()
    assert city.person(subject, *kept)[1] == before
    assert set(before) == set(kept)


def test_a_change_during_publication_is_not_lost(city, monkeypatch):
    """Only rows that were seen before the registry was read are removed."""
    with city.store.write() as unit:
        subject = add_active(unit, "a", title="科员")
    publish = Publisher.make

    def make_and_change(self, task, seen, found):
        locked = publish(self, task, seen, found)
        with city.store.write() as unit:
            people.change(unit, ACTOR, subject, title="科长")
        return locked

    monkeypatch.setattr(Publisher, "make", make_and_change)
    assert city.publisher.run_once() == (1, 0)
    monkeypatch.undo()
    assert city.person(subject, "title")[1] == {"title": ["科员".encode()]}
    assert city.publisher.run_once() == (1, 0)
    assert city.person(subject, "title")[1] == {"title": ["科长".encode()]}


def test_two_publishers_end_with_the_newest(city, monkeypatch):
    """Who finds its rows removed by another publisher queues the subject again."""
    with city.store.write() as unit:
        subject = add_active(unit, "a", title="科员")
    publish = Publisher.make
    other = Publisher(city.store, city.pool, SUFFIX)

    def make_behind(self, task, seen, found):
        if self is city.publisher:
            with city.store.write() as unit:
                people.change(unit, ACTOR, subject, title="科长")
            other.run_once()
            found = self.lookup([task]).get(subject, [])
        return publish(self, task, seen, found)

    monkeypatch.setattr(Publisher, "make", make_behind)
    city.publisher.run_once()
    monkeypatch.undo()
    assert city.person(subject, "title")[1] == {"title": ["科员".encode()]}  # the older picture came last ...
    city.publisher.run_once()
    assert city.person(subject, "title")[1] == {"title": ["科长".encode()]}  # ... and not for good


def test_an_unreachable_directory_leaves_the_outbox(city, server):
    """Nothing is lost while the directory is away; what was done before is settled."""
    with city.store.write() as unit:
        add_active(unit, "a")
    server.stop()
    with pytest.raises(DirectoryUnavailable):
        city.publisher.run_once()
    assert [row[2:] for row in city.outbox()] == [(0, None), (0, None)]
    server.start()
    assert city.publisher.run_once() == (1, 0)
    assert city.tree() == city.wanted()


def test_what_waits_is_counted(city):
    """The state of the outbox is how many subjects wait, and since when."""
    with city.store.write() as unit:
        subject = add_active(unit, "a")
        queued = unit.now
    with city.store.write() as unit:
        people.change(unit, ACTOR, subject, title="科长")
    with city.store.read() as session:
        assert outbox_state(session) == (1, queued)
    city.publisher.run_once()
    with city.store.read() as session:
        assert outbox_state(session) == (0, None)


def test_units_are_never_looked_up_with_others():
    """A chunk is of one kind: a unit that moves changes the names of the people below it."""
    tasks = [Task(Kind.UNIT, str(number), ()) for number in range(150)] + [Task(Kind.PERSON, "p", ())]
    assert [(chunk[0].kind, len(chunk)) for chunk in chunks(tasks)] == [
        (Kind.UNIT, 100),
        (Kind.UNIT, 50),
        (Kind.PERSON, 1),
    ]


def test_a_row_without_a_subject_is_dropped(city):
    """A row of the outbox whose subject the registry does not have publishes nothing and does not stay."""
    with city.store.write() as unit:
        queue(unit, Kind.PERSON, "p-nobody")
        queue(unit, Kind.UNIT, "nowhere")
    assert city.publisher.run_once() == (2, 0)
    assert city.outbox() == []
    assert city.tree() == city.wanted()


def test_killed_at_any_moment_it_ends_the_same(city, server):
    """However often a publishing process is killed (SIGKILL), the next run leads to exactly the wanted tree."""
    chance = random.Random(7)  # noqa: S311 - it picks what to move, and when to kill
    subjects: list[str] = []
    url = city.store.engine.url.render_as_string()
    for turn in range(20):
        with city.store.write() as unit:
            subjects += [add_active(unit, f"t{turn}n{number}", name="某人") for number in range(8)]
            for subject in chance.sample(subjects, 8):
                people.move(unit, ACTOR, subject, chance.choice(["court", "north", "north-1", "south"]))
            units.move(unit, ACTOR, "north", chance.choice(["yz", "south"]))
        _publish_and_die(url, server, chance.randrange(12), after=chance.random() < 0.5)
    left = len(city.outbox())
    city.publisher.run_once()
    assert left > 0
    assert city.tree() == city.wanted()
    assert city.outbox() == []


def _publish_and_die(url, server, moment, *, after):
    """Publish in a process that kills itself at one of its writes, before or after it is done."""
    child = os.fork()
    if not child:
        try:
            with own_pool(server) as pool:
                publisher = Publisher(Store.open(url), pool, SUFFIX)
                steps = itertools.count()
                for writer, name in ((pool, "add"), (pool, "modify"), (pool, "rename"), (publisher, "_settle")):
                    setattr(writer, name, _deadly(getattr(writer, name), steps, moment, after=after))
                publisher.run_once()
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)


def _deadly(write, steps, moment, *, after):
    def step(*arguments):
        dying = next(steps) == moment
        if dying and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        write(*arguments)
        if dying:
            os.kill(os.getpid(), signal.SIGKILL)

    return step
