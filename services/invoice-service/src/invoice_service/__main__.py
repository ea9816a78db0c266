"""`python -m invoice_service api consume relay timers` or `migrate`; what the environment lacks is said in words."""

import sys

from invoice_service.main import run
from kulant_chassis.settings import SettingsMissing

if __name__ == "__main__":
    try:
        sys.exit(run(sys.argv[1:]))
    except SettingsMissing as missing:
        sys.stderr.write(f"{missing}\n")
        sys.exit(2)
