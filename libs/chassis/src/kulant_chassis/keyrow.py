"""One row per key: what was had and given in its streams, what is missing, when to look again."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class Had:
    """Sequences had of one stream: all up to `upto`, and the few beyond a gap."""

    upto: int = 0
    ahead: set[int] = field(default_factory=set)

    def take(self, sequence: int, baseline: int = 0) -> bool:
        """Note a sequence as had; False if it was had before. All up to `baseline` count as had."""
        is_new = sequence > self.upto and sequence not in self.ahead
        self.upto = max(self.upto, baseline)
        if is_new:
            self.ahead.add(sequence)
        self.ahead = {number for number in self.ahead if number > self.upto}
        while self.upto + 1 in self.ahead:
            self.upto += 1
            self.ahead.remove(self.upto)
        return is_new


@dataclass(slots=True)
class KeyRow:
    """The locked row of one key (`tenant/customer`, or `tenant`) inside a transaction."""

    key: str
    tenant: str
    streams: dict[str, Had] = field(default_factory=dict)
    given_by_topic: dict[str, int] = field(default_factory=dict)
    parked: dict[str, str] = field(default_factory=dict)
    tenant_version: int = 0
    next_live_at: datetime | None = None
    next_test_at: datetime | None = None
    is_changed: bool = False

    def had(self, source: str, topic: str) -> int:
        """The highest sequence of that stream up to which nothing is missing; 0 before the first."""
        stream = self.streams.get(_stream(source, topic))
        return stream.upto if stream else 0

    def given(self, topic: str) -> int:
        """The last sequence that this service gave on one of its topics; 0 before the first."""
        return self.given_by_topic.get(topic, 0)

    @property
    def is_complete(self) -> bool:
        """No fact about this key is known to be missing or parked."""
        return not self.parked and not any(stream.ahead for stream in self.streams.values())

    def take(self, source: str, topic: str, sequence: int, baseline: int = 0) -> bool:
        """Note a sequence as had; False for a duplicate, which changes nothing."""
        stream = self.streams.setdefault(_stream(source, topic), Had())
        before = (stream.upto, len(stream.ahead))
        is_new = stream.take(sequence, baseline)
        self.is_changed |= before != (stream.upto, len(stream.ahead))
        return is_new

    def give(self, topic: str) -> int:
        """The next sequence on one of this service's own topics: contiguous from 1."""
        sequence = self.given_by_topic.get(topic, 0) + 1
        self.given_by_topic[topic] = sequence
        self.is_changed = True
        return sequence

    def park(self, place: str, reason: str) -> None:
        """Note that a fact about this key lies in the dead letters: the key is held until it is resolved."""
        self.parked[place] = reason
        self.is_changed = True

    def unpark(self, place: str) -> None:
        """Note that the fact at this place was replayed or discarded: it counts as had and holds the key no longer."""
        self.is_changed |= self.parked.pop(place, None) is not None

    def streams_as_json(self) -> dict[str, list[object]]:
        """Shape of the column `had`: stream to [upto, [ahead, ...]]."""
        return {name: [had.upto, sorted(had.ahead)] for name, had in self.streams.items()}

    @staticmethod
    def streams_from_json(value: dict[str, tuple[int, list[int]]]) -> dict[str, Had]:
        """The reverse of `streams_as_json`."""
        return {name: Had(upto, set(ahead)) for name, (upto, ahead) in value.items()}


def _stream(source: str, topic: str) -> str:
    return f"{source} {topic}"
