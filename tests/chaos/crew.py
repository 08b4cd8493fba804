"""Worker processes on a real broker and database, and what must be true of the store after every drill."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from issue_stream.house import House
from issue_stream.settings import Settings
from issue_stream.store.verify import Audit, verify
from tests.bench import company


class Worker:
    """`issue-stream worker` as a process that can be stopped, killed and started again."""

    def __init__(self, settings: Settings, name: str) -> None:
        self._environment = os.environ | company.environment(settings) | {"ISSUE_STREAM_WORKER_NAME": name}
        self._log = settings.var_dir / f"{name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; returns at once."""
        with self._log.open("ab") as said:
            command = [sys.executable, "-m", "issue_stream.cli", "worker"]
            self._process = subprocess.Popen(command, env=self._environment, stdout=said, stderr=said)

    def look_after(self) -> None:
        """Start it again when it ended by itself, as a supervisor does."""
        if self._process is not None and self._process.poll() is not None:
            self.start()

    def end(self, how: signal.Signals) -> None:
        """Stop (SIGTERM) or kill (SIGKILL) it and wait until it is gone."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(timeout=30)

    def said(self) -> str:
        """The end of its log, for a drill that failed."""
        return self._log.read_text()[-3000:] if self._log.exists() else ""


async def faults(house: House) -> list[str]:
    """The names and rows of every check of `issue-stream verify` that found something."""
    audit = Audit(db=house.db, book=house.keeper.book(), now=house.now(), files=house.settings.files_dir)
    return [f"{check.name}: {check.wrong}" async for check in verify(audit) if not check.ok]


def settings_for(folder: Path, database_url: str, broker_url: str) -> Settings:
    """Settings of a crew in a folder of its own."""
    (folder / "var").mkdir(exist_ok=True)
    return Settings(
        var_dir=folder / "var",
        database_url=database_url,
        broker_url=broker_url,
        policy_file=company.policy_file(folder),
        log_level="warning",
    )
