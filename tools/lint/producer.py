"""Nothing reaches Kafka but through the outbox: only the relay and parking may produce, and clients from outside."""

import ast
from collections.abc import Iterator

from tools.lint.source import Source, Violation

OWNERS = {f"libs/chassis/src/kulant_chassis/{name}.py" for name in ("outbox", "consumer", "parking")}
OUTSIDE = {"kulant_cli", "kulant_devstack"}
PRODUCERS = {"AIOKafkaProducer", "KafkaProducer"}


def check(source: Source) -> Iterator[Violation]:
    if source.package is None or source.package in OUTSIDE or source.path in OWNERS:
        return
    for node in source.nodes:
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name) if name in PRODUCERS:
                yield from source.violation("producer", node, "publish through the outbox (Transaction.publish)")
