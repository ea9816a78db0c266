"""Where the parts of a running stack are: what `kulant up` prints, and what the next command reads back."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from kulant_devstack.places import write_private


@dataclass(frozen=True, slots=True)
class StackInfo:
    """The addresses and files of a stack. URLs have no slash at their end."""

    kafka: str
    services: dict[str, str]
    mailbox_dir: str
    mailbox_url: str
    smtp_address: str
    inbound_ports: dict[str, int]
    traces_url: str | None
    token_file: str
    database_urls: dict[str, str]
    line: str

    def public(self) -> dict[str, object]:
        """The part that is a promise to clients; `traces_url` is null where there is no trace viewer."""
        return {
            "kafka": self.kafka,
            "services": self.services,
            "mailbox_dir": self.mailbox_dir,
            "mailbox_url": self.mailbox_url,
            "traces_url": self.traces_url,
            "token_file": self.token_file,
        }

    def token(self) -> str:
        """The operator's token."""
        return Path(self.token_file).read_text()

    def save(self, state: Path) -> None:
        """Remember this stack in its state folder."""
        write_private(_file(state), json.dumps(asdict(self)))


def load_info(state: Path) -> StackInfo | None:
    """What was remembered of the stack of this folder, whether or not it still runs."""
    try:
        return StackInfo(**json.loads(_file(state).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def forget_info(state: Path) -> None:
    """Remove what was remembered."""
    _file(state).unlink(missing_ok=True)


def _file(state: Path) -> Path:
    return state / "stack.json"
