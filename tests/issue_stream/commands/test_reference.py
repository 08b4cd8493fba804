"""The reference pages are made from the code; a page that was not made again after a change fails here."""

from pathlib import Path

import pytest

from issue_stream.reference import PAGES, write
from issue_stream.settings import Settings
from issue_stream.web.settings import WebSettings

FOLDER = Path(__file__).parents[3] / "docs" / "reference"


@pytest.mark.parametrize("name", PAGES)
def test_a_reference_page_is_what_the_code_says(name: str) -> None:
    """Mend it with: python -m issue_stream.reference."""
    assert FOLDER.joinpath(name).read_text("utf-8") == PAGES[name]()


def test_every_setting_has_a_sentence() -> None:
    fields = {**Settings.model_fields, **WebSettings.model_fields}

    assert [name for name, found in fields.items() if not found.description and name != "web"] == []


def test_all_pages_are_written(tmp_path: Path) -> None:
    write(tmp_path)

    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(PAGES)
