"""A file's name as a stranger gave it, made safe to show and to save under. Pure."""

import unicodedata

LONGEST = 200
"""Characters; `FileRef.name` holds as many."""

LONGEST_ENDING = 20
"""An ending longer than this is no file type."""

NAMELESS = "file"

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Control characters, direction marks and joiners, surrogates, line breaks: they make a name look like another."""

_RESERVED = str.maketrans(dict.fromkeys('<>:"|?*', "_"))


def safe_name(name: str) -> str:
    """The last part of a path, visible, one line, at most LONGEST characters with its ending kept; never empty.

    Safe names stay as they are, also in other scripts.
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    visible = "".join(x for x in unicodedata.normalize("NFC", last) if unicodedata.category(x) not in _HIDDEN)
    plain = " ".join(visible.translate(_RESERVED).split()).strip(" .")
    return _shortened(plain) or NAMELESS


def _shortened(name: str) -> str:
    if len(name) <= LONGEST:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > LONGEST_ENDING:
        return name[:LONGEST].rstrip(" .")
    return stem[: LONGEST - len(ending) - 1].rstrip(" .") + dot + ending
