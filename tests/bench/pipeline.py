"""The whole pipeline under load: raise → acknowledged → classified → offered → accepted → resolved, with its notices.

    python -m tests.bench.pipeline --carriage embedded --store sqlite --workers 1 --issues 2000 --json

Broker and database are started by itself when the environment names none. Prints one JSON object last;
docs/reference/bench.md says what each figure means.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import psutil

from issue_stream.clock import utc_now
from issue_stream.house import House
from issue_stream.run import house_of_web
from issue_stream.settings import Settings
from issue_stream.worker import running_worker
from tests.bench import company, figures
from tests.bench.growth import growth
from tests.bench.raising import raise_many, raise_steadily
from tests.bench.services import broker_url, database_url
from tests.bench.staff import Staff

STEADY_RATE, STEADY_SECONDS = 20, 15
PATIENCE_S = 120
SLOWEST = 20
"""Issues a second below which a run gives up."""


async def measure(options: argparse.Namespace) -> dict[str, Any]:
    """All figures of one run."""
    with tempfile.TemporaryDirectory(prefix="issue-stream-bench-") as folder:
        async with AsyncExitStack() as stack:
            settings = await _settings(options, Path(folder), stack)
            await company.settle(settings, utc_now())
            if options.growth:
                return await growth(settings)
            house, processes = await stack.enter_async_context(_running(settings, options.workers))
            return await _measure(house, processes, options)


async def _settings(options: argparse.Namespace, folder: Path, stack: AsyncExitStack) -> Settings:
    return Settings(
        var_dir=folder / "var",
        database_url=await database_url(options.store, folder, stack),
        broker_url=await broker_url(options.carriage, folder, stack),
        policy_file=company.policy_file(folder),
        log_level="warning",
    )


async def _measure(house: House, processes: Sequence[psutil.Process], options: argparse.Namespace) -> dict[str, Any]:
    staff = asyncio.create_task(Staff(house, await company.sorter(house)).work())
    began = time.perf_counter()
    await raise_many(house, options.issues)
    patience = PATIENCE_S + options.issues / SLOWEST
    await figures.until_resolved(house, options.issues, patience)
    took = time.perf_counter() - began
    applied = await figures.applied(house)
    steady = await raise_steadily(house, STEADY_RATE, STEADY_SECONDS)
    await figures.until_resolved(house, options.issues + len(steady), patience)
    staff.cancel()
    result = {
        "carriage": options.carriage,
        "store": options.store,
        "workers": options.workers,
        "issues": options.issues,
        "issues_per_s": round(options.issues / took, 1),
        "commands_per_s": round(applied / took, 1),
        "load": os.getloadavg()[0],
        "rss_mb": round(sum(p.memory_info().rss for p in processes) / 1e6),
    }
    return result | await figures.latencies(house, steady) | await figures.audit(house, options.issues + len(steady))


@asynccontextmanager
async def _running(settings: Settings, workers: int) -> AsyncIterator[tuple[House, list[psutil.Process]]]:
    """Embedded: one process is everything. Kafka: each worker is a process, and this one is the intake."""
    if settings.is_embedded:
        async with running_worker(settings) as worker:
            yield worker.house, [psutil.Process()]
        return
    started = [_worker_process(settings, number) for number in range(workers)]
    try:
        async with house_of_web(settings) as house:
            await figures.until_alive(house, workers, PATIENCE_S)
            yield house, [psutil.Process(), *(psutil.Process(p.pid) for p in started)]
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(timeout=30)


def _worker_process(settings: Settings, number: int) -> subprocess.Popen[bytes]:
    environment = os.environ | company.environment(settings) | {"ISSUE_STREAM_WORKER_NAME": f"bench-{number}"}
    command = [sys.executable, "-m", "issue_stream.cli", "worker"]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)


def options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="Measure the whole pipeline.")
    parser.add_argument("--carriage", choices=("embedded", "kafka"), default="embedded")
    parser.add_argument("--store", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--issues", type=int, default=2000)
    parser.add_argument("--growth", action="store_true", help="cost with 100,000 stored over cost with 1,000")
    parser.add_argument("--json", action="store_true", help="only the JSON object, which is printed in any case")
    return parser.parse_args(arguments)


def main() -> None:
    """Measure and print."""
    print(json.dumps(asyncio.run(measure(options()))))


if __name__ == "__main__":
    main()
