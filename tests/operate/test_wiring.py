"""How a process opens what it needs."""

import multiprocessing
import stat

import pytest

from directory.backends.connection import Credentials, DirectoryServer
from directory.backends.openldap import Follower
from directory.backends.polling import PollingFollower
from directory.login_record import AttributeNames
from directory.mirror import Mirror
from operate.settings import Settings
from operate.wiring import (
    CLASS_KEY,
    Reach,
    attribute_names,
    class_key,
    follow,
    load_knowledge,
    mirroring,
    open_sealer,
    publishing,
    redirect_key,
)


def _key(path, found):
    from operate.settings import Settings

    found.put(class_key(Settings.load(path)))


def test_all_workers_agree_on_the_key_of_class(new_product):
    """Several processes that start at once read one key, and nobody else can read it."""
    settings = new_product().settings
    context = multiprocessing.get_context("spawn")
    found = context.Queue()
    workers = [context.Process(target=_key, args=(settings.path, found)) for _ in range(3)]
    for worker in workers:
        worker.start()
    keys = {found.get(timeout=30) for _ in workers}
    for worker in workers:
        worker.join()

    assert len(keys) == 1
    assert len(keys.pop()) == CLASS_KEY
    file = settings.master_key.with_name("class.key")

    assert stat.S_IMODE(file.stat().st_mode) == 0o400


def test_the_key_of_redirects_is_one_of_its_own(product):
    """Every process derives the same one, and what stands in address bars says nothing about Class."""
    settings = product.settings

    assert redirect_key(settings) == redirect_key(Settings.load(settings.path))
    assert len(redirect_key(settings)) == CLASS_KEY
    assert redirect_key(settings) != class_key(settings)


def test_the_product_writes_as_itself_and_reads_verifiers_as_the_mirror(product):
    """Publishing needs no password at all; the mirror's account is another one."""
    assert publishing(product.settings).credentials.dn == ""
    mirror = mirroring(product.settings).credentials

    assert mirror.dn.startswith("uid=mirror,ou=services,")
    assert mirror.password.decode() not in repr(mirror)


def test_knowledge_is_read_in_one_snapshot(product):
    """Zones, rules, units and devices together."""
    sealer = open_sealer(product.settings, product.store)
    rulebook, devices = load_knowledge(product.settings, product.store, sealer)

    assert "internet" in rulebook.zones
    assert devices.find("127.0.0.1").secrets[0] == product.secret


EXISTING = """
[directory]
kind = "{kind}"
uris = ["ldaps://directory.city.internal"]
bind_dn = "uid=reader,dc=city"
password_file = "reader"
verify = "{verify}"
max_age = {age}
listing_seconds = 7.0
"""


def follower_of(where, kind, verify="mirror", age=60.0):
    path = where / "truename.toml"
    path.write_text(EXISTING.format(kind=kind, verify=verify, age=age), "utf-8")
    settings = Settings.load(path)
    reach = Reach((DirectoryServer(settings.directory.uris[0]),), Credentials("uid=reader,dc=city", b"secret"))
    names = attribute_names(settings)
    follower = follow(settings, reach, Mirror(names=names), names)
    follower.stop()  # never started; it lets go of what it holds
    return follower, names


@pytest.mark.parametrize(("kind", "follows"), [("openldap", Follower), ("389ds", PollingFollower)])
def test_each_kind_of_directory_is_followed_its_way(tmp_path, kind, follows):
    """OpenLDAP tells what changes; 389 DS is asked, as often as the settings say."""
    follower, names = follower_of(tmp_path, kind)
    assert type(follower) is follows
    assert (names == AttributeNames()) is (kind == "openldap")
    if isinstance(follower, PollingFollower):
        assert follower._listing == 7.0
        assert set(follower._watched) == {"nsaccountlock", "accountunlocktime"}


@pytest.mark.parametrize("kind", ["openldap", "389ds"])
@pytest.mark.parametrize(("age", "beat"), [(60.0, 1.0), (3.0, 0.75), (1.0, 0.25)])
def test_a_small_age_is_confirmed_more_often(tmp_path, kind, age, beat):
    """Several questions fit into max_age, so that one late answer shuts nobody out."""
    follower, _ = follower_of(tmp_path, kind, age=age)
    assert follower._beat == beat


def test_with_bind_no_verifier_is_read(tmp_path):
    """Where the server judges passwords, none of them comes into our memory."""
    _, names = follower_of(tmp_path, "389ds", verify="bind")
    assert "userPassword" not in names.wanted
