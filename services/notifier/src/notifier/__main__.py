"""`python -m notifier api consume relay send` or `migrate`."""

import sys

from notifier.main import run

if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
