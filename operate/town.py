"""Qingshui, the made-up town of the demo: units, people, endpoints, zones and rules. The same town every time."""

from collections.abc import Iterable, Iterator
from itertools import islice
from random import Random
from typing import NamedTuple

from access import rules, zones
from access.decision import Zone
from access.rulebook import ENDPOINT, UNKNOWN
from directory import endpoints, people, units
from directory.people import NewPerson
from operate.town_names import REMARKABLE, Resident, ordinary
from store.engine import Unit

ACTOR = "demo"
OPEN = "zhangwei"  # active staff of the city's office: gets a VLAN wherever a cable is
SUSPENDED = "liting"
PEOPLE = 200
_DAY = 86400.0  # seconds
_MBIT = 1_000_000  # bit/s

_CITY = "qingshui"
_DEPARTMENTS = (
    ("party", "市委办公室"),
    ("congress", "市人大常委会办公室"),
    ("office", "市政府办公室"),
    ("cppcc", "市政协办公室"),
    ("court", "市人民法院"),
    ("procuratorate", "市人民检察院"),
    ("finance", "市财政局"),
    ("education", "市教育局"),
)
_PLACES = (
    ("beishan", "北山镇", "town", ("北山社区", "石桥村", "杨树沟村", "上河村")),
    ("liulin", "柳林镇", "town", ("柳林社区", "东岭村", "双井村", "青石坪村")),
    ("hightech", "高新技术产业园区", "park", ("创业社区", "兴园社区", "科苑社区", "望江社区")),
    ("chengguan", "城关街道", "subdistrict", ("文昌社区", "南门社区", "鼓楼社区", "水西社区")),
)
# ACL numbers from 3000 to 3999 are user ACLs for Huawei, H3C, Ruijie and Cisco alike; Aruba wants a role instead.
_ZONES = (
    Zone(
        code="public",
        name="公用网络区",
        vlan="110",
        acl="3110",
        session_timeout=28800,
        interim=600,
        message="已接入公用网络区。",
    ),
    Zone(
        code="dedicated",
        name="专用网络区",
        vlan="120",
        acl="3120",
        session_timeout=14400,
        idle_timeout=900,
        interim=300,
        message="已接入专用网络区，不能同时访问互联网。",
        reaches=frozenset({"public"}),
    ),
    Zone(
        code="internet",
        name="互联网接入区",
        vlan="130",
        acl="3130",
        rate_up=20 * _MBIT,
        rate_down=50 * _MBIT,
        session_timeout=28800,
        idle_timeout=3600,
        interim=600,
        message="已接入互联网接入区。",
        reaches=frozenset({"public"}),
        excludes=frozenset({"dedicated"}),
    ),
    Zone(
        code="portal",
        name="认证引导区",
        vlan="199",
        session_timeout=1800,
        interim=600,
        redirect_url="https://portal.qingshui.internal/",
        redirect_acl="3199",
        message="设备尚未登记，请打开浏览器登录。",
    ),
)
_TITLES = ("主任", "副主任", "科长", "科员", "书记", "网格员", "会计", "文书", None)
_CATEGORIES = ("staff", "staff", "staff", "staff", "contract", "contract", "seconded", "vendor", "visitor")


class Town(NamedTuple):
    """What was built: how many of each."""

    units: int
    people: int
    endpoints: int
    zones: int
    rules: int


def build_town(unit: Unit, random: Random) -> Town:
    """Build the town into an empty registry. The same `random` gives the same town; it has no password in it."""
    places = _add_units(unit)
    _add_zones(unit)
    counted = _add_rules(unit)
    subjects = _add_people(unit, random, places)
    devices = _add_endpoints(unit, random, places)
    return Town(len(places) + 1, len(subjects), devices, len(_ZONES), counted)


def _add_units(unit: Unit) -> list[str]:
    """Add three levels; return the codes of all units in which people work."""
    units.add(unit, ACTOR, code=_CITY, name="清水市", kind="city")
    places = []
    for code, name in _DEPARTMENTS:
        places.append(units.add(unit, ACTOR, code=code, name=name, kind="department", parent=_CITY))
    for code, name, kind, communities in _PLACES:
        places.append(units.add(unit, ACTOR, code=code, name=name, kind=kind, parent=_CITY))
        for number, community in enumerate(communities, 1):
            below = f"{code}-{number}"
            places.append(units.add(unit, ACTOR, code=below, name=community, kind="community", parent=code))
    return places


def _add_zones(unit: Unit) -> None:
    for zone in _ZONES:
        zones.add(unit, ACTOR, zone)


def _add_rules(unit: Unit) -> int:
    """Add the rules in order: the first whose conditions all hold decides."""
    made = (
        rules.add(unit, ACTOR, name="未登记的设备转到认证引导区", category=UNKNOWN, result="portal"),
        rules.add(
            unit, ACTOR, name="已登记的打印机、摄像头进公用区", category=ENDPOINT, right="public", result="public"
        ),
        rules.add(unit, ACTOR, name="专用区：有权限，且须强认证", right="dedicated", strength=2, result="dedicated"),
        rules.add(unit, ACTOR, name="互联网：凭个人权限", right="internet", result="internet"),
        rules.add(unit, ACTOR, name="在职人员默认进公用区", category="staff,contract,seconded", result="public"),
        rules.add(
            unit, ACTOR, name="外来人员凭权限进公用区", category="vendor,visitor", right="public", result="public"
        ),
    )
    return len(made)


def _residents(random: Random) -> Iterator[Resident]:
    yield Resident(OPEN, "张伟")
    yield Resident(SUSPENDED, "李婷")
    yield from REMARKABLE
    taken = {OPEN, SUSPENDED, *(each.login for each in REMARKABLE)}
    yield from ordinary(random, taken)


def _add_people(unit: Unit, random: Random, places: list[str]) -> list[str]:
    subjects = []
    for index, resident in enumerate(islice(_residents(random), PEOPLE)):
        person = _person(resident, index, random, places)
        subject = people.add(unit, ACTOR, person, octets=random.randbytes(10))
        subjects.append(subject)
        if index % 50 == 40:
            continue  # a draft: the real name is not verified yet
        people.release(unit, ACTOR, subject, assurance=random.choice((1, 1, 2, 3)))
        if resident.login == SUSPENDED or index % 50 == 41:
            people.suspend(unit, ACTOR, subject)
        elif index % 50 == 42:
            people.end(unit, ACTOR, subject)
        elif index % 50 == 43:
            people.change(unit, ACTOR, subject, valid_until=unit.now - _DAY)
        elif index % 50 == 44:
            people.change(unit, ACTOR, subject, valid_from=unit.now + 30 * _DAY)
    return subjects


def _person(resident: Resident, index: int, random: Random, places: list[str]) -> NewPerson:
    rights = {"public"}
    known = resident.login in (OPEN, SUSPENDED)
    category = "staff" if known or index < len(places) else random.choice(_CATEGORIES)
    if known or index % 3 == 0:
        rights.add("internet")
    if index % 20 == 7 and category == "staff":
        rights.add("dedicated")
    return NewPerson(
        login=resident.login,
        name=resident.name,
        unit="office" if known else places[index % len(places)],
        category=category,
        mail=f"{resident.login}@qingshui.example",
        title=random.choice(_TITLES),
        telephone=f"8{index:03d}",  # an extension
        zones=frozenset(rights),
        session_limit=2 if index % 10 == 9 else None,
    )


def _add_endpoints(unit: Unit, random: Random, places: Iterable[str]) -> int:
    """Give every second unit a printer, every community a camera; somebody active there answers for them."""
    added = 0
    for index, place in enumerate(places):
        owner = next((each.subject for each in people.search(unit.session, unit=place) if each.state == "active"), None)
        wanted = ("printer", "打印机") if index % 2 == 0 else ("camera", "摄像头")
        if owner is None or (wanted[0] == "camera" and "-" not in place):
            continue
        name = f"{units.find(unit.session, place).name}{wanted[1]}"
        endpoints.add(
            unit,
            ACTOR,
            hardware=f"00:00:5e:00:53:{added:02x}",  # set aside for documentation (RFC 7042 §2.1.2)
            name=name,
            kind=wanted[0],
            owner=owner,
            home=place,
            valid_until=unit.now + 365 * _DAY,
            zones=["public"],
            octets=random.randbytes(10),
        )
        added += 1
    return added
