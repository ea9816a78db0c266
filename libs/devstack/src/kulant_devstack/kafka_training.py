"""Starts and stops a broker once, so that the Java which runs it can write down what it loaded."""

import shutil
import tempfile
from pathlib import Path

from kulant_devstack.java import Java
from kulant_devstack.kafka import Kafka
from kulant_devstack.supervisor import Supervisor


def train_kafka(java: Java, jars: Path, draft: Path) -> None:
    """Write the cache to `draft`; raises StackFailed where the broker does not start."""
    folder = Path(tempfile.mkdtemp(prefix="training-", dir=jars))
    kafka = Kafka(folder / "kafka", Supervisor(folder), java, jars, write_cache=draft)
    try:
        kafka.start()
        kafka.stop(seconds=120)
    finally:
        kafka.stop()
        shutil.rmtree(folder, ignore_errors=True)
