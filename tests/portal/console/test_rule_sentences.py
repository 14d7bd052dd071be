"""Rules as sentences."""

import pytest

from portal.console.rule_sentences import Names, result_name, sentence
from tests.access.builders import rule

NAMES = Names({"office": "公用网络区", "dedicated": "专用区"}, {"court": "法院"}, {"P1": "张伟"})


@pytest.mark.parametrize(
    ("told", "chinese", "english"),
    [
        ({}, "所有实名人员 → 公用网络区", "Everybody with a verified name → 公用网络区"),
        (
            {"category": "staff", "medium": "wired"},
            "在编人员，在有线端口 → 公用网络区",
            "Staff, on wired ports → 公用网络区",
        ),
        (
            {"category": "unknown,endpoint", "result": "refuse"},
            "已登记的设备、未登记的设备 → 拒绝",
            "Registered devices, unregistered devices → refused",
        ),
        (
            {"unit": "court", "category": "contract", "right": "dedicated", "strength": 2},
            "法院（含下级）的聘用人员，持有“专用区”权限，双因素或证书认证 → 公用网络区",
            "Contract staff of 法院 and below with the right to 专用区, a second factor or a certificate → 公用网络区",
        ),
        (
            {
                "person": "P1,P9",
                "ssid": "gov",
                "site": "北山",
                "device_group": "access",
                "hours": "mon-fri 08:00-18:00",
            },
            "张伟、P9，无线网络“gov”，经设备组“access”，在地点“北山”，周一至周五 08:00-18:00 → 公用网络区",
            "张伟, P9, SSID gov, through devices of group access, at 北山, mon-fri 08:00-18:00 → 公用网络区",
        ),
        (
            {"method": "mac", "strength": 1},
            "所有实名人员，以设备地址登录，至少密码认证 → 公用网络区",
            "Everybody with a verified name, logged in by hardware address, with at least a password → 公用网络区",
        ),
    ],
)
def test_a_rule_reads_as_a_sentence_in_both_languages(told, chinese, english):
    """Who, where, how and when, and into which zone."""
    assert sentence(rule(1, **told), NAMES) == (chinese, english)


def test_long_lists_are_cut():
    """Six names, and how many there are."""
    said = sentence(rule(1, site=",".join(f"s{number}" for number in range(9))), NAMES)
    assert "s5 等 9 个" in said.chinese
    assert "s5 and 3 more" in said.english


def test_braces_in_names_are_no_places_to_fill():
    """What an administrator typed is said as it is."""
    assert "{x}" in sentence(rule(1, ssid="{x}"), NAMES).chinese
    assert result_name("gone", NAMES).chinese == "gone"
    assert result_name(None, NAMES).english == "refused"
