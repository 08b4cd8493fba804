"""Names of files that strangers chose."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issue_stream.store.safe_name import safe_name
from schemas.values import FileRef


@pytest.mark.parametrize(
    ("given_name", "safe"),
    [
        ("offer.pdf", "offer.pdf"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\win.ini", "win.ini"),
        ("..", "file"),
        ("", "file"),
        (" . ", "file"),
        ("/", "file"),
        (".htaccess", "htaccess"),
        ("in\x00voice\r\n.pdf", "invoice.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("zero\u200bwidth.txt", "zerowidth.txt"),
        ('a<b>c:d|e?f*g".txt', "a_b_c_d_e_f_g_.txt"),
        ("عرض السعر.pdf", "عرض السعر.pdf"),
        ("見積書.xlsx", "見積書.xlsx"),
        ("plan 📈.png", "plan 📈.png"),
        ("two   spaces\tand a tab.txt", "two spacesand a tab.txt"),
        ("e\u0301.txt", "\u00e9.txt"),
    ],
)
def test_a_name_is_made_safe(given_name: str, safe: str) -> None:
    assert safe_name(given_name) == safe


def test_a_long_name_keeps_its_ending() -> None:
    name = safe_name("x" * 500 + ".pdf")

    assert len(name) == 200
    assert name.endswith("x.pdf")


def test_a_long_ending_is_no_ending() -> None:
    assert safe_name("x." + "y" * 500) == "x." + "y" * 198


@given(st.text(max_size=400))
def test_every_name_becomes_one_that_a_file_reference_takes(given_name: str) -> None:
    name = safe_name(given_name)

    assert FileRef(content="f-1", name=name, media_type="text/plain", size=1).name == name
    assert not {"/", "\\", "\x00"} & set(name)
    assert not any(unicodedata.category(mark) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for mark in name)
    assert name.strip(" .") == name


@given(st.text(max_size=400))
def test_a_safe_name_stays_as_it_is(given_name: str) -> None:
    name = safe_name(given_name)

    assert safe_name(name) == name
