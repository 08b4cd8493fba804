"""A real Apache Kafka broker: one node in KRaft mode on free ports of the loopback, its data in a folder of its own.

It makes no topics by itself, as in production. `kill` leaves the data, so that `start` goes on where it was.
"""

import shutil
import socket
import struct
import subprocess
import tempfile
import time
from pathlib import Path

from tests.services.places import HERE, Missing, free_ports, tail

LIBS = HERE / "kafka" / "libs"
LOGGING = HERE / "kafka" / "log4j2.properties"
CLUSTER = "aXNzdWUtc3RyZWFtLXRlc3Q"
"""Any 16 bytes in base64 without padding; Kafka wants one and the same at every start."""
READY_WITHIN_S, STOPS_WITHIN_S = 60.0, 20.0
"""It takes three seconds on two idle cores."""

_ASKS_VERSIONS = struct.pack(">ihhih", 10, 18, 0, 1, -1)
"""ApiVersions, the first question of every client: length, key 18, version 0, correlation 1, no client's name."""

_PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs={data}
default.replication.factor=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
auto.create.topics.enable=false
"""


class Kafka:
    """One broker; started at most once at a time."""

    def __init__(self) -> None:
        self._port, self._controller = free_ports(2)
        self._folder: Path | None = None
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """As `ISSUE_STREAM_BROKER` takes it."""
        return f"kafka://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Return when it answers clients; raises Missing without Java or the jars."""
        if shutil.which("java") is None:
            raise Missing("Java")
        if not (LIBS / ".complete").exists():
            raise Missing("Apache Kafka")
        folder = self._folder = self._folder or self._formatted()
        with (folder / "broker.log").open("ab") as said:
            self._running = subprocess.Popen(
                _java("kafka.Kafka", str(folder / "server.properties")), cwd=folder, stdout=said, stderr=said
            )
        self._wait_until_it_answers(self._running, folder / "broker.log")

    def stop(self) -> None:
        """End it gently and remove its data; nothing happens when it never started."""
        self._end(gently=True)
        if self._folder is not None:
            shutil.rmtree(self._folder)
            self._folder = None

    def kill(self) -> None:
        """End it as a power cut would (`kill -9`); its data stays."""
        self._end(gently=False)

    def _formatted(self) -> Path:
        folder = Path(tempfile.mkdtemp(prefix="kafka-for-tests-"))
        properties = folder / "server.properties"
        text = _PROPERTIES.format(port=self._port, controller=self._controller, data=folder / "data")
        properties.write_text(text, "utf-8")
        made = subprocess.run(
            _java("kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c", str(properties)),
            cwd=folder,
            capture_output=True,
            check=False,
        )
        if made.returncode != 0:
            raise RuntimeError(f"expected Kafka to format {folder}, found: {made.stderr.decode()[-2000:]}")
        return folder

    def _wait_until_it_answers(self, running: subprocess.Popen[bytes], said: Path) -> None:
        until = time.monotonic() + READY_WITHIN_S
        while not _answers(self._port):
            if time.monotonic() > until or _ended_within(running, 0.1):
                self.kill()
                raise RuntimeError(f"expected the broker to answer, found this in its log:\n{tail(said)}")

    def _end(self, *, gently: bool) -> None:
        running, self._running = self._running, None
        if running is None:
            return
        if gently:
            running.terminate()
        if not gently or not _ended_within(running, STOPS_WITHIN_S):
            running.kill()
            running.wait()


def _java(main: str, *arguments: str) -> list[str]:
    return ["java", "-Xmx512m", f"-Dlog4j2.configurationFile={LOGGING}", "-cp", f"{LIBS}/*", main, *arguments]


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as client:
            client.sendall(_ASKS_VERSIONS)
            return len(client.recv(4)) == 4
    except OSError:
        return False


def _ended_within(running: subprocess.Popen[bytes], seconds: float) -> bool:
    try:
        running.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        return False
    return True
