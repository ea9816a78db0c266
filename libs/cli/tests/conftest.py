"""Lets the tests of the command line import their builders by a name that nobody else uses."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
