"""`issue-stream map`: agents and topics drawn from the code, from what each agent says it hears and says."""

from textwrap import wrap

import click

from issue_stream.commands._say import EPILOG, json_option, print_json
from issue_stream.lines import AGENTS, Agent
from schemas.topics import ISSUE_COMMANDS, ISSUE_EVENTS, ISSUE_NOTICES

_WRAP = 62
"""Columns of a list of kinds, so that a drawing stays under 100."""
_NOTICE, _EVENT, _ALL = "notice", "event", "*"
_WRITERS = {ISSUE_COMMANDS.name: ["form, API, command line, staff, timers"]}


@click.command(epilog=EPILOG)
@json_option
def command(*, as_json: bool) -> None:
    """Draw which agent hears and says what, on which topic.

    Example: issue-stream map
    """
    if as_json:
        print_json({"topics": [_topic(name) for name in _topics()], "agents": [_agent(agent) for agent in AGENTS]})
        return
    click.echo(drawing())


def drawing() -> str:
    """The whole graph as text, at most 100 columns."""
    blocks = []
    for name in _topics():
        blocks.append(f"{', '.join(_topic(name)['written_by'])}\n     │\n     ▼\n[{name}]")
        blocks += [_draw(agent) for agent in AGENTS if agent.topic.name == name]
    return "\n".join(blocks)


def _topics() -> list[str]:
    return [ISSUE_COMMANDS.name, ISSUE_EVENTS.name, ISSUE_NOTICES.name]


def _topic(name: str) -> dict[str, str | list[str]]:
    writers = [agent.name for agent in AGENTS if name in _writes_to(agent)]
    readers = [agent.name for agent in AGENTS if agent.topic.name == name]
    return {"name": name, "written_by": _WRITERS.get(name, []) + writers, "read_by": readers}


def _writes_to(agent: Agent) -> list[str]:
    """Topics an agent's words go to: facts, notices, or wishes."""
    found = {ISSUE_EVENTS.name} if _EVENT in agent.says else set()
    found |= {ISSUE_NOTICES.name} if _NOTICE in agent.says else set()
    found |= {ISSUE_COMMANDS.name} if agent.says - {_EVENT, _NOTICE} else set()
    return [name for name in _topics() if name in found]


def _agent(agent: Agent) -> dict[str, object]:
    heard, told = sorted(agent.hears), sorted(agent.says)
    return {"name": agent.name, "reads": agent.topic.name, "hears": heard, "says": told, "writes": _writes_to(agent)}


def _draw(agent: Agent) -> str:
    heard = "everything" if _ALL in agent.hears else ", ".join(sorted(agent.hears))
    lines = [f"  ├──► {agent.name}"]
    lines += _labelled("hears", heard)
    lines += _labelled("says", ", ".join(sorted(agent.says)))
    lines += _labelled("to", ", ".join(f"[{name}]" for name in _writes_to(agent)))
    return "\n".join([*lines, "  │"])


def _labelled(label: str, words: str) -> list[str]:
    lines = wrap(words or "nothing", _WRAP, break_on_hyphens=False)
    return [f"  │      {label if number == 0 else '':<6} {line}" for number, line in enumerate(lines)]
