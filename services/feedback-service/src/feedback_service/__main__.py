"""`python -m feedback_service api consume relay` or `migrate`."""

import sys

from feedback_service.main import run

if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
