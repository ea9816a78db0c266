"""`python -m notifier api consume relay send` or `migrate`; what the environment lacks is said in words."""

import sys

from kulant_chassis.settings import SettingsMissing
from notifier.main import run

if __name__ == "__main__":
    try:
        sys.exit(run(sys.argv[1:]))
    except SettingsMissing as missing:
        sys.stderr.write(f"{missing}\n")
        sys.exit(2)
