"""How a Faust app is set up on either carriage: the settings that held under every fault that was tried."""

from pathlib import Path
from typing import Any

from issue_stream.carriage.kafka import SCHEME

EMBEDDED_PARTITIONS = 1
"""One process reads all partitions, so more than one only costs a query each; order per key holds in any case."""


def app_options(broker_url: str, var_dir: Path) -> dict[str, Any]:
    """Keyword arguments of `faust.App`. Exactly-once, changelog tables and leader topics are not used."""
    embedded = broker_url.startswith("embedded://")
    options: dict[str, Any] = {
        "broker": broker_url.replace("kafka://", f"{SCHEME}://"),
        "store": "memory://",
        "datadir": str(var_dir / "faust"),
        "web_enabled": False,
        "value_serializer": "raw",
        "topic_partitions": EMBEDDED_PARTITIONS if embedded else 8,
        "topic_disable_leader": True,
        "broker_commit_interval": 0.5,
        "consumer_auto_offset_reset": "earliest",
        "cython_optimizations": True,  # one event for all agents of a topic instead of one for each
    }
    if not embedded:
        options |= {
            "broker_session_timeout": 10.0,
            "broker_heartbeat_interval": 2.0,
            "producer_acks": -1,
            "topic_allow_declare": False,
        }
    return options
