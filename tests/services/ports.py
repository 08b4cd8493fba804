"""Free ports on loopback."""

import socket


def free_ports(count: int) -> list[int]:
    """So many ports that nobody listens on now."""
    held = [socket.socket() for _ in range(count)]
    try:
        for one in held:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in held]
    finally:
        for one in held:
            one.close()


def answers(port: int) -> bool:
    """Whether somebody listens on this port."""
    with socket.socket() as trying:
        trying.settimeout(0.2)
        return trying.connect_ex(("127.0.0.1", port)) == 0
