"""A real single-node Kafka broker in KRaft mode; started, stopped, killed and started again on the same data."""

import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from tests.services.ports import answers, free_ports

HERE = Path(__file__).parent / "kafka"
LIBS = HERE / "libs"
STARTS_WITHIN_S = 60
CLUSTER = "MkU3OEVBNTcwNTJENDM2Qg"
"""Any 16 bytes in base64; the broker wants its data folder marked with one."""


def missing() -> str:
    """Why no broker can be started here; empty when one can."""
    if shutil.which("java") is None:
        return "java is missing; run tests/services/install"
    return "" if list(LIBS.glob("kafka_2.13-*.jar")) else "Kafka's jars are missing; run tests/services/install"


class Kafka:
    """One broker; its data lies in a folder of its own until `stop`."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="issue-stream-kafka-"))
        self._port, self._controller = free_ports(2)
        self._process: subprocess.Popen[bytes] | None = None
        self._settings = self._folder / "server.properties"
        self._settings.write_text(_properties(self._folder / "data", self._port, self._controller))

    @property
    def url(self) -> str:
        """Where clients reach it."""
        return f"kafka://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start, on the data of before if there is some; returns when it answers."""
        if not (self._folder / "data").exists():
            tool = ["kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c", str(self._settings)]
            subprocess.run(_java(*tool), check=True, capture_output=True)
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(_java("kafka.Kafka", str(self._settings)), stdout=log, stderr=log)
        until = time.monotonic() + STARTS_WITHIN_S
        while not answers(self._port):
            if time.monotonic() > until or self._process.poll() is not None:
                raise RuntimeError(f"the broker did not start: {(self._folder / 'log').read_text()[-2000:]}")
            time.sleep(0.1)

    def kill(self) -> None:
        """As a power cut would; `start` brings it back on the same data."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        """For good; its data is gone."""
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)


def _java(*arguments: str) -> list[str]:
    logging = f"-Dlog4j2.configurationFile={HERE / 'log4j2.properties'}"
    return ["java", "-Xmx512m", logging, "-cp", f"{LIBS}/*", *arguments]


def _properties(data: Path, port: int, controller: int) -> str:
    lines = {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@127.0.0.1:{controller}",
        "listeners": f"PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{port}",
        "controller.listener.names": "CONTROLLER",
        "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
        "log.dirs": str(data),
        "offsets.topic.replication.factor": "1",
        "offsets.topic.num.partitions": "4",
        "default.replication.factor": "1",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "group.initial.rebalance.delay.ms": "0",
        "auto.create.topics.enable": "false",
    }
    return "".join(f"{key}={value}\n" for key, value in lines.items())
