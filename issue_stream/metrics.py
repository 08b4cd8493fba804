"""Every metric there is, in one place; `/metrics` shows them. Labels never hold an id of a person or an issue."""

from prometheus_client import Counter, Gauge, Histogram

HANDLED = Counter("issue_stream_messages_total", "Messages an agent has finished.", ["agent"])
DEAD = Counter("issue_stream_dead_letters_total", "Messages an agent put away as undecodable or poisonous.", ["agent"])
RETRIED = Counter("issue_stream_retries_total", "Batches an agent tried again because a part was away.", ["agent"])
STOPPED = Gauge("issue_stream_line_stopped", "1 while an agent holds its line after too many dead letters.", ["agent"])
ANSWERED = Counter("issue_stream_commands_total", "Commands the desk answered.", ["answer"])
BATCH = Histogram(
    "issue_stream_desk_batch_seconds",
    "Seconds from a batch's first decision to its announced events.",
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
TIMERS = Counter("issue_stream_timers_total", "Deadlines that fell due and were wished.")
LATENESS = Histogram(
    "issue_stream_timer_lateness_seconds",
    "Seconds from a deadline to its wish.",
    buckets=(0.1, 0.25, 0.5, 1, 2, 5, 15, 60, 300),
)
CARRIED = Counter("issue_stream_carried_total", "Wishes carried to the desk's topic.", ["how"])
LETTERS = Counter("issue_stream_letters_total", "Letters by what became of them.", ["outcome"])
TICKS_FAILED = Counter("issue_stream_ticks_failed_total", "Rounds of a background task that failed.", ["task"])


class Watch:
    """Counts what an agent's guard does; one per agent."""

    def __init__(self, agent: str) -> None:
        self._agent = agent

    def handled(self, count: int) -> None:
        """So many messages are finished."""
        HANDLED.labels(self._agent).inc(count)
        STOPPED.labels(self._agent).set(0)

    def dead(self, count: int) -> None:
        """So many messages were put away."""
        DEAD.labels(self._agent).inc(count)

    def retried(self) -> None:
        """A batch is tried again."""
        RETRIED.labels(self._agent).inc()

    def stopped(self) -> None:
        """The line is held."""
        STOPPED.labels(self._agent).set(1)
