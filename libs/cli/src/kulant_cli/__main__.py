"""Entry point of the command `kulant`."""


def main() -> int:
    """Run the command line and return its exit code."""
    raise SystemExit("not yet")
