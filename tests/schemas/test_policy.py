from datetime import timedelta

import pytest
from pydantic import ValidationError

from schemas.policy import LadderStep, Policy, StepWhen
from schemas.vocabulary import Priority
from tests.builders import policy_book

POLICY = policy_book().current


def test_a_running_escalation_is_answered_from_the_policy_it_is_pinned_to() -> None:
    older = POLICY.model_copy(update={"version": "older"})
    book = policy_book().model_copy(update={"earlier": {"older": older}})

    assert book.pinned("older") is older
    assert book.pinned(POLICY.version) is book.current
    assert book.pinned("") is book.current


def test_a_policy_that_is_no_longer_kept_gives_way_to_the_current_one() -> None:
    assert policy_book().pinned("forgotten") is POLICY


def test_an_unknown_ladder_is_the_default_one() -> None:
    assert POLICY.ladder("no-such").id == POLICY.default_ladder
    assert POLICY.ladder(None).id == POLICY.default_ladder
    assert POLICY.ladder("fast").id == "fast"


@pytest.mark.parametrize("name", ["category", "team", "tier"])
def test_what_the_policy_does_not_have_is_none(name: str) -> None:
    assert getattr(POLICY, name)("no-such") is None
    assert getattr(POLICY, name)(None) is None


def test_a_number_is_said_with_the_programme_s_prefix() -> None:
    assert POLICY.number(1042) == "PIR-1042"


@pytest.mark.parametrize("priority", Priority)
def test_every_priority_has_its_span(priority: Priority) -> None:
    assert POLICY.updates.of(priority) > timedelta(0)


def test_spans_get_shorter_as_the_priority_rises() -> None:
    spans = [POLICY.updates.of(priority) for priority in Priority]

    assert spans == sorted(spans)


def test_over_distribution_is_a_kind_that_the_executives_always_hear_of() -> None:
    """R-52: too many partners in a territory sends the wrong signal to all of them."""
    category = POLICY.category("over_distribution")

    assert category is not None
    assert "executives" in category.across


@pytest.mark.parametrize("gone", ["team", "backup", "ladder", "first_step", "done_means", "examples"])
def test_no_kind_of_issue_exists_without_team_backup_and_ladder(gone: str) -> None:
    """R-32: if it is not someone's job, it is no one's job."""
    fields = POLICY.model_dump(mode="json")
    del fields["categories"][0][gone]

    with pytest.raises(ValidationError, match=gone):
        Policy.model_validate(fields)


def test_a_ladder_s_step_tells_somebody() -> None:
    with pytest.raises(ValidationError, match="tell"):
        LadderStep(when=StepWhen.NOT_ACCEPTED, after=timedelta(hours=1), tell=())


def test_a_policy_has_no_key_nobody_knows() -> None:
    with pytest.raises(ValidationError, match="colour"):
        Policy.model_validate(POLICY.model_dump(mode="json") | {"colour": "blue"})
