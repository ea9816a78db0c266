from types import SimpleNamespace

import pytest
from feedback_builders import REMINDER_ID

from feedback_service.config import Settings
from feedback_service.main import service
from kulant_chassis.clock import WallClock
from kulant_chassis.mailserver import MailServer
from kulant_chassis.tokens import sign

SECRET = "a secret of this test, long enough"


@pytest.fixture
def settings(tmp_path):
    secret = tmp_path / "page-secret"
    secret.write_text(SECRET)

    def make(**changes):
        fields = {
            "database_url": "postgresql://nobody@127.0.0.1/none",
            "KULANT_KAFKA_BOOTSTRAP": "127.0.0.1:1",
            "KULANT_TOKENS_FILE": tmp_path / "tokens",
            "KULANT_PAGE_SECRET_FILE": secret,
        }
        return Settings(**(fields | changes))

    return make


def doors(settings):
    return service(settings).doors(SimpleNamespace(database=None, clock=WallClock()))


@pytest.mark.parametrize("changes", [{}, {"smtp_port": 0}, {"KULANT_INBOUND_DOMAIN": "in.example"}])
def test_nobody_listens_for_mail_where_no_port_or_no_domain_is_named(settings, changes):
    assert list(doors(settings(**changes))) == []


async def test_whoever_runs_the_api_takes_replies_to_the_inbound_domain(settings):
    (server,) = doors(settings(smtp_port=0, KULANT_INBOUND_DOMAIN="In.Example"))
    address = f"reply+{sign(SECRET.encode(), 'reply', REMINDER_ID)}@in.example"

    assert isinstance(server, MailServer)
    assert server._receiver._accepts(address)
    assert not server._receiver._accepts("bounce+x@in.example")
    assert not server._receiver._accepts("reply+x@elsewhere.example")
