"""The consumer of the embedded carriage: the only member of its group, assigned every partition it subscribes to.

Faust's own rebalance runs on one member, so agents, recovery and commits behave as on a broker. Offsets are
committed only as a contiguous prefix of what was acknowledged.
"""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from types import SimpleNamespace
from typing import Any

from faust.exceptions import ImproperlyConfigured
from faust.transport import base
from faust.types import TP, ConsumerMessage
from mode import Service

from issue_stream.carriage import retention
from issue_stream.carriage.delivery import AtOnce
from issue_stream.carriage.log import Log, Stored
from schemas.errors import Unavailable

log = logging.getLogger("issue_stream.carriage")

MEMBER = "embedded"
FETCH = 500
"""Records a partition gives at once: enough to keep every agent busy, few enough to leave the loop to the web."""
AWAY_S = 1.0
"""Between two tries to read a log that cannot be read."""


class Consumer(AtOnce, base.Consumer):
    """Reads the log of its transport."""

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 - Faust's signature
        super().__init__(*args, **options)
        if self.in_transaction:
            raise ImproperlyConfigured("the embedded carriage has no transactions; leave processing_guarantee alone")
        self._assigned: set[TP] = set()
        self._position: dict[TP, int] = {}
        self._floor: dict[TP, int] = {}
        self._one_at_a_time = asyncio.Lock()

    @property
    def _log(self) -> Log:
        log: Log = self.transport.log
        return log

    async def on_start(self) -> None:
        """Open the log."""
        await super().on_start()
        self.transport.open()

    async def on_stop(self) -> None:
        """Commit, wait for streams, close the log."""
        await super().on_stop()
        self.transport.close()

    async def subscribe(self, topics: Iterable[str]) -> None:
        """Take part in these topics; scheduled, because the rebalance waits for the caller of this very call."""
        self.add_future(self._rebalance(set(topics)))

    async def _rebalance(self, topics: set[str]) -> None:
        async with self._one_at_a_time:
            app, assignor = self.app, self.app.assignor
            for topic in topics:
                await self.transport.create_topic(topic, app.conf.topic_partitions)
            app.on_rebalance_start()
            await self.on_partitions_revoked(set(self._assigned))
            cluster = SimpleNamespace(partitions_for_topic=lambda name: set(range(self._log.topics.get(name, 0))))
            assignment = assignor.assign(cluster, {MEMBER: assignor.metadata(topics)})[MEMBER]
            assignor.on_assignment(assignment)
            self._assigned = {TP(topic, number) for topic, numbers in assignment.assignment for number in numbers}
            app.consumer_generation_id += 1
            for tp in self._assigned - self._position.keys():
                self._position[tp] = self._first(tp)
            await self.on_partitions_assigned(set(self._assigned), app.consumer_generation_id)

    def assignment(self) -> set[TP]:
        """Every partition of the subscribed topics."""
        return set(self._assigned)

    async def _getmany(
        self,
        active_partitions: set[TP] | None,
        timeout: float,  # noqa: ASYNC109 - Faust's signature
    ) -> dict[TP, list[Stored]]:
        until = self.loop.time() + timeout
        while not self.should_stop and self.flow_active:
            self._log.news.clear()
            try:
                found = self._fetch(active_partitions or set())
            except Unavailable as exc:
                log.warning("the log cannot be read", extra={"cause": exc.cause})
                await self.sleep(AWAY_S)
                return {}
            left = until - self.loop.time()
            if found or left <= 0:
                await asyncio.sleep(0)  # with a backlog the web in this loop gets its turn between two fetches
                return found
            await self._news_within(left)
        return {}

    def _fetch(self, partitions: set[TP]) -> dict[TP, list[Stored]]:
        found = {}
        for tp in partitions & self._position.keys():
            if records := self._log.read(self._part(tp), self._position[tp], FETCH):
                found[tp] = records
                self._position[tp] = records[-1].offset + 1
        return found

    async def _news_within(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._log.news.wait()
        except TimeoutError:
            return

    def stop_flow(self) -> None:
        """Wake a waiting fetch, so that stopping takes no second."""
        super().stop_flow()
        self._wake()

    def resume_partitions(self, tps: Iterable[TP]) -> None:
        """Wake a waiting fetch."""
        super().resume_partitions(tps)
        self._wake()

    def on_buffer_drop(self, tp: TP) -> None:
        """Wake a waiting fetch."""
        super().on_buffer_drop(tp)
        self._wake()

    def _wake(self) -> None:
        if self.transport.is_open:
            self._log.news.set()

    def _to_message(self, tp: TP, record: Stored) -> ConsumerMessage:
        return ConsumerMessage(
            tp.topic,
            tp.partition,
            record.offset,
            record.at,
            0,
            list(record.headers),
            record.key,
            record.value,
            None,
            len(record.key or b""),
            len(record.value or b""),
            tp,
            generation_id=self.app.consumer_generation_id,
        )

    def _part(self, tp: TP) -> int:
        return self._log.part(tp.topic, tp.partition)

    def _first(self, tp: TP) -> int:
        if self.app.conf.consumer_auto_offset_reset == "latest":
            return self.highwater(tp)
        return self._log.earliest(self._part(tp))

    async def seek_to_committed(self) -> Mapping[TP, int | None]:
        """Go to what the group has finished, or to the start."""
        committed = self._log.committed(self.app.conf.id)
        found: dict[TP, int | None] = {}
        for tp in self._assigned:
            offset = committed.get(self._part(tp))
            self._floor[tp] = self._position[tp] = self._first(tp) if offset is None else offset
            found[tp] = offset
        return found

    def _new_offset(self, tp: TP) -> int | None:
        """The end of the contiguous prefix of acknowledged offsets (Faust's own jumps over gaps: its issue 606)."""
        acked = self._acked[tp]
        acked.sort()
        start = end = self._committed_offset[tp] or self._floor.get(tp, 0)
        for offset in acked:
            if offset > end and self._is_kept(tp, end, offset):
                break
            end = max(end, offset + 1)
        if end == start:
            return None
        finished = [offset for offset in acked if offset < end]
        del acked[: len(finished)]
        self._acked_index[tp].difference_update(finished)
        return end

    def _is_kept(self, tp: TP, start: int, end: int) -> bool:
        """Whether a record stands in [start, end): a gap that retention left holds no commit back."""
        records = self._log.read(self._part(tp), start, 1)
        return bool(records) and records[0].offset < end

    async def _seek(self, partition: TP, offset: int) -> None:
        self._position[partition] = offset

    async def seek_wait(self, partitions: Mapping[TP, int]) -> None:
        """Go to these offsets; reading goes on from them."""
        for tp, offset in partitions.items():
            self._position[tp] = offset
            self._read_offset[tp] = offset if offset > 0 else None

    async def _commit(self, offsets: Mapping[TP, int]) -> bool:
        """Whether it is kept. When the disk is full it is not, and the next commit keeps the more: at-least-once."""
        try:
            await self._log.commit(self.app.conf.id, {self._part(tp): offset for tp, offset in offsets.items()})
        except Unavailable as exc:
            log.warning("offsets are not kept yet", extra={"cause": exc.cause})
            return False
        return True

    @Service.task  # type: ignore[untyped-decorator]  # mode has no types
    async def _forget_old(self) -> None:
        async for _ in self.itertimer(retention.EVERY_S, name="retention"):
            await retention.trim(self._log, {tp.topic for tp in self._assigned})

    async def position(self, tp: TP) -> int | None:
        """The next offset to fetch."""
        return self._position.get(tp)

    def highwater(self, tp: TP) -> int:
        """One behind the last durable record."""
        return self._log.next_offset(self._part(tp))

    async def highwaters(self, *partitions: TP) -> Mapping[TP, int]:
        """The same for several partitions."""
        return {tp: self.highwater(tp) for tp in partitions}

    async def earliest_offsets(self, *partitions: TP) -> Mapping[TP, int]:
        """The first kept record of each."""
        return {tp: self._log.earliest(self._part(tp)) for tp in partitions}

    def _new_topicpartition(self, topic: str, partition: int) -> TP:
        return TP(topic, partition)

    def topic_partitions(self, topic: str) -> int | None:
        """How many partitions the topic has; None before the log is open, as on a broker."""
        return self._log.topics.get(topic) if self.transport.is_open else None

    def key_partition(self, topic: str, key: bytes | None, partition: int | None = None) -> int | None:
        """Where a key belongs."""
        return self.transport.partition_for(topic, key) if partition is None else partition

    async def create_topic(self, topic: str, partitions: int, replication: int, **options: Any) -> None:  # noqa: ANN401, ARG002 - Faust's signature
        """Make a topic."""
        await self.transport.create_topic(topic, partitions, **options)
