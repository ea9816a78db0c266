"""Lets the tests of this service import their builders by a name that no other service uses."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
