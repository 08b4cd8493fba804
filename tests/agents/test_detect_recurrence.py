"""What detect_recurrence suggests: never links, problems first, each once, never itself."""

from collections.abc import Sequence

import pytest

from agents import detect_recurrence as recurrence
from agents.detect_recurrence import Hit, Text
from issue_stream.likeness.index import LikenessIndex
from schemas.envelope import CommandMessage
from schemas.issue import Issue
from schemas.side_commands import SuggestAlike
from schemas.values import Alike
from schemas.vocabulary import State
from tests.agents.agent_world import World
from tests.builders import NOW, after, fact, policy_book, raise_command, raised_event, wish

POLICY = policy_book().current
WORDS = "Our MDF claim from last quarter still shows as pending in the portal and has not been paid."


def issue(name: str, **more: object) -> Issue:
    raised = after(None, wish(raise_command(what=f"t-{name}"), "partner"))
    return raised.model_copy(update={"id": name} | more)


def suggested(hits: Sequence[Hit], *others: Issue, **more: object) -> list[tuple[str, str | None]]:
    by_id = {other.id: other for other in others}
    found = recurrence.decide(issue("new", **more), hits, by_id, POLICY)
    return [(one.hit.issue, one.problem) for one in found]


def hit(name: str, score: float = 0.8) -> Hit:
    return Hit(name, score, ("claim", "pending"))


def test_a_known_problem_comes_first_and_once() -> None:
    hits = [hit("a"), hit("b", 0.7), hit("c", 0.6)]

    assert suggested(hits, issue("a"), issue("b", problem="p"), issue("c", problem="p")) == [("b", "p"), ("a", None)]


def test_merged_unknown_and_the_issue_itself_are_never_suggested() -> None:
    hits = [hit("new"), hit("gone"), hit("merged"), hit("a")]

    assert suggested(hits, issue("new"), issue("merged", state=State.MERGED), issue("a")) == [("a", None)]


def test_no_more_than_the_policy_says() -> None:
    names = [f"i-{n}" for n in range(9)]

    assert len(suggested([hit(name) for name in names], *map(issue, names))) == POLICY.recurrence.at_most


@pytest.mark.parametrize(
    "decided", [{"problem": "p"}, {"alike": (Alike(issue="a", score=0.5),)}, {"state": State.CLOSED}]
)
def test_nothing_is_suggested_where_it_was_already_or_it_is_over(decided: dict[str, object]) -> None:
    assert suggested([hit("a")], issue("a"), **decided) == []


class Desk:
    """The agent with a real index; texts are kept by number."""

    def __init__(self, *issues: Issue) -> None:
        self.world = World(issues, {f"t-{one.id}": WORDS for one in issues})
        self.index, self.kept = LikenessIndex(), list[str]()
        self.needs = recurrence.Needs(self.world, self.world.wish, lambda: NOW, self.index, self.keep)

    async def keep(self, lines: Sequence[str]) -> Sequence[str]:
        self.kept += lines
        return [f"kept-{len(self.kept) - len(lines) + n}" for n in range(len(lines))]

    async def hears(self, *names: str) -> list[CommandMessage]:
        before = len(self.world.wished)
        await recurrence.hear(self.needs, [fact(raised_event(), 1, issue=name) for name in names])
        return self.world.wished[before:]


async def test_a_second_alike_issue_is_suggested_with_a_score_the_words_and_the_reason() -> None:
    desk = Desk(issue("a"), issue("b"))
    nothing, wished = await desk.hears("a"), await desk.hears("b")

    assert nothing == []
    assert isinstance(wished[0].command, SuggestAlike)
    (alike,) = wished[0].command.alike
    assert (alike.issue, alike.words) == ("a", "kept-0")
    assert alike.score >= POLICY.recurrence.suggest_at
    assert "claim" in desk.kept[0]
    assert wished[0].because is not None
    assert wished[0].because.policy == POLICY.version


async def test_alike_issues_of_one_batch_find_each_other() -> None:
    desk = Desk(issue("a"), issue("b"), issue("c"))
    wished = await desk.hears("a", "b", "c")

    assert [message.issue for message in wished] == ["b", "c"]


async def test_no_partner_s_words_stand_in_what_is_wished() -> None:
    desk = Desk(issue("a"), issue("b"))
    await desk.hears("a")
    (message,) = await desk.hears("b")

    assert "pending" not in message.model_dump_json()


async def test_the_same_event_again_gives_the_same_wish() -> None:
    desk = Desk(issue("a"), issue("b"))
    first, again = await desk.hears("a", "b"), await desk.hears("a", "b")

    assert first[0].id in {message.id for message in again}


async def test_an_unconfirmed_issue_is_neither_looked_up_nor_remembered() -> None:
    desk = Desk(issue("a", confirmed=False), issue("b"))
    wished = await desk.hears("a", "b")

    assert wished == []
    assert desk.index.alike(Text("x", WORDS, NOW, "p"), 0.35)[0].issue == "b"
