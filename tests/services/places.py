"""What the services share: free ports, and the one word for a part that is not installed."""

import socket
from pathlib import Path

HERE = Path(__file__).parent


class Missing(Exception):
    """A part of the services is not installed; the text says how to install it."""

    def __init__(self, part: str) -> None:
        super().__init__(f"{part} is missing; expected what tests/services/install brings. Run it, then try again.")


def free_ports(count: int) -> list[int]:
    """So many different ports of the loopback that nobody uses now."""
    held = [socket.socket() for _ in range(count)]
    for one in held:
        one.bind(("127.0.0.1", 0))
    ports = [int(one.getsockname()[1]) for one in held]
    for one in held:
        one.close()
    return ports


def tail(file: Path) -> str:
    """The last lines of a service's own log: what went wrong."""
    return "\n".join(file.read_text("utf-8", errors="replace").splitlines()[-20:]) if file.exists() else "no log"
