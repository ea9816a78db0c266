"""What a benchmark needs beforehand is told once; each run begins from a copy of the databases as they were then."""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor

from bench.ground import Ground, wait_for
from kulant_cli.fleet import ROLES, package_of
from kulant_contracts import topics
from kulant_devstack.topics import delete_records, run_apart

_SKIP = (
    "INSERT INTO consumer_position (topic, partition, next_offset) VALUES {places}"
    " ON CONFLICT (topic, partition) DO UPDATE SET next_offset = excluded.next_offset"
)


def tell_anew(ground: Ground) -> None:
    """From here on services write down what the copies begin with; what others were told is forgotten."""
    _forget(ground, topics.ALL)
    ends = ground.ends(topics.ALL)
    for service in ROLES:
        ground.work_on_original(package_of(service))
        _skip(ground, service, ends)


def until_nobody_is_behind(ground: Ground, database: str, tenant: str) -> None:
    """Customers that were told before their tenant are looked at once more; that is no part of what is measured."""
    nobody = (
        "SELECT count(*) = 0 FROM key_row JOIN tenant_clock USING (tenant)"  # noqa: S608 -- a tenant of the bench
        f" WHERE tenant_version < settings_version AND key LIKE '{tenant}/%'"
    )
    wait_for(lambda: ground.ask(database, nobody) is True)


def until_read(ground: Ground, topic: str, databases: Iterable[str]) -> None:
    """Wait until these know all that lies on a topic."""
    ends = sum(ground.ends([topic])[topic].values())
    asked = f"SELECT sum(next_offset)::bigint FROM consumer_position WHERE topic = '{topic}'"  # noqa: S608
    wait_for(lambda: all(int(str(ground.ask(database, asked) or 0)) >= ends for database in databases))


def until_all_is_told(ground: Ground, database: str) -> None:
    """Wait until nothing is left in an outbox."""
    wait_for(lambda: ground.ask(database, "SELECT count(*) = 0 FROM outbox") is True)


def begin_again(ground: Ground, *services: str, but: tuple[str, str] | None = None) -> None:
    """These services as they were when all was told. What runs have published is forgotten, for no copy knows of it.

    `but`: a service and a topic that it has still to read from where it was.
    """
    _forget(ground, [topic for topic in topics.ALL if but is None or topic != but[1]])
    ends = ground.ends(topics.ALL)

    def copy(service: str) -> None:
        ground.work_on_copy(package_of(service))
        _skip(ground, service, {topic: places for topic, places in ends.items() if (service, topic) != but})

    with ThreadPoolExecutor() as side_by_side:
        list(side_by_side.map(copy, services))


def _forget(ground: Ground, passed: Iterable[str]) -> None:
    """A service begins only where its database knows all that lies on its topics."""
    run_apart(delete_records(ground.kafka, passed))


def _skip(ground: Ground, service: str, passed: Mapping[str, Mapping[int, int]]) -> None:
    ends = [(topic, place, end) for topic, places in passed.items() for place, end in places.items()]
    places = ", ".join(f"('{topic}', {place}, {end})" for topic, place, end in ends)
    ground.execute(package_of(service), _SKIP.format(places=places))
