"""Each rule refuses what it names, lets the owner do it, and honours an escape with a reason."""

from collections.abc import Callable, Iterator

import pytest

from tools.lint import cancel, clock, commit, imports, money, names, producer
from tools.lint.source import Source, Violation

Rule = Callable[[Source], Iterator[Violation]]

USECASE = "services/notifier/src/notifier/usecases/send.py"
DOMAIN = "services/notifier/src/notifier/domain/letter.py"
CHASSIS = "libs/chassis/src/kulant_chassis"


def rules_broken(rule: Rule, path: str, text: str) -> list[str]:
    return [violation.rule for violation in rule(Source(path, text))]


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        pytest.param(clock.check, USECASE, "from datetime import datetime\ndatetime.now()", id="datetime.now"),
        pytest.param(clock.check, USECASE, "import datetime\ndatetime.datetime.utcnow()", id="utcnow"),
        pytest.param(clock.check, USECASE, "from datetime import date\ndate.today()", id="today"),
        pytest.param(clock.check, USECASE, "import time\ntime.time()", id="time.time"),
        pytest.param(clock.check, USECASE, "from time import time\ntime()", id="time by name"),
        pytest.param(clock.check, USECASE, "field(default_factory=datetime.now)", id="now handed on"),
        pytest.param(cancel.check, USECASE, "await asyncio.wait_for(event.wait(), 1)", id="wait_for"),
        pytest.param(commit.check, USECASE, "await connection.commit()", id="commit in a use case"),
        pytest.param(commit.check, f"{CHASSIS}/process.py", "await connection.commit()", id="commit in the chassis"),
        pytest.param(money.check, DOMAIN, "def owed() -> float: ...", id="float as a type"),
        pytest.param(money.check, DOMAIN, "total = float(text)", id="float as a call"),
        pytest.param(money.check, DOMAIN, "rate = 0.19", id="float literal"),
        pytest.param(money.check, DOMAIN, "half = minor / 2", id="true division"),
        pytest.param(money.check, "libs/contracts/src/kulant_contracts/money.py", "x = 1.0", id="money on the wire"),
        pytest.param(money.check, "libs/cli/src/kulant_cli/judge/books.py", "x = 1.0", id="the judge"),
        pytest.param(producer.check, USECASE, "from aiokafka import AIOKafkaProducer", id="producer imported"),
        pytest.param(producer.check, USECASE, "aiokafka.AIOKafkaProducer()", id="producer by module"),
        pytest.param(imports.check, DOMAIN, "import sqlalchemy", id="library in a domain"),
        pytest.param(imports.check, DOMAIN, "from zoneinfo_extra import x", id="library that no list names"),
        pytest.param(imports.check, DOMAIN, "import asyncio", id="asyncio in a domain"),
        pytest.param(imports.check, DOMAIN, "from notifier.usecases import ports", id="another room"),
        pytest.param(imports.check, DOMAIN, "from notifier import usecases", id="another room from its package"),
        pytest.param(imports.check, DOMAIN, "from ..usecases import ports", id="another room, relative"),
        pytest.param(imports.check, "libs/contracts/src/kulant_contracts/money.py", "import attrs", id="contracts"),
        pytest.param(imports.check, "libs/cli/src/kulant_cli/judge/books.py", "import kulant_chassis", id="judge"),
    ],
)
def test_refuses(rule: Rule, path: str, text: str) -> None:
    assert len(rules_broken(rule, path, text)) == 1


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        pytest.param(clock.check, f"{CHASSIS}/clock.py", "datetime.now(UTC)", id="the clock itself"),
        pytest.param(clock.check, USECASE, "time.monotonic()", id="monotonic time"),
        pytest.param(clock.check, "services/notifier/tests/unit/test_x.py", "datetime.now(UTC)", id="a test"),
        pytest.param(commit.check, f"{CHASSIS}/transaction.py", "await connection.commit()", id="unit of work"),
        pytest.param(money.check, USECASE, "pause = 0.5", id="seconds in a use case"),
        pytest.param(money.check, DOMAIN, "half = minor // 2", id="whole division"),
        pytest.param(money.check, DOMAIN, "def is_fresh(elapsed_seconds: float): ...", id="machine time"),
        pytest.param(money.check, DOMAIN, "elapsed_seconds: float", id="machine time of a dataclass"),
        pytest.param(producer.check, f"{CHASSIS}/outbox.py", "aiokafka.AIOKafkaProducer()", id="the relay"),
        pytest.param(producer.check, "libs/cli/src/kulant_cli/erp.py", "AIOKafkaProducer()", id="an ERP's stand-in"),
        pytest.param(imports.check, DOMAIN, "from notifier.domain.item import Item", id="own room"),
        pytest.param(imports.check, DOMAIN, "from . import item", id="own room, relative"),
        pytest.param(imports.check, DOMAIN, "import zoneinfo\nfrom decimal import Decimal", id="standard library"),
        pytest.param(imports.check, USECASE, "import sqlalchemy", id="another room's business"),
    ],
)
def test_lets_pass(rule: Rule, path: str, text: str) -> None:
    assert rules_broken(rule, path, text) == []


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        pytest.param(clock.check, USECASE, "time.time()", id="clock"),
        pytest.param(commit.check, USECASE, "session.commit()", id="commit"),
        pytest.param(money.check, DOMAIN, "x = 0.5", id="float"),
        pytest.param(producer.check, USECASE, "AIOKafkaProducer()", id="producer"),
        pytest.param(imports.check, DOMAIN, "import sqlalchemy", id="imports"),
    ],
)
def test_an_escape_needs_the_rule_and_a_reason(
    rule: Rule, path: str, text: str, request: pytest.FixtureRequest
) -> None:
    name = request.node.callspec.id
    assert rules_broken(rule, path, f"{text}  # lint-allow {name}: measured, and told in the docstring") == []
    assert rules_broken(rule, path, f"# lint-allow {name}: measured\n{text}") == []
    assert rules_broken(rule, path, f"{text}  # lint-allow {name}:") == [name]
    assert rules_broken(rule, path, f"{text}  # lint-allow another: measured") == [name]


def test_a_file_of_more_than_500_lines_is_refused() -> None:
    assert rules_broken(names.check, USECASE, "x = 1\n" * 500) == []
    assert rules_broken(names.check, USECASE, "x = 1\n" * 501) == ["size"]


def test_a_function_of_more_than_50_lines_is_refused() -> None:
    assert rules_broken(names.check, USECASE, "def story():\n" + "    pass\n" * 49) == []
    assert rules_broken(names.check, USECASE, "def story():\n" + "    pass\n" * 50) == ["size"]
    routes = "def routes():\n" + "    def route():\n" + "        pass\n" * 45 + "    pass\n" * 20
    assert rules_broken(names.check, USECASE, routes) == []
    assert rules_broken(names.check, "tests/integration/test_story.py", "def story():\n" + "    pass\n" * 50) == []


@pytest.mark.parametrize(
    "path",
    [
        "services/notifier/src/notifier/utils.py",
        "services/notifier/src/notifier/helpers/text.py",
        "services/notifier/src/notifier/domain/openItem.py",
        "docs/a page.md",
    ],
)
def test_a_name_that_hides_its_content_is_refused(path: str) -> None:
    assert len(list(names.check_path(path))) == 1


def test_ordinary_names_are_taken() -> None:
    for path in ("docs/decisions/0001-outbox.md", "services/dunning-engine/alembic.ini", ".ci/run", DOMAIN):
        assert list(names.check_path(path)) == []
