"""Decision → octets (RFC 2865 §4.2, §4.3, RFC 3579, RFC 2548)."""

import hashlib

from access.decision import Zone
from access.evidence import place_of
from access.reasons import Reason
from radius.integrity import Secret
from radius.login import read_login
from radius.packet import parse
from radius.reply import accept, microsoft_error, microsoft_success, own_attributes, reject, zone_attributes
from tests.radius.builders import SECRET, device
from tests.support.switch import Switch, vendor


def asked(extra=()):
    """A login with its octets."""
    switch = Switch(SECRET)
    octets = switch.pap("liwei", "x", [(31, b"02-00-00-00-00-07"), *extra])
    return switch, octets, read_login(parse(octets), device(), place_of(device()), Secret(SECRET), frozenset())


def test_an_accept_puts_the_port_into_its_vlan():
    """RFC 3580 §3.31: Tunnel-Type 13, Tunnel-Medium-Type 6, Tunnel-Private-Group-Id."""
    switch, octets, request = asked()
    zone = Zone("public", "公用", vlan="110", acl="3001", session_timeout=3600, idle_timeout=600)
    answer = switch.read(accept(request, zone_attributes(zone, "standard", 600), b"class"), octets)

    assert (answer.code, answer.vlan, answer.first(25), answer.first(11)) == (2, "110", b"class", b"3001")
    assert answer.first(64)[-1] == 13
    assert answer.first(65)[-1] == 6
    assert (answer.first(27), answer.first(29)) == ((3600).to_bytes(4, "big"), (1).to_bytes(4, "big"))
    assert answer.first(85) == (600).to_bytes(4, "big"), "the city's interim where the zone names none"


def test_what_is_for_one_subject_is_rendered_for_it_alone():
    """A time or an address of one subject never comes out of what is kept for all."""
    zone = Zone("z", "z", session_timeout=60)
    kept = zone_attributes.cache_info().currsize
    ours = own_attributes(zone, "standard", 600)

    assert zone_attributes.cache_info().currsize == kept
    assert zone_attributes(zone, "standard", 600) == ours


def test_proxy_state_goes_back_unchanged_and_in_order():
    """RFC 2865 §5.33."""
    switch, octets, request = asked([(33, b"first"), (24, b"state"), (33, b"second")])
    for packet in (accept(request, b"", b"c"), reject(request, Reason.PASSWORD_WRONG)):
        answer = switch.read(packet, octets)

        assert [value for kind, value in answer.attributes if kind == 33] == [b"first", b"second"]


def test_a_reject_says_why_in_both_languages():
    """The person at the login window reads what to do; the text is ours and holds nothing that was sent."""
    switch, octets, request = asked()
    for reason in Reason:
        answer = switch.read(reject(request, reason), octets)
        text = "".join(value.decode() for kind, value in answer.attributes if kind == 18)

        assert reason.code in text
        assert reason.value.chinese in text
        assert "liwei" not in text


def test_an_eap_peer_gets_a_failure_and_no_words():
    """RFC 3579 §2.6.3, §2.6.5: EAP-Failure, and no Reply-Message beside it."""
    switch = Switch(SECRET)
    octets = switch.request(1, [(1, b"x"), (79, b"\x02\x07\x00\x04"), (32, b"s")], bytes(16))
    request = read_login(parse(octets), device(), place_of(device()), Secret(SECRET), frozenset())
    answer = switch.read(reject(request, request.refused), octets)

    assert (answer.code, answer.first(79), answer.first(18)) == (3, b"\x04\x07\x00\x04", None)


def test_a_long_message_of_a_zone_is_cut_into_pieces():
    """RFC 2865 §5.18: several Reply-Messages are shown one after the other."""
    switch, octets, request = asked()
    message = "欢迎" * 100
    attributes = zone_attributes(Zone("z", "z", message=message), "standard", 600)
    answer = switch.read(accept(request, attributes, b"c"), octets)

    assert b"".join(value for kind, value in answer.attributes if kind == 18).decode() == message


def test_microsoft_keys_can_be_read_with_the_secret():
    """RFC 2548 §2.4.2: salt with its first bit set, two different ones, key behind its length."""
    switch, octets, request = asked()
    body = microsoft_success(request, 5, b"S=" + b"0" * 40, (b"s" * 16, b"r" * 16), 0x7FFF)
    answer = switch.read(accept(request, b"", b"c", body), octets)
    hidden = {value[4]: value[6:] for kind, value in answer.attributes if kind == 26}

    assert hidden[26] == b"\x05S=" + b"0" * 40
    salts = {value[:2] for kind, value in hidden.items() if kind in (16, 17)}

    assert len(salts) == 2
    assert all(salt[0] & 0x80 for salt in salts)
    assert _unhide(hidden[16], octets[4:20]) == b"s" * 16
    assert _unhide(hidden[17], octets[4:20]) == b"r" * 16


def _unhide(value, authenticator):
    salt, cipher, plain, last = value[:2], value[2:], b"", authenticator + value[:2]
    assert len(salt) == 2
    for start in range(0, len(cipher), 16):
        stream = hashlib.md5(SECRET + last).digest()
        last = cipher[start : start + 16]
        plain += bytes(a ^ b for a, b in zip(last, stream, strict=True))
    return plain[1 : 1 + plain[0]]


def test_a_wrong_mschapv2_password_is_error_691():
    """RFC 2548 §2.1.5, RFC 2759 §6: no other try, a fresh challenge, version 3."""
    assert (
        microsoft_error(9, bytes(16)) == bytes((26, 57)) + vendor(311, 2, b"\x09E=691 R=0 C=" + b"0" * 32 + b" V=3")[1]
    )
