"""`python -m dunning_engine api consume relay timers`, or `migrate`."""

import sys

from dunning_engine.main import run

sys.exit(run(sys.argv[1:]))
