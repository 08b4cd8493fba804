"""Sentences of faults: what was found, what is allowed, the nearest allowed word."""

from collections.abc import Iterable

from rapidfuzz import fuzz, process

NEAR = 60.0
"""Of 100: below it a guess is more confusing than none ("gold" for "team")."""


def quoted(found: object) -> str:
    """What was written, shortened to one line."""
    if found is None:
        return "nothing"
    said = " ".join(str(found).split())
    return f'"{said[:57]}…"' if len(said) > 60 else f'"{said}"'  # noqa: PLR2004 - the line stays readable


def choice(found: object, allowed: Iterable[str]) -> str:
    """`allowed: a, b, c; nearest: b`."""
    words = list(allowed)
    if not words:
        return "none is defined, add one first"
    best = process.extractOne(str(found), words, scorer=fuzz.ratio, score_cutoff=NEAR)
    nearest = f'; nearest: "{best[0]}"' if best else ""
    return f"allowed: {', '.join(words)}{nearest}"
