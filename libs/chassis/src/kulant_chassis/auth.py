"""API tokens: each with tenants and roles, kept as hashes only."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from kulant_chassis.settings import SettingsMissing

ALL_TENANTS = "*"
OPERATOR = "operator"
"""May do everything that its tenants allow."""


class TokenRecord(BaseModel):
    """One line of the tokens file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the token, hex.")
    tenants: tuple[str, ...] = Field(min_length=1, description="Slugs of tenants, or `*` for all.")
    roles: frozenset[str] = Field(min_length=1, description="Such as operator, agent, erp, clearance, reader.")
    name: str | None = Field(
        default=None, min_length=1, max_length=100, description="Who uses it, for the audit: a system or a role."
    )

    @property
    def known_as(self) -> str:
        """The token's name, for one without a name the beginning of its hash."""
        return self.name or f"token {self.sha256[:12]}"


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks, and for which tenant; routes and queries are bound to `tenant`."""

    tenant: str
    roles: frozenset[str]
    token_name: str = ""
    covers_all: bool = False
    """Does the token cover every tenant, those to come included?"""

    def has_role(self, *roles: str) -> bool:
        """May this principal act in one of these roles?"""
        return OPERATOR in self.roles or bool(self.roles.intersection(roles))


class Tokens:
    """The tokens that this process accepts."""

    def __init__(self, records: Mapping[str, TokenRecord]) -> None:
        self._records = dict(records)

    @classmethod
    def read(cls, path: Path) -> "Tokens":
        """Read the tokens file; raises SettingsMissing where it is absent or wrong, in words."""
        try:
            records = TypeAdapter(list[TokenRecord]).validate_python(json.loads(path.read_bytes()))
        except (OSError, ValueError, ValidationError) as error:
            raise SettingsMissing(
                f"The tokens file {path} cannot be used: "
                "it must be a JSON list of objects with sha256, tenants and roles."
            ) from error
        return cls({record.sha256: record for record in records})

    def find(self, token: str) -> TokenRecord | None:
        """The record of a token. Looking up a hash leaks nothing about the token by its timing."""
        return self._records.get(hashlib.sha256(token.encode()).hexdigest())
