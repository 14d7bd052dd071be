from hypothesis import given, settings
from hypothesis import strategies as st

from directory import entries
from directory.backends.connection import escape_rdn
from directory.registry import EndpointRow, PersonRow, UnitRow

SUFFIX = "dc=truename,dc=internal"


def person(**more):
    fields = {
        "subject": "p-aaaaaaaaaaaaaaaa",
        "login": "ayiguli",
        "name": "阿依古丽·买买提",
        "unit": "north",
        "state": "active",
        "category": "staff",
        "mail": None,
        "title": None,
        "telephone": None,
        "valid_from": None,
        "valid_until": None,
        "zones": "",
        "session_limit": None,
        "assurance": 1,
    }
    return PersonRow(**fields | more)


def test_units_are_nested_by_code():
    """The RDN of a unit is its code, below its parent's (rnOrgCode)."""
    parents = {"yz": None, "north": "yz"}
    assert entries.unit_dn(parents, "north", SUFFIX) == f"rnOrgCode=north,rnOrgCode=yz,ou=orgs,{SUFFIX}"
    row = UnitRow(code="north", name="北山镇", kind="town", parent="yz", created_at=0.0)
    entry = entries.unit_entry(row, entries.unit_dn(parents, "yz", SUFFIX))
    assert entry.dn == entries.unit_dn(parents, "north", SUFFIX)
    assert entry.attributes["ou"] == ("北山镇".encode(),)


def test_a_person_sits_in_the_unit_until_preserved():
    """People are below their unit; who is preserved is taken out of the tree."""
    parents = {"north": None}
    assert entries.person_superior(person(), parents, SUFFIX) == f"rnOrgCode=north,ou=orgs,{SUFFIX}"
    assert entries.person_superior(person(state="preserved"), parents, SUFFIX) == f"ou=preserved,{SUFFIX}"


def test_a_person_is_published_with_state_validity_and_rights():
    """Times are GeneralizedTime in UTC (RFC 4517 §3.3.13), rights one value each, what is absent has no value."""
    row = person(valid_until=86400.0, zones="internet,public", session_limit=2)
    entry = entries.person_entry(row, "x")
    assert entry.attributes["rnValidUntil"] == (b"19700102000000Z",)
    assert entry.attributes["rnZone"] == (b"internet", b"public")
    assert entry.attributes["rnSessionLimit"] == (b"2",)
    assert not {"mail", "title", "rnValidFrom"} & set(entry.attributes)
    assert entries.person_entry(row, "x", "suspended").attributes["rnStatus"] == (b"suspended",)


def test_an_endpoint_names_who_answers():
    """An endpoint is below ou=devices under its id, with hardware address and owner."""
    row = EndpointRow(
        subject="e-a", hardware="00:11:22:33:44:55", name="打印机", kind="printer", owner="p-a", unit="north",
        state="active", valid_until=None, zones="",
    )  # fmt: skip
    entry = entries.endpoint_entry(row, SUFFIX)
    assert entry.dn == f"rnSubjectId=e-a,ou=devices,{SUFFIX}"
    assert (entry.attributes["macAddress"], entry.attributes["rnOwnerId"]) == ((b"00:11:22:33:44:55",), (b"p-a",))


def test_only_what_differs_is_written():
    """Order and foreign attributes are no difference; values too many are taken away, classes only added."""
    entry = entries.person_entry(person(zones="a,b"), "x")
    found = {name: list(values) for name, values in entry.attributes.items()}
    found["objectClass"] = [*(each.encode() for each in entry.classes), b"rnAdminAccount"]
    found |= {"rnZone": [b"b", b"a"], "userPassword": [b"secret"], "description": [b"x"]}
    assert entries.difference(entry, found) == {}
    found |= {"title": [b"x"], "cn": [b"other"], "uid": [b"AYIGULI"]}
    assert entries.difference(entry, found) == {"title": [], "cn": list(entry.attributes["cn"])}
    del found["objectClass"][-2]
    assert entries.difference(entry, found)["objectClass"][-1] == b"rnPerson"
    assert b"rnAdminAccount" in entries.difference(entry, found)["objectClass"]


def test_a_name_has_many_spellings():
    """Case, space after a comma and escapes do not make another DN (RFC 4514 §2.4, §3)."""
    one = "uid=张三,rnOrgCode=north,ou=orgs,dc=x"
    assert entries.same_dn(one, r"UID=\E5\BC\A0\E4\B8\89, rnorgcode=North,OU=orgs,dc=X")
    assert not entries.same_dn(one, "uid=张三,ou=orgs,dc=x")
    assert entries.dn_parts(r"cn=a\,b\=c,dc=x") == [("cn", "a,b=c"), ("dc", "x")]


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20))
@settings(max_examples=100, deadline=None)
def test_an_escaped_value_is_read_back(value):
    """Whatever is escaped for a DN is one RDN, and its value comes back (folded)."""
    assert entries.dn_parts(f"cn={escape_rdn(value)},dc=x") == [("cn", value.casefold()), ("dc", "x")]


@given(st.text(max_size=60))
@settings(max_examples=100, deadline=None)
def test_any_text_as_a_name(text):
    """A DN that a server sent is taken apart without error, whatever it is."""
    assert all(isinstance(value, str) for _, value in entries.dn_parts(text))
