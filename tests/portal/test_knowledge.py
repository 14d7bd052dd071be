"""What every page may ask."""


def test_keys_differ_by_purpose_and_are_not_shown(knowledge):
    """A key made for one thing proves nothing elsewhere; the repr has no secret."""
    assert knowledge.key("form") != knowledge.key("invitation")
    assert len(knowledge.key("form")) == 32
    assert "secret" not in repr(knowledge)


def test_times_are_shown_in_the_citys_zone(knowledge):
    """As set in [access]."""
    assert knowledge.time_zone.key == "Asia/Shanghai"
