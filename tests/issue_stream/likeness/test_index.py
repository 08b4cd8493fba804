"""Which earlier issues the index finds alike, at once and after settling, and on real duplicate reports."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from agents.detect_recurrence import Text
from issue_stream.likeness.index import LikenessIndex
from tests.agents.shared_fixtures import rows

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
CLAIM = "Our MDF claim from last quarter still shows as pending in the portal and has not been paid."
SAME_CLAIM = "The MDF claim of last quarter is shown as pending in the portal; it was not paid to us."
OTHERS = (
    "Nobody can log in to the partner portal since Monday.",
    "The firmware update stops the gateways of our customer.",
    "Another reseller registered the same hospital after us.",
    "The price on the quote does not match the list.",
)


def text(issue: str, words: str, *, days: float = 0, kind: str = "") -> Text:
    return Text(issue, words, START + timedelta(days=days), "nordlys", kind)


def index(*texts: Text, settle_at: int | None = 500, remembered: int = 1_000) -> LikenessIndex:
    made = LikenessIndex(settle_at, remembered)
    for one in texts:
        made.add([one])
    return made


def found(made: LikenessIndex, words: str, at_least: float = 0.35) -> list[str]:
    return [hit.issue for hit in made.alike(text("new", words, days=1), at_least)]


FEW = (text("claim", CLAIM), *(text(f"other-{n}", words) for n, words in enumerate(OTHERS)))


@pytest.mark.parametrize("settle_at", [None, 1, 3, 500])
def test_the_same_trouble_in_other_words_is_found_at_once_and_after_settling(settle_at: int | None) -> None:
    assert found(index(*FEW, settle_at=settle_at), SAME_CLAIM) == ["claim"]


@pytest.mark.parametrize("words", ["", "🙂🙂", "Who is our contact person now?", "Xyzzy plugh."])
def test_nothing_alike_finds_nothing(words: str) -> None:
    assert found(index(*FEW), words) == []


def test_an_issue_is_never_alike_to_itself() -> None:
    made = index(*FEW)

    assert [hit.issue for hit in made.alike(text("claim", CLAIM), 0.35)] == []


def test_an_issue_added_twice_is_found_once() -> None:
    made = index(*FEW, *FEW, settle_at=2)

    assert found(made, SAME_CLAIM) == ["claim"]


def test_a_hit_says_which_words_both_share_the_rarest_first() -> None:
    hit = index(*FEW).alike(text("new", SAME_CLAIM), 0.35)[0]

    assert hit.shared == ("claim", "last", "mdf", "paid", "pending", "quarter")
    assert 0.35 <= hit.score < 1


def test_typing_mistakes_do_not_hide_the_likeness() -> None:
    assert found(index(*FEW), "Our MDF cliam from last quater still shown as pendng in the portal and not paid.") == [
        "claim"
    ]


def test_days_between_lower_the_score_and_the_same_kind_raises_it() -> None:
    made = index(text("old", CLAIM, days=-300), text("young", CLAIM), text("kin", CLAIM, kind="incentives"))
    hits = made.alike(text("new", SAME_CLAIM, kind="incentives"), 0.0)

    assert [hit.issue for hit in hits] == ["kin", "young", "old"]


def test_the_oldest_leave_when_the_index_is_full() -> None:
    made = index(*FEW, remembered=4, settle_at=2)
    made.add([text("later", OTHERS[0])])

    assert found(made, CLAIM) == []
    assert "later" in found(made, OTHERS[0])


def test_only_the_first_two_thousand_characters_count() -> None:
    assert found(index(*FEW), "padding " * 400 + CLAIM) == []


def test_two_indexes_that_never_settle_say_the_same() -> None:
    many = [text(f"i-{n}", f"{CLAIM} Invoice {n % 7} of branch {n % 11}.") for n in range(300)]
    first, second = index(*many, settle_at=None), index(*many, settle_at=None)

    assert first.alike(text("new", SAME_CLAIM), 0.0) == second.alike(text("new", SAME_CLAIM), 0.0)


def _reports() -> Iterable[tuple[Text, str]]:
    for row in rows("recurrence/recur_openoffice.jsonl.gz"):
        raised_at = datetime.fromisoformat(row["created"]).replace(tzinfo=UTC)
        yield Text(str(row["id"]), f"{row['title']}. {row['body']}", raised_at, "p", row["product"]), row["cluster"]


def test_real_duplicates_are_among_the_first_five_and_ten() -> None:
    """Goal .70 and .76 over all 1,386 duplicates, found .722 and .767; here every third, to stay quick."""
    made, cluster_of, asked, five, ten = LikenessIndex(), dict[str, str](), 0, 0, 0
    for number, (report, cluster) in enumerate(_reports()):
        if number % 3 == 0 and cluster in cluster_of.values():
            clusters = [cluster_of[hit.issue] for hit in made.alike(report, 0.0)]
            asked, five, ten = asked + 1, five + (cluster in clusters[:5]), ten + (cluster in clusters[:10])
        made.add([report])
        cluster_of[report.issue] = cluster

    assert asked > 400
    assert five / asked >= 0.68
    assert ten / asked >= 0.73
