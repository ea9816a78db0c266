"""Services with exactly one guard switched off, each beside the circumstances in which that guard is needed.

Each module here is a launcher: it runs a service's own main, patched in one place. `whole` patches nothing. Nothing of
this is in the product.
"""

import os
import sys
from collections.abc import Callable
from importlib import import_module

from tests.faults.broken import circumstances

SERVICE = "KULANT_BROKEN_SERVICE"
"""Names the package whose main is run."""


def run(switch_off: Callable[[], None] = lambda: None) -> int:
    """In the launcher's process: the service, under the circumstances that its environment names."""
    main = import_module(f"{os.environ[SERVICE]}.main")
    circumstances.install()
    switch_off()
    code: int = main.run(sys.argv[1:])
    return code
