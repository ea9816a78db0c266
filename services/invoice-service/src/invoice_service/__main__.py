"""`python -m invoice_service api consume relay timers` or `migrate`."""

import gc
import sys


def main(arguments: list[str]) -> int:
    """Exit code of what was asked for."""
    gc.disable()  # what is imported stays; `process.main` turns the collector on again
    from invoice_service.main import run  # noqa: PLC0415 - see above

    return run(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
