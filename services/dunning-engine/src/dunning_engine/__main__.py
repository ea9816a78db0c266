"""`python -m dunning_engine api consume relay timers`, or `migrate`, or `policy-lint FILE...`."""

import sys

from dunning_engine.main import run
from dunning_engine.policyfile.lint import lint

arguments = sys.argv[1:]
sys.exit(lint(arguments[1:]) if arguments[:1] == ["policy-lint"] else run(arguments))
