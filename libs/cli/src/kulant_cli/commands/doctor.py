"""`kulant doctor`: checks what this machine lacks, and says it in sentences."""

import argparse
import json

from kulant_cli.doctor import examine


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command understands."""
    parser.add_argument("--json", action="store_true", help="print the findings as one line of JSON")


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0 when nothing is missing, else 1."""
    findings = examine()
    is_well = all(finding.is_well for finding in findings)
    if arguments.json:
        said = [{"ok": finding.is_well, "finding": finding.sentence} for finding in findings]
        print(json.dumps({"ok": is_well, "findings": said}))
    else:
        for finding in findings:
            print(f"{'ok     ' if finding.is_well else 'MISSING'}  {finding.sentence}")
    return 0 if is_well else 1
