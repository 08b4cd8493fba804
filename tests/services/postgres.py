"""A real PostgreSQL 15 server on a free port of the loopback, its data in a folder of its own.

The server refuses to run as root, so root runs it as Debian's user postgres. `kill` leaves the data, so that `start`
goes on where it was.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.services.places import Missing, free_ports, tail

BINARIES = Path("/usr/lib/postgresql/15/bin")
"""Debian keeps the server's programs off the path."""
USER = "postgres"


class Postgres:
    """One server with the database `postgres`; anybody on the loopback may come in."""

    def __init__(self) -> None:
        self._port = free_ports(1)[0]
        self._folder: Path | None = None

    @property
    def url(self) -> str:
        """As `ISSUE_STREAM_DATABASE_URL` takes it."""
        return f"postgresql://{USER}@127.0.0.1:{self._port}/postgres"

    def start(self) -> None:
        """Return when it takes connections; raises Missing without the server's programs."""
        if not (BINARIES / "initdb").exists():
            raise Missing("PostgreSQL 15")
        folder = self._folder = self._folder or self._made()
        options = f"-p {self._port} -h 127.0.0.1 -k {folder}"
        started = _run("pg_ctl", "start", "-w", "-D", f"{folder}/data", "-o", options, "-l", f"{folder}/server.log")
        if started != 0:
            said = tail(folder / "server.log")
            raise RuntimeError(f"expected PostgreSQL to start, found this in its log:\n{said}")

    def stop(self) -> None:
        """End it and remove its data; nothing happens when it never started."""
        if self._folder is not None:
            self._end("fast")
            shutil.rmtree(self._folder)
            self._folder = None

    def kill(self) -> None:
        """End it as a crash would: connections break, nothing is written any more; its data stays."""
        self._end("immediate")

    def _end(self, mode: str) -> None:
        if self._folder is not None and (self._folder / "data" / "postmaster.pid").exists():
            _run("pg_ctl", "stop", "-w", "-D", f"{self._folder}/data", "-m", mode)

    def _made(self) -> Path:
        folder = Path(tempfile.mkdtemp(prefix="postgres-for-tests-"))
        if os.geteuid() == 0:
            owner = pwd.getpwnam(USER)
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        made = _run("initdb", "-D", f"{folder}/data", "-A", "trust", "-U", USER, "-E", "UTF8", "--no-locale")
        if made != 0:
            raise RuntimeError(f"expected initdb to make {folder}/data, found that it ended with {made}")
        return folder


def _run(program: str, *arguments: str) -> int:
    command = [str(BINARIES / program), *arguments]
    if os.geteuid() == 0:
        command = ["runuser", "-u", USER, "--", *command]
    # The server inherits what pg_ctl writes to: a pipe would never end.
    return subprocess.run(
        command, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
    ).returncode
