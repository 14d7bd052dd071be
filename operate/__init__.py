"""What an operator starts and types. Wires the other packages, and decides nothing."""

import gc
import sys

if sys.argv[:1] == ["-m"]:
    # `python -m operate...`: the module that was named is imported next, with all that it needs. Imports make some
    # hundred thousand objects and no garbage: without the collector they take a seventh less. Whoever runs longer
    # than a moment calls gc.enable() when it has begun.
    gc.disable()
