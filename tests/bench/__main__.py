"""`make bench`: the embedded pipeline, the pipeline on Kafka and PostgreSQL, growth; one JSON object last."""

import asyncio
import json

from tests.bench.pipeline import measure, options

RUNS = {
    "embedded_sqlite": ["--issues", "2000"],
    "kafka_postgres_one_worker": ["--carriage", "kafka", "--store", "postgres", "--issues", "2000"],
    "kafka_postgres_two_workers": ["--carriage", "kafka", "--store", "postgres", "--workers", "2", "--issues", "2000"],
    "growth_sqlite": ["--growth"],
}


def main() -> None:
    """Every run in turn; figures are said as they come, and together at the end."""
    found = {}
    for name, arguments in RUNS.items():
        found[name] = asyncio.run(measure(options(arguments)))
        print(name, json.dumps(found[name]), flush=True)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
