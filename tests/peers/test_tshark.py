"""tshark reads what the running product sent, with the device's secret: an independent judge of every octet."""

import pytest

from directory.passwords import hash_new
from tests.support.product import until
from tests.support.tshark import first_attribute, read_with_tshark, texts

PERSON, PASSWORD = "wireshark", "Haifisch 一"
ACCEPT, REJECT, ACCOUNTED = "2", "3", "5"


@pytest.fixture(scope="module")
def switch(product):
    """A switch, and a person whom every worker lets in with PAP, CHAP and MS-CHAPv2."""
    product.person(PERSON, b"{CLEARTEXT}" + PASSWORD.encode())
    product.person("wireshark-argon", hash_new(PASSWORD))
    one = product.switch()
    for make in (one.pap, one.mschapv2):
        until(lambda make=make: all(one.ask(make(PERSON, PASSWORD), product.auth).code == 2 for _ in range(4)))
    return one


def requests(switch):
    """One request of each kind at the authentication door, with the code of its answer."""
    return {
        "accept": (switch.pap(PERSON, PASSWORD), ACCEPT),
        "accept-unknown-hardware": (switch.mac("02aabbccdd31", "02-AA-BB-CC-DD-31"), ACCEPT),
        "accept-mschapv2": (switch.mschapv2(PERSON, PASSWORD), ACCEPT),
        "accept-chap": (switch.chap(PERSON, PASSWORD), ACCEPT),
        "reject-password": (switch.pap(PERSON, "wrong", [(31, b"02-00-00-00-31-31")]), REJECT),
        "reject-mschapv2": (switch.mschapv2(PERSON, "wrong"), REJECT),
        "reject-method": (switch.chap("wireshark-argon", PASSWORD), REJECT),
        "reject-eap": (eap(switch), REJECT),
        "proxied": (switch.pap(PERSON, PASSWORD, [(33, b"\x00one"), (33, b"two\xff")]), ACCEPT),
        "status": (switch.status(), ACCEPT),
    }


def eap(switch):
    """An EAP identity (RFC 3579 §3.1)."""
    packet = bytes((2, 9, 0, 8, 1)) + b"who"
    return switch.request(1, [(1, b"who"), (79, packet), *switch.identity], switch._authenticator())


@pytest.fixture(scope="module")
def read(product, switch, tmp_path_factory):
    """What tshark makes of all these exchanges: name → layer of the answer."""
    asked, exchanges = requests(switch), []
    for name, (request, code) in asked.items():
        answer = switch.ask(request, product.auth)
        assert str(answer.code) == code, name
        exchanges.append((request, answer.octets))
    layers = read_with_tshark(tmp_path_factory.mktemp("tshark"), exchanges, product.secret.decode(), 1812)
    return dict(zip(asked, layers[1::2], strict=True))


def authenticator(layer):
    """What tshark says of the authenticator of an answer: "1" for right."""
    return layer["radius.authenticator_tree"]["radius.authenticator.valid"]


def test_every_answer_is_valid_and_signed_in_front(read):
    """RFC 2865 §3: the Response Authenticator is right; CVE-2024-3596: Message-Authenticator comes first."""
    # tshark pairs a Status-Server with no answer, and so checks none.
    assert {authenticator(layer) for name, layer in read.items() if name != "status"} == {"1"}
    assert {name: first_attribute(layer) for name, layer in read.items()} == dict.fromkeys(read, "80")


@pytest.mark.parametrize(
    ("name", "vlan"), [("accept", "130"), ("accept-mschapv2", "130"), ("accept-unknown-hardware", "199")]
)
def test_the_vlan_is_read(read, name, vlan):
    """RFC 3580 §3.31: Tunnel-Type VLAN over IEEE-802, and the number."""
    fields = read[name]["Attribute Value Pairs"]["radius.avp_tree"]
    found = {key: value for each in fields for key, value in each.items()}

    assert (found["radius.Tunnel_Type"], found["radius.Tunnel_Medium_Type"]) == ("13", "6")
    assert found["radius.Tunnel_Private_Group_Id"] == vlan


def test_words_are_read_as_utf_8(read):
    """RFC 2865 §5.18: the sentence of a refusal arrives in Chinese and English, with its code."""
    said = texts(read["reject-password"])

    assert "用户名或密码不正确" in said
    assert "TN-102" in said


def test_keys_and_success_of_mschapv2_are_read(read):
    """RFC 2548 §2.3.3, §2.4: success message, and two keys."""
    said = texts(read["accept-mschapv2"])

    assert "MS_CHAP2_Success" in said
    assert "MS_MPPE_Send_Key" in said
    assert "MS_MPPE_Recv_Key" in said
    assert "E=691" in texts(read["reject-mschapv2"])


def test_an_eap_failure_is_read(read):
    """RFC 3579 §2.6.3: the refusal of EAP carries EAP-Failure with the peer's Identifier."""
    layer = read["reject-eap"]

    assert '"eap.code": "4", "eap.id": "9"' in texts(layer)
    assert "Reply_Message" not in texts(layer)


def test_accounting_is_valid(product, switch, tmp_path):
    """RFC 2866 §3: both authenticators of an accounting exchange are right."""
    exchanges = []
    for request in (switch.accounting(1, "tshark"), switch.accounting(2, "tshark")):
        answer = switch.ask(request, product.acct)
        assert str(answer.code) == ACCOUNTED
        exchanges.append((request, answer.octets))
    layers = read_with_tshark(tmp_path, exchanges, product.secret.decode(), 1813)

    assert [layer["radius.code"] for layer in layers] == ["4", "5", "4", "5"]
    assert [authenticator(layer) for layer in layers[1::2]] == ["1", "1"]


def test_a_falsified_answer_is_noticed(product, switch, tmp_path):
    """The judge does judge: one octet changed, and tshark says that the authenticator is wrong."""
    request = switch.pap(PERSON, PASSWORD)
    octets = bytearray(switch.ask(request, product.auth).octets)
    octets[-1] ^= 1

    _, layer = read_with_tshark(tmp_path, [(request, bytes(octets))], product.secret.decode(), 1812)

    assert authenticator(layer) == "0"
