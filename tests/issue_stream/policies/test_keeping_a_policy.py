"""Reloading without a restart, keeping the old one when the new one is broken, pinned versions after a restart."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from issue_stream.policies.diff import policy_diff
from issue_stream.policies.keeper import PolicyKeeper
from issue_stream.policies.loader import default_text, load_policy
from schemas.errors import PolicyInvalid


@dataclass
class Texts:
    """Policy texts in memory."""

    by_version: dict[str, str] = field(default_factory=dict)
    reads: int = 0

    async def read(self) -> Mapping[str, str]:
        self.reads += 1
        return dict(self.by_version)

    async def keep(self, version: str, text: str) -> None:
        self.by_version[version] = text


def write(file: Path, text: str, at: int) -> None:
    """Write with a stated time, so that no clock decides."""
    file.write_text(text, "utf-8")
    os.utime(file, (at, at))


SLOWER = default_text().replace("urgent: 15m", "urgent: 20m", 1)


def test_a_changed_file_is_in_force_at_the_next_look(tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    write(file, default_text(), 1)
    keeper = PolicyKeeper(file)
    before = keeper.current().version
    write(file, SLOWER, 2)

    assert keeper.reload_if_changed()
    assert keeper.current().version != before
    assert keeper.book().pinned(before).version == before
    assert not keeper.reload_if_changed()


@pytest.mark.parametrize("broken", ["tiers: 3", "", "[", default_text().replace("weight: 20", "weight: 99")])
def test_a_broken_file_keeps_the_old_policy_and_says_why(tmp_path: Path, broken: str) -> None:
    file = tmp_path / "policy.yaml"
    write(file, default_text(), 1)
    keeper = PolicyKeeper(file)
    before = keeper.current()
    write(file, broken, 2)

    assert not keeper.reload_if_changed()
    assert keeper.current() is before
    assert keeper.faults[0].startswith("policy.yaml:")


def test_faults_are_forgotten_once_the_file_is_mended(tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    write(file, default_text(), 1)
    keeper = PolicyKeeper(file)
    write(file, "broken", 2)
    keeper.reload_if_changed()
    write(file, SLOWER, 3)

    assert keeper.reload_if_changed()
    assert keeper.faults == ()


def test_a_file_that_goes_away_keeps_the_policy(tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    write(file, default_text(), 1)
    keeper = PolicyKeeper(file)
    file.unlink()

    assert not keeper.reload_if_changed()
    assert "cannot be read" in keeper.faults[0]


def test_a_first_policy_that_is_broken_refuses_to_start(tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    file.write_bytes(b"\xff\xfe\xfa")

    with pytest.raises(PolicyInvalid, match="not UTF-8"):
        PolicyKeeper(file)
    with pytest.raises(PolicyInvalid, match="cannot be read"):
        PolicyKeeper(tmp_path / "missing.yaml")


async def test_a_pinned_version_means_the_same_after_a_restart(tmp_path: Path) -> None:
    texts, file = Texts(), tmp_path / "policy.yaml"
    write(file, default_text(), 1)
    first = PolicyKeeper(file)
    await first.remember(texts)
    pinned = first.current()
    write(file, SLOWER, 2)
    again = PolicyKeeper(file)
    await again.remember(texts)

    assert again.book().pinned(pinned.version) == pinned
    assert set(texts.by_version) == {pinned.version, again.current().version}


async def test_remembering_twice_costs_nothing() -> None:
    texts, keeper = Texts(), PolicyKeeper()
    await keeper.remember(texts)
    await keeper.remember(texts)

    assert texts.reads == 1


async def test_an_earlier_text_that_can_no_longer_be_read_is_left_out() -> None:
    texts, keeper = Texts({"0123456789ab": "gone: true"}), PolicyKeeper()
    await keeper.remember(texts)

    assert keeper.book().pinned("0123456789ab") is keeper.current()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("urgent: 15m", "urgent: 20m", "offers, accept within, urgent: from 15 minutes to 20 minutes"),
        ("across: [executives, channel_manager]", "across: [executives]", "no longer channel_manager"),
        (
            "- Who is our contact person now",
            "- Who calls us now",
            "category relationship, examples: new Who calls us now",
        ),
        ('at: "07:30"', 'at: "08:00"', "digest, at: from 07:30 to 08:00"),
        ("blocked_amount_over: 50000", "blocked_amount_over: 20000", "from 50000 to 20000"),
        ("after: 4h, tell: [lead]", "after: 2h, tell: [lead]", "to not_accepted 2 hours lead"),
    ],
)
def test_a_change_is_said_in_words(old: str, new: str, said: str) -> None:
    before, after = load_policy(default_text()), load_policy(default_text().replace(old, new, 1))
    lines = policy_diff(before, after)

    assert len(lines) >= 1
    assert any(said in line for line in lines), lines


def test_parts_that_come_and_go_are_named() -> None:
    bronze = default_text().replace("tiers:\n", "tiers:\n  - {id: bronze, name: Bronze, weight: 0}\n", 1)
    lines = policy_diff(load_policy(default_text()), load_policy(bronze))

    assert lines == ['tier bronze: added ("Bronze")']


def test_a_comment_changes_nothing() -> None:
    assert policy_diff(load_policy(default_text()), load_policy(default_text() + "\n# a word\n")) == []
