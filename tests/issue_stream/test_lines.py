"""Every agent is brought the facts it says it hears, and what nobody can read, so that somebody puts it away."""

from collections.abc import Callable

import pytest

from issue_stream import lines
from issue_stream.lines import AGENTS, Agent
from schemas.envelope import encode_event, event_kind
from schemas.topics import ISSUE_EVENTS
from tests.builders import answered, raise_command, wish

OF_FACTS = [agent for agent in AGENTS if agent.topic is ISSUE_EVENTS]
RAISED = encode_event(answered(None, wish(raise_command(), "partner")).events[0])
RATED = RAISED.replace(b"issue-stream.event.raised", b"issue-stream.event.satisfaction-given").replace(
    b'"raised"', b'"satisfaction-given"'
)


def hears(agent: Agent) -> Callable[[bytes], bool]:
    return lines._hears(agent)


@pytest.mark.parametrize("agent", OF_FACTS, ids=lambda agent: agent.name)
def test_facts_reach_those_who_hear_their_kind(agent: Agent) -> None:
    assert (event_kind(RAISED), event_kind(RATED)) == ("raised", "satisfaction-given")
    assert hears(agent)(RAISED) == ("raised" in agent.hears)
    assert hears(agent)(RATED) == ("satisfaction-given" in agent.hears)


@pytest.mark.parametrize("agent", AGENTS, ids=lambda agent: agent.name)
@pytest.mark.parametrize("poison", [b"", b"no JSON", b"{}", b"x" * 300_000])
def test_what_cannot_be_read_reaches_everybody(agent: Agent, poison: bytes) -> None:
    assert hears(agent)(poison)
