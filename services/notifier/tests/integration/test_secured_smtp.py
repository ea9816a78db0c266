"""TLS and login at the mail server: the certificate is checked, the password comes from its file."""

import asyncio
import ssl
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from shutil import which

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from kulant_devstack.ports import free_ports
from notifier.config import Settings
from notifier.gateways.email import SmtpGateway, SmtpSession
from notifier.parts import smtp_access
from notifier.usecases.ports import Accepted, Unreachable

pytestmark = [
    pytest.mark.skipif(which("openssl") is None, reason="makes its certificate with the command openssl"),
    pytest.mark.filterwarnings("ignore:Requiring AUTH:UserWarning"),  # the server's: it does not count implicit TLS
]
TO, FROM = "anna@haus.example", "bounce+x@in.example"


class Keeper:
    def __init__(self) -> None:
        self.mails: list[bytes] = []
        self.logins: list[tuple[bytes, bytes]] = []

    async def handle_DATA(self, _server, _session, envelope) -> str:  # noqa: N802
        self.mails.append(envelope.content)
        return "250 2.0.0 Ok"

    def check(self, _server, _session, _envelope, _mechanism, given: LoginPassword) -> AuthResult:
        self.logins.append((given.login, given.password))
        return AuthResult(success=given.password == b"sesame")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """One for `localhost` that signs itself."""
    folder = tmp_path_factory.mktemp("certificate")
    key, made = folder / "key.pem", folder / "certificate.pem"
    words = f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout {key} -out {made}"
    subprocess.run([*words.split(), "-addext", "subjectAltName=DNS:localhost"], check=True, capture_output=True)
    return key, made


@pytest.fixture(params=["starttls", "implicit"])
def server(request: pytest.FixtureRequest, certificate: tuple[Path, Path]) -> Iterator[tuple[str, int, Keeper]]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate[1], certificate[0])
    keeper = Keeper()
    login = {"authenticator": keeper.check, "auth_required": True}
    if request.param == "implicit":
        secured = {"ssl_context": context, "auth_require_tls": False}
    else:
        secured = {"tls_context": context, "require_starttls": True}
    controller = Controller(keeper, hostname="127.0.0.1", port=free_ports(1)[0], **secured, **login)
    controller.start()
    try:
        yield request.param, controller.server.sockets[0].getsockname()[1], keeper
    finally:
        controller.stop()


@pytest.fixture(autouse=True)
async def _goodbyes_are_said() -> AsyncIterator[None]:
    """A secured connection takes some turns of the loop to close: a loop that ends before leaves its socket open."""
    yield
    watched = asyncio.get_running_loop()._selector.get_map()  # type: ignore[attr-defined]
    async with asyncio.timeout(10):
        while len(watched) > 1:  # the loop's own waking pipe
            await asyncio.sleep(0.01)


def gateway(tls: str, port: int, folder: Path, password: str = "sesame") -> SmtpGateway:
    (folder / "password").write_text(f"{password}\n")
    told = {"smtp_host": "localhost", "smtp_port": port, "smtp_tls": tls, "smtp_user": "kulant"}
    return SmtpGateway(smtp_access(Settings.model_construct(**told, smtp_password_file=folder / "password")))


async def test_a_server_with_a_certificate_that_is_trusted_takes_mails(
    server, certificate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tls, port, keeper = server
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[1]))
    made = gateway(tls, port, tmp_path)
    session = await made.open(TO, FROM)
    assert isinstance(session, SmtpSession)
    assert isinstance(await session.hand_over(b"Subject: x\r\n\r\nx\r\n"), Accepted)
    assert keeper.mails == [b"Subject: x\r\n\r\nx\r\n"]
    assert keeper.logins == [(b"kulant", b"sesame")]
    await made.close()


async def test_a_server_that_nobody_vouches_for_gets_neither_password_nor_mail(server, tmp_path: Path) -> None:
    tls, port, keeper = server
    made = gateway(tls, port, tmp_path)
    assert not await made.is_ready()
    assert await made.open(TO, FROM) == Unreachable()
    assert keeper.logins == []


async def test_a_wrong_password_is_our_own_fault_and_the_reminder_waits(
    server, certificate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tls, port, keeper = server
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[1]))
    made = gateway(tls, port, tmp_path, password="guess")
    assert not await made.is_ready()
    assert keeper.mails == []
