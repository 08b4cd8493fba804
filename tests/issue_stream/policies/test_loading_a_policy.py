"""What a policy's text may be, and what is said about every text that may not."""

from datetime import timedelta

import pytest

from issue_stream.policies.loader import default_text, load_policy, version_of, warnings
from issue_stream.policies.spans import span_of, span_words
from schemas.errors import PolicyInvalid
from schemas.policy import Tell

NAME = "mine.yaml"
KINDS = (
    "deal_registration incentives leads pricing_ordering product_technical portal_training contract_tier "
    "over_distribution relationship"
)


def changed(*pairs: tuple[str, str]) -> str:
    """The default policy with these words exchanged, each once."""
    text = default_text()
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def faults(text: str) -> tuple[str, ...]:
    with pytest.raises(PolicyInvalid) as refused:
        load_policy(text, NAME)
    return refused.value.faults


def line(text: str, words: str) -> int:
    return text[: text.index(words)].count("\n") + 1


def test_the_packaged_policy_is_valid_and_has_nothing_to_warn_of() -> None:
    """R-20: every kind has somebody across."""
    policy = load_policy(default_text())

    assert warnings(policy) == []
    assert policy.version == version_of(default_text())
    assert len(policy.version) == 12
    assert [c.id for c in policy.categories] == KINDS.split()


def test_every_packaged_kind_has_its_team_backup_ladder_and_enough_examples() -> None:
    """R-32: no kind is switched on without owner team, backup and ladder."""
    policy = load_policy(default_text())

    for kind in policy.categories:
        assert policy.team(kind.team) is not None
        assert policy.team(kind.backup) is not None
        assert kind.backup != kind.team
        assert policy.ladder(kind.ladder).id == kind.ladder
        assert len(kind.examples) >= 6


def test_over_distribution_is_a_kind_of_its_own_and_always_reaches_the_executives() -> None:
    """R-52: over-distribution goes across to those who decide about it."""
    kind = load_policy(default_text()).category("over_distribution")

    assert kind is not None
    assert Tell.EXECUTIVES in kind.across


def test_spans_are_read_in_their_units() -> None:
    policy = load_policy(default_text())

    assert policy.offers.accept_within.urgent == timedelta(minutes=15)
    assert policy.updates.normal == timedelta(days=2)
    assert policy.recurrence.growing_within == timedelta(weeks=2)


BROKEN = [
    ("weight: 20", "weight: 99", 'found "99"; it should be less than or equal to 30'),
    ("weight: 20", "weight: much", 'found "much"; expected a whole number'),
    ("name: Platinum", "name: 5", "expected words; put them in quotes"),
    ("prefix: PIR", "prefix: p", "expected 2 to 8 capital letters such as PIR"),
    ("id: deal_registration", "id: deal registration", "expected a short name of letters"),
    ("after: 4h", "after: 4 hours", 'found "4 hours"; expected a span such as 30m, 4h, 2d or 1w'),
    ("hold: 1m", "hold: 60", 'found "60"; expected a span'),
    ("assume_after: 5d", "assume_after: 0m", 'found "0m"; expected a span'),
    ('at: "07:30"', "at: half past seven", 'expected a time of day in quotes such as "07:30"'),
    ("at_most: 3", "atmost: 3", 'unknown key "atmost"; allowed: suggest_at, at_most'),
    ("at_most: 3", "at_mots: 3", 'nearest: "at_most"'),
    ("backup: deal_desk", "backup: dealdesk", 'there is no team "dealdesk"; allowed: front_desk'),
    ("team: deal_desk", "team: dealdesk", 'nearest: "deal_desk"'),
    ("ladder: fast", "ladder: fats", 'there is no ladder "fats"; allowed: standard, fast; nearest: "fast"'),
    ("tiers: [platinum]", "tiers: [platinium]", 'there is no tier "platinium"'),
    ("categories: [over_distribution]", "categories: [over]", 'there is no category "over"'),
    ("default_ladder: standard", "default_ladder: usual", 'there is no ladder "usual"'),
    ("front_desk: front_desk", "front_desk: reception", 'there is no team "reception"'),
    ("across: [channel_manager]", "across: [chanel_manager]", 'nearest: "channel_manager"'),
    ("    backup: front_desk\n    ladder: fast\n", "    ladder: fast\n", '"backup" is missing in categories'),
    ("    ladder: fast\n", "", '"ladder" is missing in categories'),
    ("    team: deal_desk\n", "", '"team" is missing in categories'),
    ("team: deal_desk\n    backup: front_desk", "team: deal_desk\n    backup: deal_desk", "is the team itself"),
    ("backup: deal_desk", "backup: front_desk", 'the backup "front_desk" is the team itself'),
    ("after: 1d, tell", "after: 2h, tell", "2h is not later than the step before it with the same clock"),
    ("tell: [lead, channel_manager, executives]", "tell: [owner, team]", "the ladder ends in nobody who can decide"),
    ("tell: [lead, channel_manager, executives]", "tell: []", "found an empty list; at least one is needed"),
    ("when: not_accepted", "when: not_acceptd", 'nearest: "not_accepted"'),
    ("tell: [lead]", "tell: [boss]", "allowed: owner, team, lead, channel_manager, executives"),
    ("escalated_to_step: 5", "escalated_to_step: 9", "no ladder has a step 9; the longest has 5 steps"),
    ("    partner_words_unanswered: 3\n", "", "the rule has no condition, so it would always hold"),
    ("- id: gold", "- id: platinum", 'the id "platinum" stands twice in tiers'),
    ("- Who approves registrations", "- ''\n      - Who", "found an empty example"),
    ("amount_some: 5000 ", "amount_some: 60000 ", "amount_some must be the smaller one"),
    ("    name: Gold", "    name: Gold\n    name: Silver", 'found duplicate key "name"'),
    ("lines: 5", "lines: [5", "this is not YAML"),
    ("    name: Gold", "\tname: Gold", "this is not YAML"),
    ("tiers:\n", "tiers: 5\nothers:\n", "expected a list"),
    ("  zone: UTC", "  zone: UTC\nversion: 3", 'unknown key "version"'),
]


@pytest.mark.parametrize(("old", "new", "said"), BROKEN)
def test_a_fault_is_told_with_its_line_what_was_found_and_what_is_allowed(old: str, new: str, said: str) -> None:
    found = faults(changed((old, new)))

    assert any(said in fault for fault in found), found
    assert all(fault.startswith(f"{NAME}:") for fault in found)
    assert all("\n" not in fault for fault in found)


@pytest.mark.parametrize(
    "text",
    ["", "- a", "3", "[" * 5000, "a: b: c", "\x00", "{", "x: 1", "tiers: [", "a: " + "b" * 600_000, "? [a]\n: b"],
)
def test_a_text_that_is_no_policy_at_all_is_refused_in_words(text: str) -> None:
    assert all(fault.startswith(f"{NAME}:1: ") for fault in faults(text))


def test_the_line_is_the_line_of_the_wrong_word() -> None:
    text = changed(("team: technical", "team: technic"))

    assert faults(text)[0].startswith(f"{NAME}:{line(text, 'team: technic')}: ")


def test_all_faults_are_told_at_once_in_the_order_of_their_lines() -> None:
    text = changed(("weight: 20", "weight: 99"), ("offers:", "ofers:"), ("after: 4h", "after: soon"))
    found = faults(text)

    numbers = [int(fault.split(":")[1]) for fault in found]
    assert numbers == sorted(numbers)
    assert len(found) == 4
    assert '"offers" is missing' in found[0]


def test_an_alias_is_refused_so_that_a_small_text_stays_small() -> None:
    bomb = "a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\n"

    assert "found an alias" in faults(bomb)[0]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("across: [executives, channel_manager]", "across: []", "the executives do not hear of it"),
        ("across: [channel_manager]", "across: []", "nobody beside the owner hears of it"),
        ("id: over_distribution\n", "id: crowded\n", "there is no category over_distribution"),
        ("backup: deal_desk\n", "\n", "it has no backup"),
        ("must_know:\n", "decline_routes: {no_capacity: next}\nmust_know:\n", "decline_routes has no effect"),
    ],
)
def test_what_is_allowed_but_unwise_is_a_warning(old: str, new: str, said: str) -> None:
    """R-20, R-52: nobody across is a warning, not a fault."""
    text = changed((old, new)).replace("categories: [over_distribution]", "priorities: [urgent]")

    assert any(said in warning for warning in warnings(load_policy(text)))


@pytest.mark.parametrize("written", ["30", "m", "-1h", "1.5h", "1y", "1h30m", " 1h", "99999w", "٣h", None, 3, True])
def test_only_a_whole_number_with_a_unit_is_a_span(written: object) -> None:
    assert span_of(written) is None


def test_a_span_is_said_in_its_largest_unit() -> None:
    said = [span_words(timedelta(minutes=m)) for m in (1, 90, 120, 1440, 20160)]

    assert said == ["1 minute", "90 minutes", "2 hours", "1 day", "2 weeks"]
