import time

from store.clock import Clock, SystemClock


def test_system_clock_tells_seconds_since_the_epoch():
    """The system clock is the machine's time in seconds."""
    clock: Clock = SystemClock()
    before = time.time()
    assert before <= clock.now() <= time.time()
