"""An ERP in one file: publishes an invoice through librdkafka, watches Kulant's topics, and waits for the mail.

It shares no code with Kulant and uses another partitioner than Kulant's own services (librdkafka's default), because
no client has to know which partition a customer's facts lie on.
"""

import argparse
import json
import sys
import time
import urllib.error
import urllib.request
import uuid
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

from confluent_kafka import Consumer, Producer

SIX_O_CLOCK = "06:00:00+00:00"
ISSUED_ON = date(2026, 3, 2)
DUE_ON = date(2026, 3, 16)
FIRST_DAY = date(2026, 3, 16)
LAST_DAY = date(2026, 3, 24)
PATIENCE_SECONDS = 60
TOPICS = [f"kulant.{name}.v1" for name in ("erp", "invoice", "reminder", "delivery", "response", "case")]


def facts(tenant: str) -> list[tuple[str, str, dict]]:
    """What this ERP has to say: key, type and data of each fact."""
    customer = f"{tenant}/K-4711"
    money = {"amount": "1190.00", "currency": "EUR"}
    return [
        (
            tenant,
            "tenant.changed",
            {"version": 1, "name": "Example", "mode": "test", "time_zone": "Europe/Berlin", "country": "DE"},
        ),
        (
            tenant,
            "creditor.changed",
            {
                "version": 1,
                "legal_name": "Beispielhaus Nord GmbH",
                "address": {"lines": ["Musterweg 2"], "postal_code": "10117", "city": "Berlin", "country": "DE"},
                "bank_accounts": [
                    {"account_id": "a1", "iban": "DE89370400440532013000", "holder": "Beispielhaus Nord GmbH"}
                ],
                "contact": {"name": "Clara Muster", "email": "accounts@beispielhaus.example.com"},
                "language": "en",
                "time_zone": "Europe/Berlin",
            },
        ),
        (
            customer,
            "customer.changed",
            {
                "version": 1,
                "customer_id": "K-4711",
                "kind": "business",
                "name": "Musterdruck Sonnental KG",
                "contacts": [
                    {
                        "contact_id": "c1",
                        "channel": "email",
                        "address": address_of(tenant),
                        "salutation": "mr",
                        "given_name": "Emil",
                        "family_name": "Erdacht",
                    }
                ],
            },
        ),
        (
            customer,
            "invoice.issued",
            {
                "version": 1,
                "customer_id": "K-4711",
                "invoice_id": "2026-0815",
                "number": "2026-0815",
                "issued_on": ISSUED_ON.isoformat(),
                "currency": "EUR",
                "total": money,
                "items": [{"item_id": "1", "due_on": DUE_ON.isoformat(), "amount": money}],
            },
        ),
    ]


def address_of(tenant: str) -> str:
    return f"emil@{tenant}.example.net"


def event_of(tenant: str, key: str, name: str, data: dict) -> dict:
    """The fact as a CloudEvent in structured mode."""
    return {
        "specversion": "1.0",
        "id": str(uuid.uuid4()),
        "source": "/example/librdkafka",
        "type": f"kulant.erp.{name}.v1",
        "time": f"{FIRST_DAY}T{SIX_O_CLOCK}",
        "datacontenttype": "application/json",
        "tenantid": tenant,
        "partitionkey": key,
        "data": data,
    }


def publish(bootstrap: str, tenant: str) -> None:
    """Hand all facts to the broker, and come back when it has acknowledged them."""
    refused: list[str] = []

    def told(error, message) -> None:
        if error is not None:
            refused.append(str(error))
        else:
            print(f"acknowledged  {message.topic()}  partition {message.partition()}  key {message.key().decode()}")

    producer = Producer({"bootstrap.servers": bootstrap, "enable.idempotence": True, "acks": "all"})
    for key, name, data in facts(tenant):
        producer.produce(
            "kulant.erp.v1",
            key=key,
            value=json.dumps(event_of(tenant, key, name, data)),
            headers={"content-type": "application/cloudevents+json; charset=UTF-8"},
            on_delivery=told,
        )
    left = producer.flush(PATIENCE_SECONDS)
    if refused or left:
        sys.exit(f"The broker did not take {left + len(refused)} facts: {', '.join(refused) or 'no answer'}")


class Api:
    """The one call of Kulant's REST interface that this client needs."""

    def __init__(self, stack: dict, tenant: str) -> None:
        self._url = f"{stack['services']['invoice-service']}/v1/test-clock"
        token = Path(stack["token_file"]).read_text().strip()
        self._headers = {"Authorization": f"Bearer {token}", "Kulant-Tenant": tenant}

    def move_clock(self, now_at: datetime) -> bool:
        """Move the tenant's clock; false as long as invoice-service has not heard of the tenant."""
        request = urllib.request.Request(  # noqa: S310  (the stack's own address)
            self._url,
            data=json.dumps({"now_at": now_at.isoformat()}).encode(),
            headers={**self._headers, "Content-Type": "application/json"},
            method="PUT",
        )
        try:
            with urllib.request.urlopen(request, timeout=10):  # noqa: S310
                return True
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return False
            raise


class Watch:
    """Prints every event about one tenant, from the beginning of the topics on."""

    def __init__(self, bootstrap: str, tenant: str) -> None:
        self._tenant = tenant
        self.seen: set[str] = set()
        self._consumer = Consumer(
            {
                "bootstrap.servers": bootstrap,
                "group.id": f"example-{uuid.uuid4()}",
                "auto.offset.reset": "earliest",
                "enable.auto.commit": False,
            }
        )
        self._consumer.subscribe(TOPICS)

    def look(self, seconds: float) -> None:
        """Print what comes within these seconds."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            message = self._consumer.poll(left)
            if message is None or message.error() or not self._is_ours(message.key()):
                continue
            event = json.loads(message.value())
            self.seen.add(event["type"])
            print(f"{event['time'][:16]}  {event['type']:38} {message.topic()}/{message.partition()}")

    def _is_ours(self, key: bytes | None) -> bool:
        return key is not None and key.decode().partition("/")[0] == self._tenant

    def close(self) -> None:
        self._consumer.close()


def find_mail(folder: Path, address: str) -> Path | None:
    """The newest mail to this address."""
    for file in sorted(folder.glob("*.eml"), reverse=True):
        if address in str(message_from_bytes(file.read_bytes(), policy=policy.default)["To"]):
            return file
    return None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stack", type=Path, help="file with the line that `kulant up --json` prints")
    stack = json.loads(parser.parse_args().stack.read_text())
    tenant = f"example-{uuid.uuid4().hex[:8]}"
    publish(stack["kafka"], tenant)
    watch, api = Watch(stack["kafka"], tenant), Api(stack, tenant)
    patience = time.monotonic() + PATIENCE_SECONDS
    while not api.move_clock(datetime.combine(FIRST_DAY, datetime.min.time(), UTC) + timedelta(hours=9)):
        if time.monotonic() > patience:
            sys.exit("invoice-service has not heard of the tenant")
        watch.look(0.2)
    day = FIRST_DAY
    mail = None
    while mail is None and day < LAST_DAY:
        day += timedelta(days=1)
        api.move_clock(datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=9))
        watch.look(2)
        mail = find_mail(Path(stack["mailbox_dir"]), address_of(tenant))
    watch.look(2)
    watch.close()
    if mail is None or "kulant.delivery.sent.v1" not in watch.seen:
        sys.exit("no mail came")
    message = message_from_bytes(mail.read_bytes(), policy=policy.default)
    print(f"\n{mail}\nTo: {message['To']}\nSubject: {message['Subject']}\n")
    print(message.get_body(("plain",)).get_content())
    return 0


if __name__ == "__main__":
    sys.exit(main())
