"""`python -m dunning_engine api consume relay timers`, or `migrate`, or `policy-lint FILE...`."""

import gc
import sys


def main(arguments: list[str]) -> int:
    """Exit code of what was asked for; each imports only what it needs: who lints a policy waits for no database."""
    gc.disable()  # what is imported stays; `process.main` turns the collector on again
    if arguments[:1] == ["policy-lint"]:
        from dunning_engine.policyfile.lint import lint  # noqa: PLC0415 - see above

        return lint(arguments[1:])
    from dunning_engine.main import run  # noqa: PLC0415 - see above

    return run(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
