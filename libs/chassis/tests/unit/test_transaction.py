"""What a transaction refuses before it asks the database."""

from datetime import UTC, datetime
from typing import Any

import pytest

from kulant_chassis.transaction import Transaction

NOW = datetime(2026, 3, 2, tzinfo=UTC)
NOT_ASKED: Any = None


async def test_rows_are_copied_only_where_a_rollback_takes_them_back():
    transaction = Transaction(NOT_ASKED, source="/kulant/test", started_at=NOW)
    with pytest.raises(RuntimeError, match="under the lock"):
        await transaction.copy("outbox", ("topic",), [("kulant.case.v1",)])
