"""A worker as a process, and the house of a process without agents. No pages are loaded here.

Stopping takes about a second: the log is committed, nothing half done is kept.
"""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager

from issue_stream.app import make_app
from issue_stream.house import House, open_house
from issue_stream.publish import Carrier, Publisher
from issue_stream.settings import Settings
from issue_stream.worker import running_worker
from schemas.errors import Unavailable

Ready = Callable[[House], None]
"""Called once when everything answers: the command line says where to look."""


async def run_worker(settings: Settings, ready: Ready) -> None:
    """Agents and rounds, until told to stop; raises Unavailable when the log cannot go on."""
    stop = asyncio.Event()
    async with running_worker(settings) as worker:
        with on_signals(stop.set):
            ready(worker.house)
            ended = asyncio.create_task(worker.app.wait_until_stopped())
            asked = asyncio.create_task(stop.wait())
            await asyncio.wait({ended, asked}, return_when=asyncio.FIRST_COMPLETED)
            asked.cancel()
            if ended.done() and not stop.is_set():
                raise Unavailable("the log", "its client stopped by itself; start the worker again")
            ended.cancel()


@asynccontextmanager
async def house_of_web(settings: Settings) -> AsyncIterator[House]:
    """The house of a process without agents: an intake, a bench, a drill."""
    async with AsyncExitStack() as stack:
        house = await stack.enter_async_context(open_house(settings))
        if not settings.is_embedded:  # the embedded log belongs to the process that runs the worker
            app = make_app(settings)
            publisher = Publisher(app)
            carrier = Carrier(send=publisher.wish, leave=house.leave)
            await app.producer.start()  # only that: a whole app would join the workers' group and take partitions
            stack.push_async_callback(app.producer.stop)
            stack.push_async_callback(carrier.stop)
            house.door.carry = carrier.carry
        yield house


@contextmanager
def on_signals(stop: Callable[[], None]) -> Iterator[None]:
    """Call `stop` on Ctrl-C and on SIGTERM while the block runs."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
