"""The Faust transport `embedded:///path/to/log.db`, found through the entry point group `faust.transports`."""

from pathlib import Path
from typing import Any

from aiokafka.partitioner import DefaultPartitioner
from faust.transport import base
from mode.utils.times import want_seconds

from issue_stream.carriage import consumer, producer, shared
from issue_stream.carriage.log import Log
from schemas.topics import TOPICS

_RETENTION_S = {spec.name: spec.retention.total_seconds() for spec in TOPICS}


class Conductor(base.Conductor):
    """Faust's own, but a topic added while it runs is subscribed after four seconds instead of 45."""

    _resubscribe_sleep_lock_seconds = 4.0


class Transport(base.Transport):
    """One process, one file, no broker."""

    Conductor = Conductor
    Consumer = consumer.Consumer
    Producer = producer.Producer
    default_port = 0
    driver_version = "embedded"

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 - Faust's signature
        super().__init__(*args, **options)
        self._partitioner = DefaultPartitioner()
        self._opened: Log | None = None
        self._users = 0

    @property
    def is_open(self) -> bool:
        """Whether the log can be used."""
        return self._opened is not None

    @property
    def log(self) -> Log:
        """The open log."""
        if self._opened is None:
            raise RuntimeError("the embedded log is used before it was opened")
        return self._opened

    @property
    def _path(self) -> str:
        return str(Path(self.url[0].path).resolve())

    def open(self) -> None:
        """One user more; the first opens the file."""
        self._users += 1
        if self._opened is None:
            self._opened = shared.acquire(self._path)

    def close(self) -> None:
        """One user less; the last lets go of the file."""
        self._users -= 1
        if self._users == 0 and self._opened is not None:
            self._opened = None
            shared.release(self._path)

    def partition_for(self, topic: str, key: bytes | None) -> int:
        """The partition of a key: the same as on Kafka."""
        partitions = list(range(self.log.topics[topic]))
        chosen: int = self._partitioner(key, partitions, partitions)
        return chosen

    async def create_topic(self, topic: str, partitions: int, *, retention: Any = None, **_: Any) -> None:  # noqa: ANN401 - Faust's signature
        """Make a topic; ours are kept as long as `schemas/topics.py` says."""
        kept = want_seconds(retention) if retention else _RETENTION_S.get(topic, 0.0)
        await self.log.create_topic(topic, partitions, kept)
