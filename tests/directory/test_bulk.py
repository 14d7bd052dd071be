import base64

from directory import bulk, endpoints, people
from directory.backends.connection import BindOutcome
from directory.people import NewPerson
from directory.publication import Publisher
from tests.support.directory_server import SUFFIX
from tests.support.published import City, own_pool
from tests.support.registry import ACTOR, add_active, build_city

VERIFIER = b"{SSHA}rWL24KdR+qjYHRP4OyOCtvNMJSUxMjM0NTY3OA=="  # of "right password"


def test_the_whole_registry_is_loaded_at_once(sqlite_store, make_directory):
    """LDIF for slapadd leads to the same tree as publication, with passwords, and empties the outbox."""
    several = [NewPerson(login=f"p{number}", name="\U00020bb7", unit="court") for number in range(50)]
    with sqlite_store.write() as unit:
        build_city(unit)
        owner = add_active(unit, "张三", name="阿依古丽·买买提", title="科员")
        people.add_many(unit, ACTOR, several)
        endpoints.add(unit, ACTOR, hardware="00:11:22:33:44:55", name="打印机", kind="printer", owner=owner)
    directory = make_directory()
    directory.prepare()
    newest = bulk.newest_row(sqlite_store)
    ldif = "".join(bulk.ldif_of(sqlite_store, SUFFIX, {owner: VERIFIER}))
    directory._child.tool("add", ["-q", "-w", "-b", SUFFIX], ldif.encode())
    with sqlite_store.write() as unit:
        people.change(unit, ACTOR, owner, title="科长")  # came while the load ran
    with sqlite_store.write() as unit:
        bulk.loaded(unit, newest)
    directory.start()
    with own_pool(directory) as pool:
        city = City(sqlite_store, pool, Publisher(sqlite_store, pool, SUFFIX))
        assert [row[:2] for row in city.outbox()] == [("person", owner)]
        assert city.publisher.run_once() == (1, 0)
        assert city.tree() == city.wanted()
        assert pool.bind_as(city.person(owner, "uid")[0], b"right password") is BindOutcome.PROVEN


def test_a_line_of_ldif():
    """A value that is not a SAFE-STRING, or ends in a space, is base64 (RFC 2849)."""
    assert bulk._line("cn", b"Zhang San") == "cn: Zhang San\n"
    for value in ("张".encode(), b" x", b"x ", b":x", b"<x", b"a\nb", b"a\x00", b""):
        assert bulk._line("cn", value) == f"cn:: {base64.b64encode(value).decode()}\n"
