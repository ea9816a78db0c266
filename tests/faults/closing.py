"""The last line of a run with harm, with exactly the fields that clients of `make faults` rely on."""

from collections import Counter
from collections.abc import Iterable, Sequence

from kulant_cli.judge import Violation
from kulant_cli.judge.counting import count
from kulant_cli.judge.story import Story


def closing(
    story: Story, violations: Sequence[Violation], seed: int, *, targets: Iterable[str] = (), lags: Iterable[float] = ()
) -> dict[str, object]:
    """`targets`: of each harm what it hit; `lags`: seconds until all was quiet again."""
    counts = count(story)
    return {
        "ok": not violations,
        "violations": [str(one) for one in violations],
        "kills": dict(sorted(Counter(targets).items())),
        "facts": counts.facts,
        "mails": len(story.letters),
        "unknown": counts.unknown,
        "max_lag_s": round(max(lags, default=0.0), 1),
        "seed": seed,
    }
