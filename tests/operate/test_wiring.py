"""How a process opens what it needs."""

import multiprocessing
import stat

from operate.wiring import CLASS_KEY, class_key, load_knowledge, mirroring, open_sealer, publishing


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
