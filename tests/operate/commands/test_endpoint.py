"""The noun `endpoint`."""


def test_an_endpoint_is_added_in_any_spelling_and_retired(operator):
    """A hardware address is kept in one spelling and found in each."""
    operator.town()
    operator.done("endpoint", "add", "A8BB.CC11.2233", "二楼打印机", "--owner", "zhangsan", "--kind", "printer")

    (row,) = operator.data("endpoint", "list", "--owner", "zhangsan")
    assert (row["hardware"], row["owner"], row["unit"]) == ("a8:bb:cc:11:22:33", "zhangsan", "north")
    operator.done("endpoint", "retire", "a8-bb-cc-11-22-33")
    assert operator.data("endpoint", "list")[0]["state"] == "left"


def test_what_is_no_hardware_address_is_refused(operator):
    """A slip is a usage error, with an example."""
    operator.town()

    said = operator("endpoint", "add", "printer-1", "打印机", "--owner", "zhangsan", "--kind", "printer", lang="zh")

    assert said.exit_code == 2
    assert "aa:bb:cc:dd:ee:ff" in said.err
    assert operator("endpoint", "retire", "printer-1").exit_code == 1


def test_endpoints_of_a_leaver_are_suspended(operator):
    """Nobody answers for them then."""
    operator.town()
    operator.done("endpoint", "add", "a8bbcc112233", "摄像头", "--owner", "ayi", "--kind", "camera", "--until", "30d")
    operator.done("person", "end", "ayi", "--yes")

    assert operator.data("endpoint", "list", "--unit", "city")[0]["state"] == "suspended"
