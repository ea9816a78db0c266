"""The secrets of an embedded stack: made once per state folder, readable by its user only."""

import hashlib
import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from kulant_devstack.places import own_folder, write_private


@dataclass(frozen=True, slots=True)
class Credentials:
    """Where each secret lies."""

    tokens_file: Path
    operator_token_file: Path
    service_token_file: Path
    page_secret_file: Path


def ensure_credentials(folder: Path) -> Credentials:
    """The secrets in this folder, made if they are not there."""
    own_folder(folder)
    made = Credentials(
        folder / "tokens.json", folder / "operator-token", folder / "service-token", folder / "page-secret"
    )
    for file in (made.operator_token_file, made.service_token_file, made.page_secret_file):
        if not file.exists():
            write_private(file, secrets.token_urlsafe(32))
    records = [
        _record(made.operator_token_file, "operator", "the embedded stack's operator"),
        _record(made.service_token_file, "clearance", "notifier"),
    ]
    write_private(made.tokens_file, json.dumps(records, indent=1))
    return made


def _record(token_file: Path, role: str, name: str) -> dict[str, object]:
    """As `KULANT_TOKENS_FILE` wants it; the name is what the audit shows."""
    digest = hashlib.sha256(token_file.read_bytes()).hexdigest()
    return {"sha256": digest, "tenants": ["*"], "roles": [role], "name": name}
