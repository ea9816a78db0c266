"""Runs `python -m <package> migrate` of several services in one process: their libraries are loaded once only.

Runs as `python -m kulant_cli.migrating <package> …`, with the variables of all of them.
"""

import runpy
import sys
from collections.abc import Sequence


def main(packages: Sequence[str]) -> int:
    """Migrate one database after the other; the first exit code that is not 0 ends it."""
    for package in packages:
        sys.argv = [package, "migrate"]
        try:
            runpy.run_module(package, run_name="__main__", alter_sys=True)
        except SystemExit as end:
            if end.code:
                print(f"{package} could not be migrated.", file=sys.stderr)
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
