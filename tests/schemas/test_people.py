import pytest

from schemas.people import Directory
from schemas.vocabulary import Role
from tests.builders import DAY, NOW, STAFF, person

DIRECTORY = Directory(people={p.id: p for p in reversed(STAFF)}, load={"mia": 2})


def test_a_team_is_its_active_people_in_a_stable_order() -> None:
    assert [p.id for p in DIRECTORY.of_team("deal_desk")] == ["lena", "mia", "omar"]


def test_a_team_s_lead_is_found_and_a_team_without_one_has_none() -> None:
    lead = DIRECTORY.lead_of("deal_desk")

    assert lead is not None
    assert lead.id == "lena"
    assert DIRECTORY.lead_of("nowhere") is None


def test_offers_of_one_batch_spread_over_people() -> None:
    more = DIRECTORY.with_more_load(["mia", "omar", "omar"])

    assert more.load == {"mia": 3, "omar": 2}
    assert DIRECTORY.load == {"mia": 2}


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.SUPPORT, True),
        (Role.LEAD, True),
        (Role.ADMIN, True),
        (Role.CHANNEL_MANAGER, False),
        (Role.EXECUTIVE, False),
    ],
)
def test_a_channel_manager_may_never_own(role: Role, may: bool) -> None:
    """R-15: channel managers and executives follow, they do not resolve."""
    assert person("x", role).may_own is may
    assert person("x", role, active=False).may_own is False


@pytest.mark.parametrize(
    ("start", "end", "away"),
    [
        (None, None, False),
        (NOW - DAY, NOW + DAY, True),
        (NOW, None, True),
        (NOW + DAY, None, False),
        (NOW - 2 * DAY, NOW - DAY, False),
        (NOW - DAY, NOW, False),
    ],
)
def test_an_absence_covers_its_span_and_an_open_one_goes_on(start: object, end: object, away: bool) -> None:
    assert person("x", away_from=start, away_until=end).is_away(NOW) is away


def test_nobody_is_found_for_no_id() -> None:
    assert DIRECTORY.person(None) is None
    assert DIRECTORY.person("nobody") is None
