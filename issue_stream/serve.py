"""The pages as a process: `up` (everything in one) and `web`. Each runs until Ctrl-C or SIGTERM and stops cleanly.

Stopping finishes requests under way, then the agents and the log; nothing half done is kept.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import structlog
import uvicorn
from fastapi import FastAPI

from issue_stream.plug import web_of
from issue_stream.run import Ready, house_of_web, on_signals
from issue_stream.settings import Settings
from issue_stream.store.migrate import upgrade
from issue_stream.web.app import create_app
from issue_stream.worker import running_worker
from schemas.errors import Unavailable

log = structlog.get_logger("issue_stream.serve")

STOP_WITHIN_S = 5
"""Seconds that open requests (large uploads) get to end."""


async def run_up(settings: Settings, host: str, port: int, ready: Ready) -> None:
    """Everything in one process, on the embedded log and SQLite unless the settings name others."""
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    await upgrade(settings.database)
    async with running_worker(settings) as worker:
        watch = asyncio.create_task(_watch_log(worker.app.wait_until_stopped))
        await serve(create_app(web_of(worker.house)), host, port, lambda: ready(worker.house))
        watch.cancel()


async def run_web(settings: Settings, host: str, port: int, ready: Ready) -> None:
    """Pages and API; wishes are carried by this process on Kafka, and by the worker's sweep on the embedded log."""
    async with house_of_web(settings) as house:
        await serve(create_app(web_of(house)), host, port, lambda: ready(house))


class _Server(uvicorn.Server):
    """uvicorn without its own signal handling: ours ends the web first and the worker after it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield


async def serve(app: FastAPI, host: str, port: int, ready: Callable[[], None]) -> None:
    """Answer requests until SIGINT or SIGTERM; raises Unavailable when the port is taken."""
    config = uvicorn.Config(
        app, host=host, port=port, log_config=None, access_log=False, timeout_graceful_shutdown=STOP_WITHIN_S
    )
    server = _Server(config)

    def stop() -> None:
        server.should_exit = True

    with on_signals(stop):
        serving = asyncio.create_task(_serve(server, host, port))
        while not server.started and not serving.done():  # noqa: ASYNC110 - uvicorn has a flag, not an event
            await asyncio.sleep(0.01)
        if not serving.done():
            ready()
        await serving


async def _serve(server: uvicorn.Server, host: str, port: int) -> None:
    try:
        await server.serve()
    except SystemExit as exc:  # how uvicorn says that it could not bind
        raise Unavailable(
            f"{host}:{port}", "the port is taken; stop the other process or choose another --port"
        ) from exc


async def _watch_log(stopped: Callable[[], Awaitable[None]]) -> None:
    """Say it loudly when the log stops by itself; the pages stay up and the banner tells the staff."""
    await stopped()
    log.critical("the log stopped by itself; wishes wait in the store until the next start")
