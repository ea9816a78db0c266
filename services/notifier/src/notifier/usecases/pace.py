"""So many mails a second and no more: over all, and for each tenant."""

from collections.abc import Callable
from dataclasses import dataclass

_MOST_BUCKETS = 10_000


@dataclass(slots=True)
class _Bucket:
    left: float
    filled_at: float


class Pace:
    """Two limits by the clock that nobody sets; each lets pass at most one second's worth at once.

    None is no limit. A limit is this process': with several senders each has its own.
    """

    def __init__(self, per_second: float | None, per_tenant: float | None, ticks: Callable[[], float]) -> None:
        self._per_second = per_second
        self._per_tenant = per_tenant
        self._ticks = ticks
        self._all = _Bucket(max(per_second or 0, 1.0), ticks())
        self._tenants: dict[str, _Bucket] = {}

    def take(self, tenant: str, wanted: int) -> int:
        """How many of these mails may leave now; they count as gone."""
        if self._per_second is None and self._per_tenant is None:
            return wanted
        own = self._tenants.get(tenant)
        if own is None:
            if len(self._tenants) >= _MOST_BUCKETS:
                self._tenants.clear()
            own = self._tenants[tenant] = _Bucket(max(self._per_tenant or 0, 1.0), self._ticks())
        allowed = min(wanted, self._full(self._all, self._per_second), self._full(own, self._per_tenant))
        self._all.left -= allowed
        own.left -= allowed
        return allowed

    def _full(self, bucket: _Bucket, rate: float | None) -> int:
        now = self._ticks()
        if rate is None:
            bucket.left = float(10**9)
        else:
            bucket.left = min(max(rate, 1.0), bucket.left + (now - bucket.filled_at) * rate)
        bucket.filled_at = now
        return int(bucket.left)
