"""What a letter says, before it has a dress: subject, first line, paragraphs, facts, what is next, one link, footer.

Templates write plain text; this turns it into parts that the text and the HTML letter dress in their own way. Values
put into a template can never start a new line, so nobody's words can forge a paragraph, a fact or a header.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, pass_context, select_autoescape
from jinja2.runtime import Context

from notifiers import words
from schemas.policy import Policy
from schemas.values import Instant

SAID, OURS = "> ", "| "
"""Line marks: a reader's or partner's quoted words, and words of ours that a letter carries in full."""

QUOTED_AT_MOST = 600
"""Characters of quoted words in a letter: two paragraphs; the whole stands on the page."""

LINE = 72
"""Characters of a line: plain text stays readable when it is quoted twice in 80 columns."""

WORDS_AT_MOST = 20_000
"""Characters of our own words in a letter: far beyond any reply, small enough for every mail server."""


class Marked(str):
    """Lines that carry their mark already; every other value is put on one line."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph: `said` quotes somebody, `ours` carries our words, `plain` is a sentence of the letter."""

    kind: str
    lines: tuple[str, ...]

    @property
    def plain(self) -> str:
        """As the text letter shows it."""
        if self.kind == "said":
            return "\n".join(f"> {line}".rstrip() for line in self.lines)
        return "\n".join(self.lines) if self.kind == "ours" else wrapped(" ".join(self.lines))


@dataclass(frozen=True, slots=True)
class Story:
    """Everything a letter says."""

    subject: str
    first: str = ""
    meaning: str = "calm"
    story: tuple[Paragraph, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    next: str = ""
    action: str = ""
    url: str = ""
    footer: str = ""
    more: Mapping[str, object] = field(default_factory=dict)


def wrapped(sentences: str) -> str:
    """Sentences in lines that are easy to read; words and links are never broken.

    Our own ten lines: `textwrap` takes ten times as long, and a letter has a dozen paragraphs.
    """
    lines: list[str] = []
    line = ""
    for word in sentences.split():
        if line and len(line) + 1 + len(word) > LINE:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return "\n".join([*lines, line] if line else lines)


def quote(text: str) -> Marked:
    """The beginning of somebody's words, marked as theirs."""
    short = text if len(text) <= QUOTED_AT_MOST else text[:QUOTED_AT_MOST].rsplit(" ", 1)[0] + " ..."
    return _marked(short, SAID)


def ours(text: str | None) -> Marked:
    """Words that the letter is about, in full."""
    return _marked((text or "")[:WORDS_AT_MOST], OURS)


def paragraphs(text: str) -> tuple[Paragraph, ...]:
    """The paragraphs of what a template wrote."""
    found: list[tuple[str, list[str]]] = []
    fresh = True
    for line in text.splitlines():
        if not line.strip():
            fresh = True
            continue
        kind, words_of = _kind(line)
        if fresh or found[-1][0] != kind:
            found.append((kind, []))
        found[-1][1].append(words_of)
        fresh = False
    return tuple(Paragraph(kind, tuple(lines)) for kind, lines in found)


def facts(text: str) -> tuple[tuple[str, str], ...]:
    """Label and value of each line "Label: value"; lines without a value are left out."""
    pairs = (line.partition(":") for line in text.splitlines() if line.strip())
    return tuple((label.strip(), value.strip()) for label, _, value in pairs if value.strip())


def sentence(text: str) -> str:
    """A block that is one run of sentences, on one line."""
    return " ".join(text.split())


class Fragments:
    """The templates of kinds of notices; each is read as blocks."""

    def __init__(self) -> None:
        self._environment = _environment(trim_blocks=False)
        self._environment.finalize = _one_line
        self._environment.filters |= {
            "ordinal": words.ordinal,
            "said": words.said,
            "news": words.news,
            "parts": words.parts,
            "quote": quote,
            "words": ours,
            "moment": _moment,
            "day": _day,
            "issue_number": _issue_number,
        }
        self._known = frozenset(self._environment.list_templates(extensions=["txt"]))

    def find(self, folder: str, kind: str) -> Template:
        """The template of this kind in a folder; raises KeyError when there is none."""
        name = f"{folder}/{kind}.txt"
        if name not in self._known:
            raise KeyError(f"expected a template {name}, found none")
        return self._environment.get_template(name)


def blocks(template: Template, known: Mapping[str, object]) -> Callable[[str], str]:
    """The blocks of a template by name, filled with what is known; empty for one that it does not have."""
    context = template.new_context(dict(known))

    def written(name: str) -> str:
        fill = template.blocks.get(name)
        return "".join(fill(context)).strip() if fill is not None else ""

    return written


class Dress:
    """The two dresses of a letter: plain text and HTML."""

    def __init__(self) -> None:
        environment = _environment(trim_blocks=True)
        self._letters = {
            name: environment.get_template(name) for name in environment.list_templates() if "/" not in name
        }

    def text(self, name: str, story: Story) -> str:
        """The plain text letter; never two empty lines in a row, never trailing blanks."""
        width = max((len(label) + 1 for label, _ in story.facts), default=0)
        lines = {"next": wrapped(story.next), "footer": wrapped(story.footer)}
        raw = self._letters[f"{name}.txt"].render(**_parts(story) | lines, width=width)
        clean = "\n".join(line if line == "-- " else line.rstrip() for line in raw.splitlines())
        return re.sub(r"\n{3,}", "\n\n", clean).strip("\n") + "\n"

    def html(self, name: str, story: Story) -> str:
        """The same letter in HTML; every value is escaped."""
        return self._letters[f"{name}.html"].render(**_parts(story), colours=COLOURS)


COLOURS = {"calm": "#1f5fae", "attention": "#8a5a00", "late": "#b3261e", "done": "#1c6e3d"}
"""One for each meaning of schemas/vocabulary.py: text contrast of 4.5:1 and more on white."""


def _parts(story: Story) -> dict[str, object]:
    names = ("subject", "first", "meaning", "story", "facts", "next", "action", "url", "footer")
    return {name: getattr(story, name) for name in names} | dict(story.more)


def _environment(*, trim_blocks: bool) -> Environment:
    return Environment(
        loader=PackageLoader("notifiers", "templates"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=trim_blocks,
        auto_reload=False,
    )


@pass_context
def _moment(context: Context, at: Instant | str | None) -> str:
    """An instant, or a figure that holds one, in the reader's zone; empty for none."""
    if at is None:
        return ""
    return words.moment(datetime.fromisoformat(at) if isinstance(at, str) else at, str(context["zone"]))


def _day(on: str | None) -> str:
    return words.day(date.fromisoformat(on)) if on else ""


@pass_context
def _issue_number(context: Context, number: int) -> str:
    policy: Policy = context["policy"]
    return policy.number(number)


def _one_line(value: object) -> object:
    if isinstance(value, Marked) or not isinstance(value, str):
        return "" if value is None else value
    return words.one_line(value)


def _marked(text: str, mark: str) -> Marked:
    return Marked("\n".join(_mark_lines(text, mark)))


def _mark_lines(text: str, mark: str) -> Iterator[str]:
    for line in text.strip().splitlines():
        yield mark + "".join(c for c in line if c.isprintable() or c == "\t").rstrip()


def _kind(line: str) -> tuple[str, str]:
    if line.startswith(SAID):
        return "said", line[len(SAID) :]
    if line.startswith(OURS):
        return "ours", line[len(OURS) :]
    return "plain", line.strip()
