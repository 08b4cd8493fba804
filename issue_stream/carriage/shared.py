"""The open logs of this process: producer and consumer are two transports of Faust that share one log by its path."""

from issue_stream.carriage.log import Log

_open: dict[str, tuple[Log, int]] = {}


def acquire(path: str) -> Log:
    """The log of this path, opened by the first who asks."""
    log, users = _open.get(path) or (Log(path), 0)
    _open[path] = (log, users + 1)
    return log


def release(path: str) -> None:
    """One user less; the last one closes it."""
    log, users = _open.pop(path)
    if users > 1:
        _open[path] = (log, users - 1)
    else:
        log.close()
