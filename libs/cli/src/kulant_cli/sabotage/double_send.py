"""The notifier, handing the first mail over twice. Runs as `python -m kulant_cli.sabotage.double_send ROLE…`."""

import sys

from kulant_cli.sabotage import sabotaged_tenant
from notifier.gateways.email import SmtpGateway, SmtpSession
from notifier.main import run
from notifier.usecases.ports import Accepted, Lost, Refused, Unreachable

_open = SmtpGateway.open


class _Twice:
    """A session at the mail server whose mail, once taken, goes to the same recipient over another session again."""

    is_done = False

    def __init__(self, gateway: SmtpGateway, session: SmtpSession, address: str, comes_back_to: str) -> None:
        self._gateway, self._session = gateway, session
        self._address, self._comes_back_to = address, comes_back_to

    async def hand_over(self, content: bytes) -> Accepted | Refused | Lost:
        handed = await self._session.hand_over(content)
        if isinstance(handed, Accepted) and not _Twice.is_done:
            _Twice.is_done = True
            again = await _open(self._gateway, self._address, self._comes_back_to)
            if isinstance(again, SmtpSession):
                await again.hand_over(content)
        return handed

    async def abandon(self) -> None:
        await self._session.abandon()


async def _open_twice(
    self: SmtpGateway, address: str, comes_back_to: str
) -> _Twice | SmtpSession | Refused | Unreachable:
    session = await _open(self, address, comes_back_to)
    if isinstance(session, SmtpSession) and f"{sabotaged_tenant()}." in address:
        return _Twice(self, session, address, comes_back_to)
    return session


if __name__ == "__main__":
    SmtpGateway.open = _open_twice  # type: ignore[method-assign, assignment]
    sys.exit(run(sys.argv[1:]))
