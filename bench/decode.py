"""Full decodes per second of a 1 KB invoice on one core, beside the bare parse of the same bytes."""

import argparse
import json
import statistics
import time
from collections.abc import Callable

from pydantic_core import from_json

from kulant_contracts.envelope import CONTENT_TYPE_HEADER, decode
from kulant_contracts.registry import EVENTS

INVOICE = json.dumps(
    {
        "specversion": "1.0",
        "id": "b0c8d7d2-4a7e-4a07-9c2f-1f0f6f0a1b2c",
        "source": "/erp/example",
        "type": "kulant.erp.invoice.issued.v1",
        "time": "2026-03-02T09:15:00+01:00",
        "datacontenttype": "application/json",
        "tenantid": "example",
        "partitionkey": "example/C-1001",
        "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "data": {
            "version": 3,
            "creditor_id": "main",
            "customer_id": "C-1001",
            "invoice_id": "I-2026-000123",
            "number": "2026-000123",
            "issued_on": "2026-03-02",
            "performed_on": "2026-02-27",
            "currency": "EUR",
            "total": {"amount": "1190.00", "currency": "EUR"},
            "claim": "goods_services",
            "subject": "Maintenance in February",
            "order_number": "PO-77812",
            "terms_text": "Payable within 14 days without deduction.",
            "due_basis": "agreed",
            "payment": {"account_id": "giro", "reference": "2026-000123"},
            "items": [
                {
                    "item_id": "I-2026-000123/1",
                    "due_on": "2026-03-16",
                    "amount": {"amount": "590.00", "currency": "EUR"},
                },
                {
                    "item_id": "I-2026-000123/2",
                    "due_on": "2026-04-16",
                    "amount": {"amount": "600.00", "currency": "EUR"},
                },
            ],
        },
    }
).encode()


def per_second(act: Callable[[], object], count: int) -> float:
    """Calls of `act` per second of this process's own processor time."""
    begun = time.process_time()
    for _ in range(count):
        act()
    return count / (time.process_time() - begun)


def main() -> None:
    """Prints the medians of interleaved runs as one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--count", type=int, default=20_000)
    options = parser.parse_args()
    headers = [CONTENT_TYPE_HEADER]
    decode(INVOICE, headers, EVENTS)
    runs = []
    for _ in range(options.runs):
        value = per_second(lambda: decode(INVOICE, headers, EVENTS), options.count)
        floor = per_second(lambda: from_json(INVOICE), options.count)
        runs.append({"value": round(value), "floor": round(floor)})
    line = {
        "name": "decode",
        "value": statistics.median(run["value"] for run in runs),
        "unit": "events/s",
        "floor": statistics.median(run["floor"] for run in runs),
        "ratio": round(statistics.median(run["value"] / run["floor"] for run in runs), 3),
        "bytes": len(INVOICE),
        "runs": runs,
    }
    print(json.dumps(line))


if __name__ == "__main__":
    main()
