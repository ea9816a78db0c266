"""`python -m feedback_service api consume relay` or `migrate`."""

import sys

from feedback_service.main import run
from kulant_chassis.settings import SettingsMissing

if __name__ == "__main__":
    try:
        sys.exit(run(sys.argv[1:]))
    except SettingsMissing as missing:
        sys.stderr.write(f"{missing}\n")
        sys.exit(2)
