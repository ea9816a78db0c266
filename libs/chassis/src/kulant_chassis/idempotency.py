"""Writes over REST that act once, however often they are sent: keys with the answers given, and who did what.

A route depends on `writes(…)` and answers with `once(…)` inside its own transaction. The key is inserted before
anything else, so that of two requests at once the second waits for the first's commit and gets its answer; when the
first is rolled back, be it by a problem or a crash, nothing stands and the second acts.
"""

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel
from sqlalchemy import text

from kulant_chassis.auth import Principal
from kulant_chassis.http import Requires, TenantDescribed, TokenDescribed
from kulant_chassis.problem import Problem
from kulant_chassis.transaction import Transaction

KEPT = timedelta(hours=48)
"""How long an answer is repeated; after it the same key acts anew."""
MAX_KEY_LENGTH = 200
REPLAYED = "Idempotency-Replayed"
_SWEPT_AT_ONCE = 50

_CLAIM = text(
    "INSERT INTO idempotency_key (tenant, route, key, request_sha256, created_at)"
    " VALUES (:tenant, :route, :key, :request_sha256, :now)"
    " ON CONFLICT (tenant, route, key) DO UPDATE SET request_sha256 = excluded.request_sha256, status = NULL,"
    " body = NULL, etag = NULL, created_at = excluded.created_at"
    " WHERE idempotency_key.created_at < :expired RETURNING key"
)
_STORED = text(
    "SELECT request_sha256, status, body, etag FROM idempotency_key"
    " WHERE tenant = :tenant AND route = :route AND key = :key"
)
_ANSWER = text(
    "UPDATE idempotency_key SET status = :status, body = :body, etag = :etag"
    " WHERE tenant = :tenant AND route = :route AND key = :key"
)
_SWEEP = text(
    "WITH old AS MATERIALIZED (SELECT tenant, route, key FROM idempotency_key"
    " WHERE created_at < :expired ORDER BY created_at LIMIT :most FOR UPDATE SKIP LOCKED)"
    " DELETE FROM idempotency_key USING old WHERE idempotency_key.tenant = old.tenant"
    " AND idempotency_key.route = old.route AND idempotency_key.key = old.key"
)
_NOTE = text(
    "INSERT INTO audit (at, tenant, token_name, action, subjects)"
    " VALUES (:at, :tenant, :token_name, :action, CAST(:subjects AS jsonb))"
)


@dataclass(frozen=True, slots=True)
class Write:
    """One request that changes something: who asks, under which key, with what input."""

    principal: Principal
    route: str
    key: str
    request_sha256: str
    if_match: str | None = None

    @property
    def tenant(self) -> str:
        """The tenant that it is bound to."""
        return self.principal.tenant


@dataclass(frozen=True, slots=True)
class Written:
    """What a request did: `action` (such as `hold.set`) and `subjects` (ids, never personal data) go into the audit.

    Without a body the answer is 204. The body is kept for 48 hours beside the key.
    """

    action: str
    subjects: Mapping[str, str]
    body: BaseModel | None = None
    status: int = 200
    etag: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as bytes can be made of it, given now or kept from before."""

    status: int
    body: str | None
    etag: str | None = None
    is_replayed: bool = field(default=False, compare=False)

    def response(self) -> Response:
        """The HTTP answer."""
        headers = {"ETag": self.etag} if self.etag else {}
        if self.is_replayed:
            headers[REPLAYED] = "true"
        media_type = "application/json" if self.body is not None else None
        return Response(self.body, self.status, headers=headers, media_type=media_type)


KeyDescribed = Annotated[
    str | None, Header(alias="Idempotency-Key", description="Needed: under one key a request acts once.")
]


class _Writes(Requires):
    """Like `Requires`, and the request must say under which key it is to act once."""

    async def __call__(
        self,
        request: Request,
        token: TokenDescribed = None,
        tenant_named: TenantDescribed = None,
        key_named: KeyDescribed = None,  # noqa: ARG002 -- describes
    ) -> Any:
        principal = await super().__call__(request, token, tenant_named)
        key = request.headers.get("idempotency-key", "")
        if not key:
            raise Problem(400, "idempotency-key-missing", "Say in Idempotency-Key under which key this acts once.")
        if len(key) > MAX_KEY_LENGTH or not key.isprintable():
            raise Problem(422, "idempotency-key-invalid", f"A key has at most {MAX_KEY_LENGTH} printable characters.")
        route = request.scope.get("route")
        path = route.path if isinstance(route, APIRoute) else request.url.path
        digest = hashlib.sha256(f"{request.url.path}?{request.url.query}\n".encode() + await request.body())
        return Write(principal, f"{request.method} {path}", key, digest.hexdigest(), request.headers.get("if-match"))


def writes(*roles: str) -> Any:
    """A dependency that yields the Write of a token with one of these roles.

    400 without `Idempotency-Key`. Two requests are the same when address and body are, byte for byte.
    """
    return Depends(_Writes(roles))


async def once(transaction: Transaction, write: Write, act: Callable[[], Awaitable[Written]]) -> Response:
    """Act, or repeat the answer given before under this key; to be called before any other lock is taken.

    What `act` raises undoes the key too: a problem is not kept, the same request is tried again.
    Raises Problem 422 where the key came with another input before.
    """
    names = {"tenant": write.tenant, "route": write.route, "key": write.key}
    expired = transaction.started_at - KEPT
    claim = {**names, "request_sha256": write.request_sha256, "now": transaction.started_at, "expired": expired}
    if (await transaction.connection.execute(_CLAIM, claim)).first() is None:
        return (await _stored(transaction, write, names)).response()
    written = await act()
    body = written.body.model_dump_json(by_alias=True) if written.body is not None else None
    answer = Answer(written.status if body is not None else 204, body, written.etag)
    await transaction.connection.execute(
        _ANSWER, {**names, "status": answer.status, "body": answer.body, "etag": answer.etag}
    )
    await note(transaction, write.principal, written.action, written.subjects)
    await transaction.connection.execute(_SWEEP, {"expired": expired, "most": _SWEPT_AT_ONCE})
    return answer.response()


async def note(transaction: Transaction, principal: Principal, action: str, subjects: Mapping[str, str]) -> None:
    """Put on record who did what: ids only, never personal data. `once` does it for every write."""
    told = {
        "at": transaction.started_at,
        "tenant": principal.tenant,
        "token_name": principal.token_name,
        "action": action,
        "subjects": json.dumps(dict(subjects)),
    }
    await transaction.connection.execute(_NOTE, told)


async def _stored(transaction: Transaction, write: Write, names: Mapping[str, str]) -> Answer:
    row = (await transaction.connection.execute(_STORED, names)).one()
    if row.request_sha256 != write.request_sha256:
        raise Problem(422, "idempotency-key-reused", "This Idempotency-Key was used for another request.")
    return Answer(row.status, row.body, row.etag, is_replayed=True)
