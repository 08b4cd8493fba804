"""`issue-stream topics`: make the topics that are missing, and show what stands in them and what is still to do."""

import click

from issue_stream.app import APP_ID
from issue_stream.carriage.topics import create_topics, show_topics
from issue_stream.commands._house import run, settings
from issue_stream.commands._say import EPILOG, json_option, print_json, print_table
from schemas.topics import TOPICS


@click.group(epilog=EPILOG)
def command() -> None:
    """Create and show the topics.

    Example: issue-stream topics create
    """


@command.command(epilog=EPILOG)
@json_option
def create(*, as_json: bool) -> None:
    """Make the topics that are missing; those that are there stay as they are.

    Example: issue-stream topics create
    """
    chosen = settings()
    chosen.var_dir.mkdir(parents=True, exist_ok=True)
    made = run(create_topics(chosen.broker, TOPICS, chosen.topic_partitions))
    if as_json:
        print_json({"created": made, "topics": [topic.name for topic in TOPICS]})
    else:
        click.echo(f"Created: {', '.join(made)}." if made else "All topics were there already.")


@command.command(epilog=EPILOG)
@json_option
def show(*, as_json: bool) -> None:
    """Show each topic: partitions, records written, and how many the workers have not finished.

    Example: issue-stream topics show
    """
    states = {state.name: state for state in run(show_topics(settings().broker, TOPICS, APP_ID))}
    if as_json:
        print_json({"topics": [_as_json(topic.name, states.get(topic.name)) for topic in TOPICS]})
        return
    rows = []
    for topic in TOPICS:
        state = states.get(topic.name)
        figures = (state.partitions, f"{state.end:,}", f"{state.lag:,}") if state else ("missing", "-", "-")
        rows.append((topic.name, *figures, topic.carries))
    print_table(("Topic", "Partitions", "Records", "To do", "What"), rows, empty="No topics.")
    if len(states) < len(TOPICS):
        click.echo("Make the missing ones with: issue-stream topics create")


def _as_json(name: str, state: object) -> dict[str, object]:
    figures = {key: getattr(state, key, None) for key in ("partitions", "end", "lag")}
    return {"name": name, "exists": state is not None, **figures}
