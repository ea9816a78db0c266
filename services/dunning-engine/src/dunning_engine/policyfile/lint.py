"""Says what is wrong with policy files, before any service reads them."""

import sys
from collections.abc import Sequence
from pathlib import Path

from dunning_engine.policyfile.reading import PolicyUnreadable, read


def lint(names: Sequence[str]) -> int:
    """One line per fault on the standard output; 0 where there is none, 1 otherwise, 2 where no file is named."""
    if not names:
        sys.stderr.write("kulant: which policy file?\n")
        return 2
    faults = [fault for name in names for fault in _faults(Path(name))]
    sys.stdout.writelines(f"{fault}\n" for fault in faults)
    return 1 if faults else 0


def _faults(path: Path) -> Sequence[str]:
    try:
        read(path.read_text(encoding="utf-8"), path.name)
    except PolicyUnreadable as unreadable:
        return unreadable.faults
    except (OSError, UnicodeDecodeError) as error:
        return [f"{path.name}:1: cannot be read: {error.__class__.__name__}"]
    return []
