"""The producer of the embedded carriage: appends to the log of its transport; a future resolves when it is durable."""

import asyncio
import time
from collections.abc import Mapping
from functools import partial
from typing import Any

from faust.transport import base
from faust.types import TP, RecordMetadata

from issue_stream.carriage.log import Log, Record


class Producer(base.Producer):
    """Appends to the log."""

    @property
    def _log(self) -> Log:
        log: Log = self.transport.log
        return log

    async def on_start(self) -> None:
        """Open the log."""
        self.transport.open()
        await super().on_start()

    async def on_stop(self) -> None:
        """Wait for what was appended, close the log."""
        await self.flush()
        await super().on_stop()
        self.transport.close()

    async def send(  # noqa: PLR0913, PLR0917 - Faust's signature
        self,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        partition: int | None,
        timestamp: float | None,
        headers: Any,  # noqa: ANN401 - a mapping or a list
        *,
        transactional_id: str | None = None,  # noqa: ARG002 - no transactions here
    ) -> "asyncio.Future[RecordMetadata]":
        """Append; the future resolves when the record is durable."""
        if topic not in self._log.topics:
            await self.transport.create_topic(topic, self.app.conf.topic_partitions)
        return self._append(topic, key, value, partition, timestamp, _pairs(headers))

    def send_soon(self, fut: Any) -> None:  # noqa: ANN401 - Faust's FutureMessage
        """Append at once: the stock buffer's flush waits for an empty buffer, which starves commits under load."""
        message = fut.message
        topic = message.channel.get_topic_name()
        if not self.transport.is_open or topic not in self._log.topics:
            self.buffer.put(fut)
            return
        state = self.app.sensors.on_send_initiated(
            self, topic, message=message, keysize=len(message.key or b""), valsize=len(message.value or b"")
        )
        appended = self._append(
            topic, message.key, message.value, message.partition, message.timestamp, _pairs(message.headers)
        )
        published = partial(message.channel._on_published, message=fut, state=state, producer=self)  # noqa: SLF001 - as Faust does
        appended.add_done_callback(published)

    def _append(  # noqa: PLR0913, PLR0917 - the fields of a record
        self,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        partition: int | None,
        timestamp: float | None,
        headers: list[tuple[str, bytes]],
    ) -> "asyncio.Future[RecordMetadata]":
        number = self.transport.partition_for(topic, key) if partition is None else partition
        at = timestamp or time.time()
        appended = self._log.append(Record(self._log.part(topic, number), at, key, value, headers))
        known: asyncio.Future[RecordMetadata] = self.loop.create_future()
        appended.add_done_callback(partial(_settle, known, TP(topic, number), at))
        return known

    async def send_and_wait(self, *args: Any, **options: Any) -> RecordMetadata:  # noqa: ANN401 - Faust's signature
        """Append and wait until it is durable."""
        return await (await self.send(*args, **options))

    async def flush(self) -> None:
        """Wait for what was sent before this call."""
        await self.buffer.flush()
        if self.transport.is_open:
            await self._log.flush()

    async def create_topic(self, topic: str, partitions: int, replication: int, **options: Any) -> None:  # noqa: ANN401, ARG002 - Faust's signature
        """Make a topic."""
        await self.transport.create_topic(topic, partitions, **options)

    def key_partition(self, topic: str, key: bytes) -> TP:
        """Where a key belongs."""
        return TP(topic, self.transport.partition_for(topic, key))

    def supports_headers(self) -> bool:
        """Headers are kept."""
        return True


def _pairs(headers: Any) -> list[tuple[str, bytes]]:  # noqa: ANN401 - a mapping, a list or nothing
    if headers is None:
        return []
    return list(headers.items() if isinstance(headers, Mapping) else headers)


def _settle(known: "asyncio.Future[RecordMetadata]", tp: TP, at: float, appended: "asyncio.Future[int]") -> None:
    if known.done():
        return
    failure = appended.exception()
    if failure is not None:
        known.set_exception(failure)
    else:
        known.set_result(RecordMetadata(tp.topic, tp.partition, tp, appended.result(), at, 0))
