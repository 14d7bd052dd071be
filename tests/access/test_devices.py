"""Network devices: the records, the secrets, the inbox."""

from ipaddress import ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from access import devices
from access.device_table import DeviceTable, plain_address
from access.devices import canonical_prefix, load_devices
from access.malformed import DeviceMalformed
from access.tables import DeviceRow
from store.changes import ChangeRow
from store.engine import Store
from store.record import ActRow
from store.sealing import Sealer

SWITCH = {"name": "北山-1", "prefix": "192.0.2.1", "vendor": "huawei"}


@pytest.fixture
def sealer(store: Store, tmp_path) -> Sealer:
    Sealer.create(tmp_path / "master.key")
    return Sealer.load(tmp_path / "master.key", store)


def loaded(store: Store, sealer: Sealer) -> DeviceTable:
    with store.read() as session:
        return load_devices(session, sealer)


@settings(max_examples=200, deadline=None)
@given(
    st.text(max_size=50) | st.ip_addresses().map(str) | st.from_regex(r"[0-9a-f:.]{1,20}/[0-9]{1,3}", fullmatch=True)
)
def test_any_prefix_is_read_or_refused(text: str):
    """Accept, or raise the one error, nothing else; what is accepted is canonical."""
    try:
        kept = canonical_prefix(text)
    except DeviceMalformed:
        return
    assert canonical_prefix(kept) == kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("192.0.2.1", "192.0.2.1/32"),
        (" 10.0.0.0/8 ", "10.0.0.0/8"),
        ("::ffff:192.0.2.0/120", "192.0.2.0/24"),
        ("2001:DB8::/64", "2001:db8::/64"),
        ("192.0.2.1/24", None),
        ("0.0.0.0/0", None),
        ("::/0", None),
        ("10.0.0.0/7", None),
        ("switch.example", None),
    ],
)
def test_prefixes(text: str, kept: str | None):
    """Host bits are a slip, and half the world is no device."""
    if kept is None:
        with pytest.raises(DeviceMalformed):
            canonical_prefix(text)
    else:
        assert canonical_prefix(text) == kept


def test_a_secret_is_drawn_shown_once_and_sealed(store: Store, sealer: Sealer):
    """At least 24 random characters; the database and the record of acts show nothing of them."""
    with store.write() as unit:
        number, secret = devices.add(unit, "admin", sealer, **SWITCH)
        other = devices.add(unit, "admin", sealer, name="b", prefix="192.0.2.2", vendor="h3c")[1]
    assert len(secret) >= 24
    assert secret != other
    device = loaded(store, sealer).find("192.0.2.1")
    assert device is not None
    assert (device.number, device.secrets, device.require, device.limit) == (number, (secret.encode(),), "auto", "auto")
    with store.read() as session:
        row = session.get(DeviceRow, number)
        assert secret.encode() not in row.secret
        acts = session.execute(select(ActRow.actor, ActRow.act, ActRow.subject, ActRow.after)).all()
        assert acts[0][:3] == ("admin", "device.add", str(number))
        assert all(secret not in act.after for act in acts)
        assert (("device", str(number))) in session.execute(select(ChangeRow.kind, ChangeRow.subject)).all()


def test_two_secrets_while_rotating(store: Store, sealer: Sealer):
    """Both are valid until the rotation is finished, then only the new one."""
    with store.write() as unit:
        number, old = devices.add(unit, "admin", sealer, **SWITCH)
        with pytest.raises(DeviceMalformed):
            devices.finish_rotation(unit, "admin", sealer, number)
    with store.write() as unit:
        new = devices.rotate_secret(unit, "admin", sealer, number)
    device = loaded(store, sealer).by_number(number)
    assert device is not None
    assert device.secrets == (old.encode(), new.encode())
    with store.write() as unit:
        devices.finish_rotation(unit, "admin", sealer, number)
    device = loaded(store, sealer).by_number(number)
    assert device is not None
    assert device.secrets == (new.encode(),)


def test_a_secret_of_another_row_does_not_open(sqlite_store: Store, tmp_path):
    """A sealed secret that was copied to another device is left out, and the others are served."""
    store = sqlite_store
    Sealer.create(tmp_path / "master.key")
    sealer = Sealer.load(tmp_path / "master.key", store)
    with store.write() as unit:
        first, _ = devices.add(unit, "admin", sealer, **SWITCH)
        second, _ = devices.add(unit, "admin", sealer, name="b", prefix="192.0.2.2", vendor="h3c")
        unit.session.flush()
        unit.session.execute(
            text("UPDATE device SET secret = (SELECT secret FROM device WHERE number = :a) WHERE number = :b"),
            {"a": first, "b": second},
        )
    known = loaded(store, sealer)
    assert [device.number for device in known.all()] == [first]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "a,b"),
        ("name", "a\nb"),
        ("name", "x" * 101),
        ("prefix", "192.0.2.1/24"),
        ("vendor", "../x"),
        ("vendor", "nobody"),
        ("require", "maybe"),
        ("limit", ""),
        ("dynauth_port", 65536),
        ("dynauth_address", "here"),
        ("group", "a\x00"),
    ],
)
def test_refused_fields(sqlite_store: Store, tmp_path, field: str, value: object):
    """What is not acceptable names its field, when a device is added and when it is changed."""
    Sealer.create(tmp_path / "master.key")
    sealer = Sealer.load(tmp_path / "master.key", sqlite_store)
    with sqlite_store.write() as unit:
        with pytest.raises(DeviceMalformed) as refused:
            devices.add(unit, "admin", sealer, {"huawei", "h3c"}, **{**SWITCH, field: value})
        assert refused.value.field == field
        number, _ = devices.add(unit, "admin", sealer, {"huawei"}, **SWITCH)
        with pytest.raises(DeviceMalformed) as refused:
            devices.change(unit, "admin", number, {"huawei", "h3c"}, **{field: value})
        assert refused.value.field == field


def test_names_and_prefixes_are_taken_once(store: Store, sealer: Sealer):
    """No two devices share a name or a prefix, however it is spelled."""
    with store.write() as unit:
        number, _ = devices.add(unit, "admin", sealer, **SWITCH)
        for told in ({"name": SWITCH["name"]}, {"prefix": "::ffff:192.0.2.1"}):
            with pytest.raises(DeviceMalformed) as refused:
                devices.add(unit, "admin", sealer, **{"name": "b", "prefix": "10.0.0.1", "vendor": "h3c", **told})
            assert refused.value.field == next(iter(told))
        devices.change(unit, "admin", number, name=SWITCH["name"], site="大厅")


def test_change_and_remove(store: Store, sealer: Sealer):
    """A disabled device is not loaded; a removed one's number is never given again."""
    with store.write() as unit:
        number, _ = devices.add(unit, "admin", sealer, **SWITCH)
        devices.change(unit, "admin", number, group="core", require="yes", dynauth_address="::ffff:10.0.0.9")
    device = loaded(store, sealer).by_number(number)
    assert device is not None
    assert (device.group, device.require, device.dynauth_address) == ("core", "yes", "10.0.0.9")
    with store.write() as unit:
        devices.change(unit, "admin", number, enabled=False)
    assert len(loaded(store, sealer)) == 0
    with store.write() as unit:
        assert devices.find(unit.session, SWITCH["name"]).number == number
        assert devices.find(unit.session, str(number)).number == number
        devices.remove(unit, "admin", number)
    with store.write() as unit:
        with pytest.raises(DeviceMalformed):
            devices.find(unit.session, str(number))
        with pytest.raises(DeviceMalformed):
            devices.remove(unit, "admin", number)
        assert devices.add(unit, "admin", sealer, **SWITCH)[0] > number


def test_a_device_that_signed_is_held_to_it(store: Store, sealer: Sealer):
    """CVE-2024-3596: what auto saw survives a restart, and `signed` is only taken back by an operator."""
    with store.write() as unit:
        number, _ = devices.add(unit, "admin", sealer, **SWITCH)
        assert devices.record_observed(unit, number, "unsigned")
        assert not devices.record_observed(unit, number, "unsigned")
        assert devices.record_observed(unit, number, "signed")
        assert not devices.record_observed(unit, number, "unsigned")
        assert not devices.record_observed(unit, number + 1, "unsigned")
    device = loaded(store, sealer).by_number(number)
    assert device is not None
    assert device.observed == "signed"
    with store.write() as unit:
        devices.forget_observed(unit, "admin", number)
        assert devices.record_observed(unit, number, "unsigned")


def test_the_inbox(store: Store, sealer: Sealer, monkeypatch: pytest.MonkeyPatch):
    """Unknown sources are counted by address, the oldest go first, and a registered device leaves the inbox."""
    with store.write() as unit:
        devices.remember_unknown(unit, {"192.0.2.1": 2, "::ffff:192.0.2.1": 1, "2001:db8::1": 1, "nonsense": 5})
        devices.remember_unknown(unit, {})
    with store.write() as unit:
        devices.remember_unknown(unit, {"192.0.2.1": 4, "192.0.2.7": 1})
    with store.read() as session:
        found = devices.unknown_sources(session)
        assert {(each.address, each.packets) for each in found} == {
            ("192.0.2.1", 7), ("2001:db8::1", 1), ("192.0.2.7", 1),
        }  # fmt: skip
        assert found[-1].address == "2001:db8::1"
        assert all(each.first_at <= each.last_at for each in found)
    with store.write() as unit:
        devices.add(unit, "admin", sealer, **SWITCH)
    with store.write() as unit:
        devices.add(unit, "admin", sealer, name="b", prefix="2001:db8::/64", vendor="h3c")
    monkeypatch.setattr(devices, "MOST_UNKNOWN_SOURCES", 3)
    with store.write() as unit:
        devices.remember_unknown(unit, {f"10.0.0.{number}": 1 for number in range(3)})
    with store.read() as session:
        assert {each.address for each in devices.unknown_sources(session)} == {"10.0.0.0", "10.0.0.1", "10.0.0.2"}
    assert ip_address("10.0.0.0") == plain_address("::ffff:10.0.0.0%1")


def test_a_rotation_can_be_given_up(store: Store, sealer: Sealer):
    """The first secret stays the only one; where none was begun there is nothing to give up."""
    with store.write() as unit:
        number, secret = devices.add(unit, "test", sealer, **SWITCH)
        devices.rotate_secret(unit, "test", sealer, number)
        devices.cancel_rotation(unit, "test", number)
    assert [device.secrets for device in loaded(store, sealer).all()] == [(secret.encode(),)]
    with pytest.raises(DeviceMalformed), store.write() as unit:
        devices.cancel_rotation(unit, "test", number)


@pytest.mark.parametrize(
    ("require", "observed", "state"),
    [
        ("yes", "unsigned", "safe"),
        ("auto", "signed", "safe"),
        ("auto", "", "unseen"),
        ("auto", "mixed", "exposed"),
        ("no", "signed", "exposed"),
    ],
)
def test_protection_is_known_from_the_record(require: str, observed: str, state: str):
    """CVE-2024-3596: required, or seen to sign while that decides."""
    assert devices.protection(DeviceRow(require_message_authenticator=require, observed=observed)) == state


def test_a_device_that_was_heard_before_it_was_registered_waits_for_nobody(store, sealer):
    """A worker counts for two seconds before it tells: by then the source may be a device."""
    with store.write() as unit:
        devices.add(unit, "test", sealer, name="late", prefix="192.0.2.77", vendor="standard")
        devices.remember_unknown(unit, {"192.0.2.77": 3, "192.0.2.78": 1})
        assert [each.address for each in devices.unknown_sources(unit.session)] == ["192.0.2.78"]
