"""What `doctor` looks at on this machine: Python, packages, names, folder, disk, policy, secrets, mail.

It changes nothing but a probe file in the folder, which it removes.
"""

import asyncio
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution, requires, version
from pathlib import Path
from urllib.parse import urlsplit

from issue_stream.commands._findings import Finding, advice, away, fine, wrong
from issue_stream.commands._names import names
from issue_stream.policies.keeper import PolicyKeeper
from issue_stream.policies.loader import warnings
from issue_stream.settings import Settings
from schemas.errors import PolicyInvalid

OLDEST_PYTHON = (3, 11)
LEAST_FREE = 500 * 1024 * 1024
"""Bytes: a day of attachments of a busy desk."""
ANSWERS_WITHIN_S = 5.0
_MAIL_PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}


def place(settings: Settings) -> Iterator[Finding]:
    """Everything that can be said without asking another machine."""
    yield _python()
    yield packages()
    yield names()
    yield policy(settings)
    yield folder(settings.var_dir)
    yield disk(settings.var_dir)
    yield secrets(settings)


def _python() -> Finding:
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < OLDEST_PYTHON:
        return wrong("python", found, "Use Python 3.11 or newer: make PYTHON=python3.12 install")
    return fine("python", found)


def packages(name: str = "issue-stream") -> Finding:
    """Whether everything this package needs is installed."""
    try:
        needed = [line for line in requires(name) or () if "extra ==" not in line]
    except PackageNotFoundError:
        return wrong("packages", f"{name} itself is not installed", "Run: make install")
    missing = [found for line in needed if not _installed(found := re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0])]
    if missing:
        return wrong("packages", f"missing: {', '.join(missing)}", "Run: make install")
    return fine("packages", f"all {len(needed)} installed, {name} {version(name)}")


def _installed(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True


def policy(settings: Settings) -> Finding:
    """Whether the policy can be executed; warnings are advice."""
    name = str(settings.policy_file or "the packaged policy")
    try:
        found = PolicyKeeper(settings.policy_file).current()
    except PolicyInvalid as exc:
        first = f"{exc.faults[0]} (and {len(exc.faults) - 1} more)" if len(exc.faults) > 1 else exc.faults[0]
        return wrong("policy", first, f"Run: issue-stream policy check {settings.policy_file}")
    unwise = warnings(found)
    if unwise:
        return advice("policy", f"{name}: {len(unwise)} warnings", "Run: issue-stream policy check")
    return fine("policy", f"{name}, version {found.version}")


def folder(path: Path) -> Finding:
    """Whether this process may write where everything is kept."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path):
            pass
    except OSError as exc:
        todo = "Give this user the rights, or set ISSUE_STREAM_VAR_DIR to another folder."
        return wrong("folder", f"{path} cannot be written ({exc.strerror})", todo)
    return fine("folder", f"{path.resolve()} can be written")


def disk(path: Path) -> Finding:
    """Whether there is room."""
    there = next(p for p in (path.resolve(), *path.resolve().parents) if p.exists())
    free = shutil.disk_usage(there).free
    said = f"{free / 1024**3:.1f} GB free"
    return fine("disk", said) if free >= LEAST_FREE else wrong("disk", said, "Free some space; 500 MB are the least.")


def secrets(settings: Settings) -> Finding:
    """Whether links stay valid over restarts and between processes."""
    given = len(settings.web.secret_keys)
    if given:
        return fine("secrets", f"{given} keys sign links and sessions")
    if settings.is_embedded:
        return fine("secrets", f"made and kept in {settings.var_dir}")
    todo = "With several processes set ISSUE_STREAM_WEB__SECRET_KEYS to the same long random words in each."
    return advice("secrets", f"made and kept in {settings.var_dir} of this machine", todo)


async def mail(settings: Settings) -> Finding:
    """Whether the mail server says hello; without one, letters are kept in the outbox page."""
    if settings.smtp_url is None:
        return advice("mail", "no mail server; letters are kept in the local outbox page", "Set ISSUE_STREAM_SMTP_URL.")
    parts = urlsplit(settings.smtp_url.get_secret_value())
    host, port = parts.hostname or "", parts.port or _MAIL_PORTS.get(parts.scheme, 25)
    problem = await answers(host, port)
    if problem:
        return away("mail", f"{host}:{port} {problem}", "Check ISSUE_STREAM_SMTP_URL and the firewall.")
    return fine("mail", f"{host}:{port} answers")


async def answers(host: str, port: int) -> str:
    """Why nobody answers there; empty when somebody does."""
    try:
        async with asyncio.timeout(ANSWERS_WITHIN_S):
            _, writer = await asyncio.open_connection(host, port)
            writer.close()
            await writer.wait_closed()
    except TimeoutError:
        return f"does not answer within {ANSWERS_WITHIN_S:g} s"
    except OSError as exc:
        return f"cannot be reached ({exc.strerror or type(exc).__name__})"
    return ""
