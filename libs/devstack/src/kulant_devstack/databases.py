"""Roles and databases inside a PostgreSQL server: one of each per service, and copies for tests."""

import json
import re
import secrets
from collections.abc import Callable
from pathlib import Path

from kulant_devstack.errors import StackFailed
from kulant_devstack.places import write_private

_NAME = re.compile(r"[a-z][a-z0-9_]{0,60}")


class Databases:
    """The databases of one server. Passwords are made here and kept in one file that only this user can read."""

    def __init__(self, run_sql: Callable[[str], str], address: Callable[[], str], passwords: Path) -> None:
        self._run_sql = run_sql
        self._address = address
        self._passwords = passwords

    def provide(self, name: str) -> str:
        """The address, with password, of the database of that name, made with a role of its own if needed."""
        self._check(name)
        self._run_sql(
            f"""SELECT 'CREATE ROLE {name} LOGIN' WHERE NOT EXISTS
                (SELECT FROM pg_roles WHERE rolname = '{name}') \\gexec
            ALTER ROLE {name} PASSWORD '{self._password(name)}';
            SELECT 'CREATE DATABASE {name} OWNER {name}' WHERE NOT EXISTS
                (SELECT FROM pg_database WHERE datname = '{name}') \\gexec
            REVOKE CONNECT ON DATABASE {name} FROM PUBLIC;"""  # noqa: S608 - names are checked
        )
        return self.url(name, role=name)

    def copy(self, source: str, target: str) -> str:
        """The address of a new database that is a copy of another one of the same role; its clients are cut off."""
        self._check(source)
        self._check(target)
        self._run_sql(
            f"""SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{source}';
            CREATE DATABASE {target} TEMPLATE {source} OWNER {source};
            REVOKE CONNECT ON DATABASE {target} FROM PUBLIC;"""  # noqa: S608 - names are checked
        )
        return self.url(target, role=source)

    def drop(self, name: str) -> None:
        """Remove a database, also from under its clients."""
        self._check(name)
        self._run_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE);")

    def url(self, database: str, role: str) -> str:
        """The address of a database for a role that was provided here."""
        return f"postgresql://{role}:{self._password(role)}@{self._address()}/{database}"

    def _check(self, name: str) -> None:
        if not _NAME.fullmatch(name):
            raise StackFailed(f"{name!r} cannot be the name of a database: small letters, digits and _ only.")

    def _password(self, role: str) -> str:
        known: dict[str, str] = json.loads(self._passwords.read_text()) if self._passwords.exists() else {}
        if role not in known:
            known[role] = secrets.token_urlsafe(24)
            write_private(self._passwords, json.dumps(known))
        return known[role]
