"""How whoever reads a hint would type a command of Kulant: its name is on the path only where a venv is active."""

import os
import shutil
import sys
from pathlib import Path

NAME = "kulant"


def typed(words: str) -> str:
    """The command with these words, as it works in this shell from this folder, in backticks."""
    own = Path(sys.executable).parent / NAME
    if own.exists() and shutil.which(NAME) != str(own):
        from_here = os.path.relpath(own)
        return f"`{own if from_here.startswith(os.pardir) else from_here} {words}`"
    return f"`{NAME} {words}`"
