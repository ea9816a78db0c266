"""How the broker is configured and called: one place for its properties and its Java flags."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kulant_devstack.java import Java
from kulant_devstack.ports import LOOPBACK

_LOG4J = """
<Configuration status="ERROR">
  <Appenders><Console name="console" target="SYSTEM_OUT">
    <PatternLayout pattern="%d{ISO8601} %p %m (%c)%n"/>
  </Console></Appenders>
  <Loggers><Root level="WARN"><AppenderRef ref="console"/></Root></Loggers>
</Configuration>
""".lstrip()

_PROPERTIES = """
process.roles=broker,controller
node.id=1
listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller_port}{doors}
advertised.listeners=PLAINTEXT://{host}:{port}{advertised}
controller.quorum.bootstrap.servers={host}:{controller_port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT{protocols}
inter.broker.listener.name=PLAINTEXT
log.dirs={data}
log.segment.bytes=67108864
log.cleaner.dedupe.buffer.size=16777216
num.network.threads=2
num.io.threads=4
auto.create.topics.enable=false
group.initial.rebalance.delay.ms=0
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=4
# A killed broker is let in again after two seconds instead of nine.
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
# By itself the controller writes a record without content twice a second: a third of what an idle broker costs.
metadata.max.idle.interval.ms=60000
""".lstrip()

EDITION = hashlib.sha256(_PROPERTIES.encode()).hexdigest()[:12]
"""Another one for other properties: an empty data folder is prepared by those with which its broker begins."""

_FLAGS = (
    "-Xms128m",
    "-Xmx384m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "--enable-native-access=ALL-UNNAMED",
    "-Xlog:disable",
    "-Xlog:all=error:stderr",
)


@dataclass(frozen=True, slots=True)
class KafkaCommand:
    """Builds the broker's command lines for one folder: `broker.properties`, `log4j2.xml`, `data/`, `tmp/`."""

    java: Java
    jars: Path
    folder: Path

    @property
    def properties(self) -> Path:
        """The broker's configuration file."""
        return self.folder / "broker.properties"

    @property
    def data(self) -> Path:
        """Where the broker keeps its log."""
        return self.folder / "data"

    def write_configuration(self, port: int, controller_port: int, doors: Mapping[int, int] | None = None) -> None:
        """Write everything that the broker reads at its start.

        `doors`: more ports to listen on, each with the port that clients who come in there are sent to.
        """
        more = tuple((doors or {}).items())
        # Libraries for compression are unpacked into and loaded from here: the system's temp folder may forbid that.
        (self.folder / "tmp").mkdir(parents=True, exist_ok=True)
        (self.folder / "log4j2.xml").write_text(_LOG4J)
        self.properties.write_text(
            _PROPERTIES.format(
                host=LOOPBACK,
                port=port,
                controller_port=controller_port,
                data=self.data,
                doors="".join(f",DOOR{number}://{LOOPBACK}:{door}" for number, (door, _) in enumerate(more)),
                advertised="".join(f",DOOR{number}://{LOOPBACK}:{told}" for number, (_, told) in enumerate(more)),
                protocols="".join(f",DOOR{number}:PLAINTEXT" for number in range(len(more))),
            )
        )

    def broker(self, *flags: str) -> tuple[str, ...]:
        """The command that runs the broker."""
        return (*self._java(*flags), "kafka.Kafka", str(self.properties))

    def format(self, cluster: str, *flags: str) -> tuple[str, ...]:
        """The command that prepares an empty data folder."""
        tool = (*self._java(*flags), "kafka.tools.StorageTool", "format", "--standalone")
        return (*tool, "-t", cluster, "-c", str(self.properties))

    def _java(self, *flags: str) -> tuple[str, ...]:
        unsafe = ("--sun-misc-unsafe-memory-access=allow",) if self.java.major >= 23 else ()
        own = (
            f"-Djava.io.tmpdir={self.folder / 'tmp'}",
            f"-Dlog4j2.configurationFile={self.folder / 'log4j2.xml'}",
        )
        path = ":".join(str(jar) for jar in sorted(self.jars.glob("*.jar")))
        return (str(self.java.path), *_FLAGS, *unsafe, *flags, *own, "-cp", path)
