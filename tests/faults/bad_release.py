"""A release of a service that fails on every fact. Runs as `python -m tests.faults.bad_release ROLE…`.

Which service is in KULANT_BAD_RELEASE, as the name of its package.
"""

import importlib
import os
import sys
from typing import Final, NoReturn

from kulant_chassis.applying import Applying

VARIABLE: Final = "KULANT_BAD_RELEASE"


class FailsOnEverything(Exception):
    """What dead letters of such a release have as their reason."""


async def _fail(*_: object) -> NoReturn:
    raise FailsOnEverything


if __name__ == "__main__":
    Applying.handle = _fail  # type: ignore[method-assign]
    service = importlib.import_module(f"{os.environ[VARIABLE]}.main")
    sys.exit(service.run(sys.argv[1:]))
