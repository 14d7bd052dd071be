import pytest
from sqlalchemy import select, update

from directory import endpoints, people
from directory.people import NewPerson
from directory.person import State
from directory.refusal import Flaw, RegistryRefused
from directory.registry import PersonRow, PublicationRow
from store.changes import ChangeRow
from store.record import ActRow, verify
from tests.support.registry import ACTOR, add_active, build_city


@pytest.fixture
def store(store):
    with store.write() as unit:
        build_city(unit)
    return store


def refused(flaw):
    return pytest.raises(RegistryRefused, match=flaw.code)


def test_a_joiner_is_a_draft_until_the_name_is_verified(store):
    """A person is added as a draft and begins by release, with the assurance of the verification."""
    with store.write() as unit:
        subject = people.add(
            unit, ACTOR, NewPerson(login="ZhangSan", name="张三", unit="north-1"), octets=bytes(range(10))
        )
    assert subject == "p-aaaqeayeaudaocaj"
    with store.read() as session:
        row = people.find(session, subject)
        assert (row.login, row.state, row.assurance) == ("zhangsan", "draft", 0)
    with store.write() as unit:
        people.release(unit, ACTOR, subject, assurance=2)
    with store.read() as session:
        row = people.by_login(session, "ZHANGSAN ")
        assert (row.state, row.assurance) == ("active", 2)
        assert {(c.kind, c.subject) for c in session.scalars(select(ChangeRow)) if c.kind == "person"} == {
            ("person", subject)
        }
        assert [row.act for row in session.scalars(select(ActRow).where(ActRow.subject == subject))] == [
            "person.add",
            "person.release",
        ]
        assert verify(session).broken is None


def test_two_people_may_share_a_name_never_a_login(store):
    """Names repeat; a login is given once, also after its bearer left."""
    with store.write() as unit:
        first = add_active(unit, "wangwei", name="王伟")
        add_active(unit, "wangwei2", name="王伟")
        people.end(unit, ACTOR, first)
    with refused(Flaw.LOGIN_TAKEN), store.write() as unit:
        people.add(unit, ACTOR, NewPerson(login="WangWei", name="王伟", unit="south"))
    with refused(Flaw.LOGIN_TAKEN), store.write() as unit:
        people.add_many(unit, ACTOR, [NewPerson(login="wangwei", name="王伟", unit="south")])


def test_the_leaver_is_out_for_good(store):
    """After the end nothing brings the account back; the record can be preserved and moved."""
    with store.write() as unit:
        subject = add_active(unit, "a")
        people.end(unit, ACTOR, subject)
    for act in (people.resume, people.release, people.suspend, people.end):
        with refused(Flaw.STATE_FORBIDS), store.write() as unit:
            act(unit, ACTOR, subject)
    with store.write() as unit:
        people.preserve(unit, ACTOR, subject)
        people.move(unit, ACTOR, subject, "south")
    with store.read() as session:
        assert (people.find(session, subject).state, people.find(session, subject).unit) == ("preserved", "south")


def test_a_leavers_endpoints_wait_for_an_owner(store):
    """No device stays on the network for which nobody answers; a new owner lets it on again."""
    with store.write() as unit:
        leaver, heir = add_active(unit, "a"), add_active(unit, "b")
        printer = endpoints.add(unit, ACTOR, hardware="00:11:22:33:44:55", name="打印机", kind="printer", owner=leaver)
        assert people.end(unit, ACTOR, leaver) == [printer]
        assert endpoints.find(unit.session, printer).state == "suspended"
        endpoints.hand_over(unit, ACTOR, printer, heir)
        assert (endpoints.find(unit.session, printer).state, endpoints.find(unit.session, printer).owner) == (
            "active",
            heir,
        )


def test_a_mover_leaves_rights_behind(store):
    """Personal rights end with the post, unless it is said that they go along."""
    with store.write() as unit:
        subject = add_active(unit, "a", zones=frozenset({"internet"}))
        people.move(unit, ACTOR, subject, "south", keep_rights=True)
        assert people.find(unit.session, subject).zones == "internet"
        people.move(unit, ACTOR, subject, "court")
        assert (people.find(unit.session, subject).zones, people.find(unit.session, subject).unit) == ("", "court")


def test_rights_and_changes(store):
    """Rights are replaced as a whole; a change touches what it names."""
    with store.write() as unit:
        subject = add_active(unit, "a", mail="a@example.cn", title="科员")
        people.set_rights(unit, ACTOR, subject, ["public", "internet"])
        people.change(unit, ACTOR, subject, name="李四", title=None, valid_until=unit.now + 10.7, session_limit=2)
        now = unit.now
    with store.read() as session:
        row = people.find(session, subject)
        assert (row.zones, row.name, row.mail, row.title) == ("internet,public", "李四", "a@example.cn", None)
        assert (row.valid_until, row.session_limit) == (float(int(now + 10.7)), 2)


@pytest.mark.parametrize(
    ("fields", "flaw"),
    [
        ({"name": ""}, Flaw.NAME_MALFORMED),
        ({"category": "boss"}, Flaw.CHOICE_UNKNOWN),
        ({"mail": "nobody"}, Flaw.MAIL_MALFORMED),
        ({"telephone": "一二三"}, Flaw.TELEPHONE_MALFORMED),
        ({"valid_from": 5.0, "valid_until": 4.0}, Flaw.TIME_MALFORMED),
        ({"session_limit": 0}, Flaw.NUMBER_OUT_OF_RANGE),
    ],
)
def test_a_refused_change_changes_nothing(store, fields, flaw):
    """A refusal leaves row and outbox as they were, also for a caller who goes on in the same unit of work."""
    with store.write() as unit:
        subject = add_active(unit, "a")
    with store.read() as session:
        queued = len(session.scalars(select(PublicationRow)).all())
    with store.write() as unit:
        with refused(flaw):
            people.change(unit, ACTOR, subject, **{"title": "科长"} | fields)
        assert not unit.session.dirty
    with store.read() as session:
        assert people.find(session, subject).title is None
        assert len(session.scalars(select(PublicationRow)).all()) == queued


def test_resume_is_queued_as_such(store):
    """Only a resumption may overwrite a suspension in the directory, so the outbox says that it is one."""
    with store.write() as unit:
        subject = add_active(unit, "a")
        people.suspend(unit, ACTOR, subject)
        people.resume(unit, ACTOR, subject)
    with store.read() as session:
        rows = session.scalars(select(PublicationRow).where(PublicationRow.subject == subject))
        assert [row.kind for row in rows] == ["person", "person", "person", "resumed"]


def test_search_by_login_name_unit_and_state(store):
    """Search finds parts of logins and names in any script, within a subtree, and takes no pattern signs."""
    with store.write() as unit:
        add_active(unit, "ayiguli", name="阿依古丽·买买提")
        add_active(unit, "zoe", home="court", name="Zoë O'Brien")
        rare = add_active(unit, "ji", home="south", name="\U00020bb7野㐂")
        people.suspend(unit, ACTOR, rare)
    with store.read() as session:

        def logins(**wanted):
            return [row.login for row in people.search(session, **wanted)]

        assert logins(text="古丽・买") == ["ayiguli"]
        assert logins(text="AYI") == ["ayiguli"]
        assert logins(text="o'brien") == ["zoe"]
        assert logins(text="\U00020bb7") == ["ji"]
        assert logins(text="%") == logins(text="_") == logins(text="\udc80\x00") == []
        assert logins(unit="north") == ["ayiguli"]
        assert logins(unit="yz") == ["ayiguli", "ji", "zoe"]
        assert logins(state=State.SUSPENDED) == ["ji"]
        assert logins(limit=1) == ["ayiguli"]
        assert logins(limit=1) == ["ayiguli"]
        assert logins(after="ayiguli", limit=1) == ["ji"]


def test_search_by_pinyin_and_initials(store):
    """A name is found by pinyin and initials from the first day on, and under the new name after a change."""
    with store.write() as unit:
        add_active(unit, "u1", name="张伟")
        people.add_many(unit, ACTOR, [NewPerson(login="u2", name="单雄信", unit="north-1")])
        third = add_active(unit, "u3", name="吕乐")
        people.change(unit, ACTOR, third, title="科长")
    with store.read() as session:

        def logins(text):
            return [row.login for row in people.search(session, text=text)]

        assert logins("zhangwei") == logins("Zhang Wei") == logins("zw") == logins("张") == ["u1"]
        assert logins("shanxx") == [], "a mixture is no form"
        assert logins("shanxiongxin") == logins("danxiongxin") == logins("sxx") == ["u2"]
        assert logins("lvle") == logins("lüyue") == logins("lyule") == ["u3"]
        assert logins("zw%") == logins("_") == []
    with store.write() as unit:
        people.change(unit, ACTOR, third, name="仇乐")
    with store.read() as session:
        assert logins("qiuyue") == ["u3"]
        assert logins("lvle") == []
        acts = session.scalars(select(ActRow)).all()
        assert not any("spelled" in f"{row.before}{row.after}" for row in acts)


def test_whom_a_text_fits_best_comes_first(store):
    """However many contain the text, the one who is called so is not behind them."""
    with store.write() as unit:
        people.add_many(unit, ACTOR, [NewPerson(login=f"a{n}", name="高张伟", unit="north-1") for n in range(150)])
        add_active(unit, "x2", name="张伟民")
        add_active(unit, "x1", name="张伟")
        add_active(unit, "zw", name="李四")
    with store.read() as session:

        def logins(text):
            return [row.login for row in people.search(session, text=text, limit=4)]

        assert logins("zhangwei") == logins("张伟") == ["x1", "x2", "a0", "a1"]
        assert logins("zw") == ["x1", "zw", "x2", "a0"]
        assert logins("zhang wei")[0] == "x1"
        paged, last = [], None
        while page := people.search(session, text="zw", after=last, limit=4):
            paged.extend(row.login for row in page)
            last = page[-1].login
        assert paged == [row.login for row in people.search(session, text="zw", limit=1000)]
        assert len(set(paged)) == len(paged) == 153


def test_people_of_an_older_version_are_spelled_once(store):
    """Spelling is made up for in portions, and leaves neither acts nor rows of the outbox."""
    with store.write() as unit:
        people.add_many(unit, ACTOR, [NewPerson(login=f"p{n}", name="张伟", unit="north-1") for n in range(5)])
        unit.session.execute(update(PersonRow).values(spelled=""))
    with store.read() as session:
        before = [len(session.scalars(select(table)).all()) for table in (ActRow, PublicationRow, ChangeRow)]
        assert people.search(session, text="p1") == []
    with store.write() as unit:
        assert [people.respell(unit, 3), people.respell(unit, 3), people.respell(unit, 3)] == [3, 2, 0]
    with store.read() as session:
        assert len(people.search(session, text="zw")) == 5
        assert [len(session.scalars(select(table)).all()) for table in (ActRow, PublicationRow, ChangeRow)] == before


def test_many_at_once(store):
    """A list is added as a whole, released where its names were verified, and refused as a whole."""
    several = [NewPerson(login=f"p{number}", name="某人", unit="north-1") for number in range(600)]
    with store.write() as unit:
        subjects = people.add_many(unit, ACTOR, several, assurance=1)
    assert len(set(subjects)) == 600
    with store.read() as session:
        assert people.find(session, subjects[-1]).state == "active"
        assert people.by_login(session, "p599").subject == subjects[-1]
        queued = set(session.scalars(select(PublicationRow.subject).where(PublicationRow.kind == "person")))
        assert queued == set(subjects)
    with refused(Flaw.UNIT_UNKNOWN), store.write() as unit:
        people.add_many(unit, ACTOR, [NewPerson(login="q", name="某人", unit="nowhere")])


def test_many_changes_at_once(store):
    """Many people are changed as one by one: rows, acts, outbox and spelling; one refusal refuses all."""
    with store.write() as unit:
        several = [NewPerson(login=f"p{number}", name="张伟", unit="north-1") for number in range(600)]
        subjects = people.add_many(unit, ACTOR, several, assurance=1)
        gone = add_active(unit, "gone")
        people.end(unit, ACTOR, gone)
    with store.write() as unit:
        held = people.find(unit.session, subjects[0])
        people.change_many(unit, ACTOR, {subject: {"name": "仇伟", "title": "科员"} for subject in subjects})
        people.change_many(unit, ACTOR, {})
        assert held.title == "科员"
    with store.read() as session:
        assert people.find(session, subjects[-1]).name == "仇伟"
        assert len(people.search(session, text="qiuwei", limit=1000)) == 600
        acts = session.scalars(select(ActRow).where(ActRow.act == "person.change")).all()
        assert len(acts) == 600
        assert '"title":null' in acts[0].before
        assert '"title":"科员"' in acts[0].after
        queued = session.scalars(select(PublicationRow).where(PublicationRow.subject == subjects[0])).all()
        assert len(queued) == 2
    for wrong, flaw in (({gone: {"title": "x"}}, Flaw.STATE_FORBIDS), ({"p-x": {}}, Flaw.PERSON_UNKNOWN)):
        with store.write() as unit, refused(flaw):
            people.change_many(unit, ACTOR, {subjects[0]: {"title": "局长"}, **wrong})
    with refused(Flaw.MAIL_MALFORMED), store.write() as unit:
        people.change_many(unit, ACTOR, {subjects[0]: {"mail": "nobody"}})
    with store.read() as session:
        assert people.find(session, subjects[0]).title == "科员"


def test_nobody_is_found_by_hostile_text(store):
    """Text that no row can have is nobody, not an error of the database."""
    with store.read() as session:
        for text in ("", "\udc80", "a\x00b", "' OR 1=1 --"):
            with refused(Flaw.PERSON_UNKNOWN):
                people.find(session, text)
            with refused(Flaw.PERSON_UNKNOWN):
                people.by_login(session, text)


def test_a_login_is_suggested_that_nobody_has(store):
    """The name in pinyin, with a number behind it where others have it."""
    with store.write() as unit:
        assert people.suggested_login(unit.session, "张伟") == "zhangwei"
        add_active(unit, "zhangwei")
        add_active(unit, "zhangwei2")
        add_active(unit, "zhangweiming")
        assert people.suggested_login(unit.session, "张伟") == "zhangwei3"
        assert people.suggested_login(unit.session, "·") == ""


def test_a_row_is_a_person_as_a_login_sees_one(store):
    """Whether it is an object or the columns alone; what only the directory knows is absent."""
    with store.write() as unit:
        subject = people.add(unit, ACTOR, NewPerson(login="a", name="甲", unit="north", zones=frozenset({"office"})))
        row = people.find(unit.session, subject)
        plain = unit.session.execute(select(*PersonRow.__table__.columns)).one()
    person = people.as_person(row)
    assert (person.subject, person.state, person.zones) == (subject, State.DRAFT, {"office"})
    assert person.verifiers == ()
    assert people.as_person(plain) == person
