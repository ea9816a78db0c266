"""`kulant policy lint FILE`: says what is wrong with policies, by the reader of the service that decides by them."""

import argparse
import subprocess
import sys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command understands."""
    parser.add_argument("what", choices=["lint"])
    parser.add_argument("files", nargs="+", metavar="FILE", help="a policy, in YAML")


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0 where nothing is wrong; each fault is one line with its file and line."""
    asked = [sys.executable, "-m", "dunning_engine", "policy-lint", *arguments.files]
    return subprocess.run(asked, check=False).returncode
