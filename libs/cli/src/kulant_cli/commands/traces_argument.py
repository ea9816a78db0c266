"""The option that all commands share which start a stack for people to look at."""

import argparse


def add_traces_argument(parser: argparse.ArgumentParser) -> None:
    """`--no-traces`, as `no_traces`."""
    parser.add_argument(
        "--no-traces", action="store_true", help="leave out the trace viewer (a download of 135 MB, 200 MB of memory)"
    )
