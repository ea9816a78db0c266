"""`python -m invoice_service api consume relay timers` or `migrate`."""

import sys

from invoice_service.main import run

if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
