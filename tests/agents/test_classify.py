"""What classify decides: category, how sure, heat, and when a person is asked instead."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import pytest

from agents import classify
from agents._taxonomy import Taxonomy, taxonomy_of
from schemas import commands as c
from schemas.envelope import CommandMessage, EventMessage
from schemas.issue import Issue
from schemas.policy import Policy
from tests.agents.agent_world import World
from tests.agents.partner_sentences import OUT_OF_SCOPE, SENTENCES
from tests.agents.shared_fixtures import rows
from tests.builders import ISSUE, NOW, after, fact, policy_book, raise_command, raised_event, wish

READER = classify.Reader()
ALL = [(category, text) for category, texts in SENTENCES.items() for text in texts]


def policy() -> Policy:
    return policy_book().current


def raised(**more: object) -> Issue:
    return after(None, wish(raise_command(**more), "partner"))


def chosen(text: str, **more: object) -> classify.Choice:
    choice = classify.decide(raised(**more), READER.read(text, policy()), policy(), NOW)
    if choice is None:
        raise AssertionError("expected a choice")
    return choice


async def heard(world: World, *messages: EventMessage) -> list[CommandMessage]:
    await classify.hear(classify.Needs(reading=world, wish=world.wish, now=lambda: NOW), messages)
    return world.wished


def test_at_least_85_of_100_partner_sentences_are_sorted_as_a_person_would() -> None:
    right = [READER.read(text, policy()).best.category == category for category, text in ALL]

    assert sum(right) / len(right) >= 0.85


def test_hardly_any_sentence_that_is_sorted_without_a_person_is_sorted_wrong() -> None:
    sorted_alone = [(category, chosen(text).command) for category, text in ALL]
    triaged = [(category, command) for category, command in sorted_alone if isinstance(command, c.Triage)]

    assert len(triaged) >= 30
    assert sum(command.category != category for category, command in triaged) <= 1


@pytest.mark.parametrize("text", OUT_OF_SCOPE)
def test_what_belongs_to_no_category_is_asked_for_triage(text: str) -> None:
    command = chosen(text).command

    assert isinstance(command, c.AskForTriage)
    assert command.team == "front_desk"


@pytest.mark.parametrize("text", ["", "   ", "!!!", "\u202e\u0645\u0631\u062d\u0628\u0627", "🙂" * 50])
def test_a_text_without_words_is_asked_for_triage_without_guesses(text: str) -> None:
    command = chosen(text).command

    assert isinstance(command, c.AskForTriage)
    assert command.suggested == ()


def test_a_doubtful_text_comes_with_its_three_likeliest_categories() -> None:
    choice = chosen("Two of our account managers have still not got their spiffs from the spring promotion.")

    assert isinstance(choice.command, c.AskForTriage)
    assert choice.command.suggested[0] == "incentives"
    assert len(choice.command.suggested) == 3
    assert choice.because.otherwise.startswith("From 60% on it would have been sorted as Incentives")


def test_a_category_given_at_the_start_is_taken_and_its_words_only_tell_the_heat() -> None:
    command = chosen("The firmware crashes.", category="leads").command

    assert isinstance(command, c.Triage)
    assert (command.category, command.sure) == ("leads", 1.0)


def test_a_given_category_that_the_policy_no_longer_has_is_not_taken() -> None:
    command = chosen("Our MDF claim has still not been paid.", category="gone").command

    assert isinstance(command, c.Triage)
    assert command.category == "incentives"


def test_why_names_the_inputs_the_rule_and_the_policy() -> None:
    """R-21: the reason names what was looked at and the version of the rules."""
    because = chosen("Our MDF claim has still not been paid.").because

    assert because.rule == "classify/words"
    assert because.policy == policy().version
    assert {"sure", "bar", "least likeness", "points tier", "points heat", "likeness incentives"} <= set(because.inputs)
    assert "Below 60% a person would have been asked" in because.otherwise


def test_nobody_decides_again_about_what_was_sorted_or_is_not_confirmed_or_over() -> None:
    sense = READER.read("Our MDF claim has still not been paid.", policy())
    sorted_before = after(raised(), wish(chosen("Our MDF claim has still not been paid.").command, "classify"))
    asked = after(raised(), wish(c.AskForTriage(team="front_desk"), "classify"))

    for issue in (sorted_before, asked, raised(confirmed=False)):
        assert classify.decide(issue, sense, policy(), NOW) is None


def test_angry_words_are_hotter_than_calm_ones() -> None:
    angry = READER.read("This is terrible, we are furious and we hate how badly you treat us!", policy())
    calm = READER.read("Could you tell us when the price list is published?", policy())

    assert angry.heat > 0.6
    assert calm.heat == 0.0


def test_a_new_policy_makes_a_new_taxonomy() -> None:
    reader = classify.Reader()
    before = reader.read("Our MDF claim has still not been paid.", policy())
    without = tuple(x for x in policy().categories if x.id != "incentives")
    after_change = reader.read(
        "Our MDF claim has still not been paid.",
        policy().model_copy(update={"categories": without, "version": "other"}),
    )

    assert before.best.category == "incentives"
    assert "incentives" not in {guess.category for guess in after_change.guesses}


def test_without_any_category_a_person_is_asked() -> None:
    off = policy().model_copy(
        update={
            "categories": tuple(x.model_copy(update={"enabled": False}) for x in policy().categories),
            "version": "off",
        }
    )
    choice = classify.decide(raised(), classify.Reader().read("Our claim is not paid.", off), off, NOW)

    assert choice is not None
    assert isinstance(choice.command, c.AskForTriage)


async def test_a_batch_reads_each_kind_of_thing_once_and_wishes_once_for_an_issue() -> None:
    issues = [raised().model_copy(update={"id": f"i-{n}", "what": f"t-{n}"}) for n in range(5)]
    world = World(issues, {f"t-{n}": "Our MDF claim has still not been paid." for n in range(5)})
    events = [fact(raised_event(), 1, issue=f"i-{n % 5}") for n in range(10)]
    wished = await heard(world, *events)

    assert world.reads == 2
    assert sorted(message.issue for message in wished) == [f"i-{n}" for n in range(5)]


async def test_the_same_event_twice_gives_the_same_wish() -> None:
    world = World([raised()], {"t-what": "Our MDF claim has still not been paid."})
    event = fact(raised_event(), 1)
    first, second = await heard(world, event), await heard(world, event)

    assert first[0].id == second[-1].id


async def test_an_erased_text_and_an_unknown_issue_do_no_harm() -> None:
    world = World([raised()], {})
    wished = await heard(world, fact(raised_event(), 1), fact(raised_event(), 1, issue="gone"))

    assert [type(message.command) for message in wished] == [c.AskForTriage]
    assert wished[0].issue == ISSUE


def _accuracy(texts: Mapping[str, Sequence[str]], examples: int) -> float:
    model = taxonomy_of([(label, [label.replace("_", " "), *some[:examples]]) for label, some in texts.items()])
    asked = [(label, text) for label, some in texts.items() for text in some[10::8]]
    return sum(_best(model, text) == label for label, text in asked) / len(asked)


def _best(model: Taxonomy, text: str) -> str:
    return model.guesses(text)[0].category


@pytest.mark.parametrize(("examples", "expected"), [(0, 0.40), (5, 0.56), (10, 0.64)])
def test_real_requests_are_recognised_at_least_as_well_as_by_a_trained_line(examples: int, expected: float) -> None:
    """Keywords of the label gave .35; hashed TF-IDF with SGD .50 and .64. Measured here: .44, .60, .68."""
    texts = defaultdict(list)
    for row in rows("classification/cls_banking77.jsonl.gz"):
        texts[row["label"]].append(row["text"])

    assert _accuracy(texts, examples) >= expected


def test_heat_ranks_real_complaints_above_other_words() -> None:
    """The share of such pairs in which the complaint is hotter; the scale's own figure here is .75.

    What is not negative counts as calm: praise is no cooler to us than a plain sentence.
    """
    some = rows("classification/heat_airline.jsonl.gz")[::7]
    heat = [(READER.read(row["text"], policy()).heat, row["label"] == "negative") for row in some]
    hot, cold = [x for x, bad in heat if bad], [x for x, bad in heat if not bad]
    wins = sum((a > b) + 0.5 * (a == b) for a in hot for b in cold)

    assert wins / (len(hot) * len(cold)) >= 0.65
