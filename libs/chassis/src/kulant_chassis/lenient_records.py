"""Reads records whose headers have names that are no UTF-8: the client's own reader fails on them, again and again.

A sender in another language can write such a name, and the broker takes it. One record of this kind would keep a
service from reading anything for ever.
"""

from typing import Any, Self

from aiokafka.consumer import fetcher
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import _MemoryRecordsPy

_NEWEST_FORMAT = 2


class _Lenient(bytearray):
    """Bytes that are read as text whatever they are."""

    def __getitem__(self, place: Any) -> Any:
        part = super().__getitem__(place)
        return _Lenient(part) if isinstance(part, bytearray) else part

    def decode(self, encoding: str = "utf-8", errors: str = "replace") -> str:
        """What is no text becomes U+FFFD."""
        return super().decode(encoding, "replace" if errors == "strict" else errors)


class _Batch(_DefaultRecordBatchPy):  # type: ignore[misc]
    _buffer: bytearray

    def __iter__(self) -> Self:
        super().__iter__()
        self._buffer = _Lenient(self._buffer)
        return self


class _Records(_MemoryRecordsPy):  # type: ignore[misc]
    def next_batch(self) -> Any:
        """The next batch; only the format that has headers needs another reader."""
        found = self._next_slice
        if found is None or len(found) < self.MIN_SLICE or found[self.MAGIC_OFFSET] < _NEWEST_FORMAT:
            return super().next_batch()
        self._cache_next()
        return _Batch(found)


def read_leniently() -> None:
    """From now on this process reads with a slower reader that fails on no header's name."""
    fetcher.MemoryRecords = _Records
