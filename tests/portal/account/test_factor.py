"""My second factor: the fresh secret, the codes, and what each change of it needs."""

import html
import re

import pytest
from sqlalchemy import select

from directory import otp
from directory.refusal import Flaw, RegistryRefused
from directory.registry import PersonRow, SecondFactorRow
from store.record import ActRow
from tests.portal.account.conftest import Visitor, code_of, hidden

pytestmark = pytest.mark.usefixtures("town")

ROOM = "/account/factor"


def secret_of(page):
    shown = re.search(r'class="secret">(.*?)</code>', page.text)[1]
    return "".join(re.findall("[A-Z2-7]{4}", shown))


def codes_of(page):
    return re.findall(r"<li><code>([a-z0-9]{5}-[a-z0-9]{5})</code>", page.text)


def has_factor(knowledge, subject):
    with knowledge.store.read() as session:
        return otp.has_factor(session, subject)


def fill(one, page, **data):
    return one.post(f"{ROOM}/new", {"stage": hidden(page), **data})


def enrolled(knowledge, one):
    """Enrol by the pages; return secret and recovery codes."""
    page = one.get(f"{ROOM}/new")
    secret = secret_of(page)
    return secret, codes_of(fill(one, page, code=code_of(secret, knowledge.clock())))


def later(knowledge, seconds=60):
    """Let time pass, so that a code of another step is at hand."""
    now = knowledge.clock()
    knowledge.clock = lambda: now + seconds


def test_a_factor_is_enrolled_by_a_code_of_its_secret(knowledge, zhang):
    """QR as a picture in the page and secret as text; ten codes shown once; the acts are the person's own."""
    assert "登记第二因素" in zhang.get(ROOM).text
    page = zhang.get(f"{ROOM}/new")
    assert 'src="data:image/svg+xml' in page.text
    secret = secret_of(page)
    assert secret not in html.unescape(hidden(page))
    wrong = fill(zhang, page, code="000000")
    assert wrong.status_code == 400
    assert secret_of(wrong) == secret
    assert not has_factor(knowledge, zhang.subject)
    code = code_of(secret, knowledge.clock())
    done = fill(zhang, wrong, code=code)
    assert len(set(codes_of(done))) == 10
    assert done.headers["cache-control"] == "no-store"
    page = zhang.get(ROOM).text
    assert "已登记" in page
    assert not re.search("[a-z0-9]{5}-[a-z0-9]{5}</code>", page)
    with knowledge.store.read() as session:
        acts = session.execute(select(ActRow.actor, ActRow.act)).all()
        assert secret not in str(session.execute(select(ActRow.before, ActRow.after)).all())
    assert {actor for actor, act in acts if act.startswith("factor.")} == {f"person:{zhang.subject}"}


def test_the_code_that_enrolled_opens_nothing(knowledge, zhang):
    """Its step is used up."""
    page = zhang.get(f"{ROOM}/new")
    secret = secret_of(page)
    code = code_of(secret, knowledge.clock())
    fill(zhang, page, code=code)
    assert zhang.post(f"{ROOM}/remove", {"present": code}).status_code == 400
    assert has_factor(knowledge, zhang.subject)


def test_a_form_serves_once_and_its_own_session_only(knowledge, zhang, li):
    """Sent again it would end the recovery codes that were just written down; carried off it enrols nothing."""
    page = zhang.get(f"{ROOM}/new")
    code = code_of(secret_of(page), knowledge.clock())
    other = Visitor(knowledge, "zhangwei", "10.9.9.9")
    for one in (li, other):
        assert fill(one, page, code=code).status_code == 403
    assert fill(zhang, page, code=code).status_code == 200
    assert fill(zhang, page, code=code).status_code == 403
    with knowledge.store.read() as session:
        assert otp.remaining(session, zhang.subject) == 10
        assert not otp.has_factor(session, li.subject)
    assert zhang.post(f"{ROOM}/new", {"stage": "x.y", "code": code}).status_code == 403


def test_a_replacement_needs_both(knowledge, zhang):
    """A code of the new one and one of the present, or a recovery code; the earlier factor ends."""
    old, codes = enrolled(knowledge, zhang)
    later(knowledge)
    page = zhang.get(f"{ROOM}/new")
    new = secret_of(page)
    now = knowledge.clock()
    assert fill(zhang, page, code=code_of(new, now), present="").status_code == 400
    assert fill(zhang, page, code="000000", present=codes[0]).status_code == 400
    done = fill(zhang, page, code=code_of(new, now), present=codes[0])
    assert "已更换" in done.text
    later(knowledge)
    assert zhang.post(f"{ROOM}/remove", {"present": code_of(old, knowledge.clock())}).status_code == 400
    assert zhang.post(f"{ROOM}/remove", {"present": codes[1]}).status_code == 400
    assert zhang.post(f"{ROOM}/remove", {"present": code_of(new, knowledge.clock())}).status_code == 303
    assert not has_factor(knowledge, zhang.subject)


def test_a_removal_takes_a_recovery_code(knowledge, zhang):
    """For whoever lost the telephone; without a factor there is nothing to remove."""
    _, codes = enrolled(knowledge, zhang)
    assert "恢复码同时失效" in zhang.get(f"{ROOM}/remove").text
    assert zhang.post(f"{ROOM}/remove", {"present": codes[3]}).headers["location"] == ROOM
    for page in ("remove", "codes"):
        assert zhang.get(f"{ROOM}/{page}").status_code == 404
        assert zhang.post(f"{ROOM}/{page}", {"present": codes[4]}).status_code == 404


def test_a_window_that_was_overtaken_is_told(knowledge, zhang, monkeypatch):
    """The factor went between the look at it and its removal: nothing breaks, and the page says so."""
    _, codes = enrolled(knowledge, zhang)

    def gone(_unit, _actor, _subject):
        raise RegistryRefused(Flaw.FACTOR_UNKNOWN, "factor")

    monkeypatch.setattr(otp, "remove", gone)
    answer = zhang.post(f"{ROOM}/remove", {"present": codes[3]})
    assert answer.status_code == 409
    assert "AC-101" in answer.text


def test_new_recovery_codes_end_the_earlier_ones(knowledge, zhang):
    """They are shown this once, and need a code as well."""
    secret, codes = enrolled(knowledge, zhang)
    assert zhang.post(f"{ROOM}/codes", {"present": "123"}).status_code == 400
    later(knowledge)
    fresh = codes_of(zhang.post(f"{ROOM}/codes", {"present": code_of(secret, knowledge.clock())}))
    assert len(fresh) == 10
    assert not set(fresh) & set(codes)
    assert zhang.post(f"{ROOM}/remove", {"present": codes[0]}).status_code == 400
    assert zhang.post(f"{ROOM}/remove", {"present": fresh[0]}).status_code == 303


def test_a_code_is_accepted_once(knowledge, zhang):
    """A code that was watched is worth nothing (RFC 6238 §5.2)."""
    secret, _ = enrolled(knowledge, zhang)
    later(knowledge)
    code = code_of(secret, knowledge.clock())
    assert zhang.post(f"{ROOM}/codes", {"present": code}).status_code == 200
    again = zhang.post(f"{ROOM}/remove", {"present": code})
    assert again.status_code == 400
    assert "已经用过" in again.text


def test_guesses_are_counted(knowledge, zhang):
    """Six digits withstand no machine that may try for ever."""
    enrolled(knowledge, zhang)
    answers = [zhang.post(f"{ROOM}/remove", {"present": f"{n:06}"}).status_code for n in range(6)]
    assert answers == [400] * 5 + [429]


@pytest.mark.parametrize("page", ["new", "remove", "codes"])
def test_each_change_needs_a_password_proven_lately(knowledge, zhang, page):
    """Ten minutes after it, reading and posting alike lead to the proof first."""
    enrolled(knowledge, zhang)
    later(knowledge, 601)
    for answer in (zhang.get(f"{ROOM}/{page}"), zhang.post(f"{ROOM}/{page}", {"present": "1"})):
        assert answer.headers["location"] == f"/account/prove?next={ROOM}/{page}"


def test_a_person_of_another_directory_is_told(knowledge, zhang):
    """There is no row to hang a factor on."""
    with knowledge.store.write() as unit:
        unit.session.delete(unit.session.get(PersonRow, zhang.subject))
    assert "另一目录" in zhang.get(ROOM).text
    answer = zhang.get(f"{ROOM}/new")
    assert answer.status_code == 409
    assert "AC-105" in answer.text
    with knowledge.store.read() as session:
        assert session.get(SecondFactorRow, zhang.subject) is None
