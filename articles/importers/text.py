"""
Importer of plain text: a title, a standfirst, then sections of a heading and paragraphs.

Each line is a paragraph. The role of a line is found from the layout of the document,
never from its words, so the language does not matter. A heading stands apart, is short,
does not end like a sentence, and is followed by text; a second such line right after it is
a subheading. Such lines after the last paragraph are page furniture (navigation, related
links) that was copied along, and are left out.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from itertools import groupby, pairwise, takewhile
from pathlib import Path
from statistics import mean

from django.utils.html import escape

from articles.core.text.names import clean_name
from articles.importers.reading import read_text
from articles.importers.records import ImportedArticle, ImportRefused

SUFFIXES = (".txt", ".text")
MEGABYTES = 5

# Widths are in columns, of which a Chinese character fills two.
LONGEST_HEADING = 120
LONGEST_QUESTION = 80  # that can be a heading
LONGEST_FURNITURE = 60
MOST_FURNITURE = 12  # lines; more than these are a list of something
LONGEST_STANDFIRST = 500  # before a heading; less elsewhere

# Characters that end a sentence; that end a sentence or a heading (the semicolon is the
# Greek question mark); that show that a sentence continues.
_STOPS = ".…‥。．｡।॥۔։።។༎᠃"
_MARKS = "?!:;？！：；؟⁇⁈⁉‼‽՞՜፧"
_COMMAS = ",،、，-–—"
_DASHES = "–—―"
_QUOTES = "\"'“”„‘’‚«»‹›「」『』"
_CLOSERS = "\"'”’“‘«»‹›)]}）］」』】》〉\u200e\u200f\u202c\u2069 \xa0\u202f"

_LINE_BREAK = re.compile("\r\n|[\n\r\f\x85\u2028\u2029]")
# Spaces of every width, and three of no width, which Python does not count as spaces.
_SPACES = " \t\xa0\u1680\u202f\u205f\u3000\u200b\u2060\ufeff" + "".join(
    map(chr, range(0x2000, 0x200B))
)
_GAP = re.compile(rf"\t|[{_SPACES}]{{2,}}")
_RULE = re.compile(r"([-*_=~#•·])( ?\1){2,}")
_BULLET = re.compile(r"[-*•‣▪◦]\s+(?=\S)")
_NUMBER = re.compile(r"(\d{1,3})[.)]\s+(?=\S)", re.ASCII)
_WORD = re.compile(r"[^\W\d_]+")
# A full stop inside a line: the word before it, and the space after it.
_FULL_STOP = re.compile(rf"(\w*)(?:[.…][{re.escape(_CLOSERS)}]*\s(?=\w)|[。।](?=.))")
_ABBREVIATION = re.compile(r"\b\w\.\w\.$")


def read(path: Path) -> Iterator[ImportedArticle]:
    """Yield the one article of a text document."""
    yield article_from(read_text(path, megabytes=MEGABYTES))


def article_from(text: str) -> ImportedArticle:
    """The article in the text. Raises ImportRefused for an empty text."""
    lines = _lines(text)
    if not lines:
        raise ImportRefused("it is empty.")
    title, *lines = lines
    if lines:
        # The title is a block of its own, even without a blank line after it.
        lines[0] = replace(lines[0], after_blank=True)
    lines, furniture = _without_furniture(_with_items(lines))
    kinds = _Layout(lines).kinds()
    standfirst = lines[0].text if kinds[:1] == ["standfirst"] else ""
    return ImportedArticle(
        title=title.text,
        standfirst=standfirst,
        body="\n".join(_html(lines, kinds)),
        # The same for a text whose letters or spaces are composed otherwise.
        source=_source(clean_name(title.text), clean_name(standfirst)),
        former_sources=(
            _source(title.text, standfirst),
            _source(
                *(
                    unicodedata.normalize("NFD", text)
                    for text in [title.text, standfirst]
                )
            ),
        ),
        left_out=tuple(line.text for line in furniture),
    )


def _source(title, standfirst):
    return "text:" + sha256(f"{title}\n{standfirst}".encode()).hexdigest()


@dataclass(frozen=True)
class _Line:
    """A line that is not blank, and what its shape tells."""

    text: str
    after_blank: bool = False
    before_blank: bool = False
    marker: str = ""  # of a list item, with the space after it

    @property
    def is_alone(self):
        return self.after_blank and self.before_blank

    @cached_property
    def width(self):
        if self.text.isascii() or len(self.text) > LONGEST_STANDFIRST:
            return len(self.text)
        return sum(
            2 if unicodedata.east_asian_width(character) in "WF" else 1
            for character in self.text
        )

    @cached_property
    def end(self):
        """The last character before closing quotation marks and brackets."""
        return self.text.rstrip(_CLOSERS)[-1:]

    @property
    def is_rule(self):
        return _RULE.fullmatch(self.text) is not None

    @cached_property
    def is_title_like(self):
        """Whether it is short and has no sign of a sentence."""
        return (
            self.width <= LONGEST_HEADING
            and self.end not in _MARKS
            and self._is_no_sentence
        )

    @cached_property
    def is_question_like(self):
        """Whether it is short and sentence or heading: “Who pays?”, “Made in the U.S.”"""
        return self.width <= LONGEST_QUESTION and (
            (self.end in _MARKS and self._is_no_sentence)
            or _ABBREVIATION.search(self.text) is not None
        )

    @property
    def _is_no_sentence(self):
        return (
            self.end not in _STOPS + _COMMAS
            and self.text[0] not in _DASHES
            and not self.marker
            and not self.is_rule
            and not self._is_quotation
            and not any(map(_ends_sentence, _FULL_STOP.finditer(self.text)))
            and "://" not in self.text
            and any(map(str.isalnum, self.text))
        )

    @property
    def _is_quotation(self):
        """Whether the whole line is one quotation, longer than a quoted title."""
        return (
            self.text[0] in _QUOTES
            and self.text[-1] in _QUOTES
            and not any(mark in self.text[1:-1] for mark in '"“”„«»')
            and (self.end in _MARKS or len(self.text.split()) > 5)
        )

    @cached_property
    def has_capitals(self):
        """Whether the Longer Words Begin Like These; None if no word can tell."""
        share = _share_of_capitals(self.text)
        return None if share is None else share > 0.7


class _Layout:
    """The layout of the lines under the title, from which their roles follow."""

    def __init__(self, lines):
        self.lines = lines
        # A heading is followed by text, so the last line cannot be one.
        self.sure = {
            place
            for place, line in enumerate(lines[:-1])
            if line.is_title_like and self._stands_apart(place)
        }
        text = [
            line
            for place, line in enumerate(lines)
            if place not in self.sure and not line.marker
        ]
        self.runs_on = 2 * sum(line.is_alone for line in text) < len(text)
        self.text_width = mean(line.width for line in text) if text else 0
        self.capitals = self._headings_have_capitals(text)
        self.sure = {place for place in self.sure if not self._is_long_sentence(place)}
        self.headings = self.sure | {
            place
            for place, line in enumerate(lines[:-1])
            if line.is_question_like and line.is_alone and self._is_heading(place)
        }

    def kinds(self):
        """The kind of each line: standfirst, h2, h3, hr, ul, ol or p."""
        kinds = [_kind_of_text(line) for line in self.lines]
        runs = self._runs()
        if self._has_standfirst(runs):
            kinds[0] = "standfirst"
            runs = [[place for place in run if place] for run in runs]
        for run in runs:
            for kind, place in zip(["h2", "h3"], self._titles(run), strict=False):
                kinds[place] = kind
        return kinds

    def _stands_apart(self, place):
        """Whether the line is between blank lines, or after one and unlike the next line."""
        line, following = self.lines[place : place + 2]
        if line.is_alone:
            return True
        if not line.after_blank:
            # It may be a subheading right under its heading.
            before = self.lines[place - 1]
            return (
                line.before_blank
                and before.after_blank
                and before.is_title_like
                and line.width <= LONGEST_FURNITURE
            )
        if following.before_blank and following.is_title_like:
            return max(line.width, following.width) <= LONGEST_FURNITURE
        return line.width <= LONGEST_FURNITURE and following.width > 2 * line.width

    def _headings_have_capitals(self, text):
        """Whether headings are written Like Titles, and ordinary nouns without capitals."""
        ordinary = _share_of_capitals(" ".join(line.text[:500] for line in text[:200]))
        known = [
            self.lines[place].has_capitals
            for place in self.sure
            if self.lines[place].has_capitals is not None
            and self.lines[place].width <= LONGEST_FURNITURE
        ]
        return (
            ordinary is not None
            and ordinary < 0.3
            and len(known) > 1
            and mean(known) > 0.7
        )

    def _is_long_sentence(self, place):
        """Whether it is a paragraph without a full stop, where other headings look like titles."""
        line = self.lines[place]
        return (
            self.capitals
            and line.width > LONGEST_FURNITURE
            and line.has_capitals is False
        )

    def _is_heading(self, place):
        """Whether a line that may be a sentence or a heading is a heading in this document."""
        line, following = self.lines[place : place + 2]
        if line.end in ":：" and (following.marker or following.text[0] in _QUOTES):
            return False
        if self.capitals and line.has_capitals is not None:
            return line.has_capitals
        return self.runs_on or line.end in "?:;？：；؟՞፧"

    def _runs(self):
        """Lists of the indexes of headings, each of headings without text between them."""
        runs = []
        for place in sorted(self.headings):
            if runs and runs[-1][-1] == place - 1:
                runs[-1].append(place)
            else:
                runs.append([place])
        return runs

    def _titles(self, run):
        """The indexes of the heading and the subheading in a run of headings."""
        if len(run) == 2 and not self.has_subheadings:
            # In a document without subheadings, a question beside a heading is a paragraph.
            return [place for place in run if place in self.sure] or run[1:]
        return run[-2:]

    @cached_property
    def has_subheadings(self):
        """Whether most headings of sections are followed by another heading."""
        lengths = [
            len(run) for run in self._runs() if run[0] and self.sure.issuperset(run)
        ]
        return 2 * sum(length > 1 for length in lengths) >= len(lengths)

    def _has_standfirst(self, runs):
        if len(self.lines) < 2 or not self.lines[0].is_alone:
            return False
        if runs and runs[0][0] == 0:
            return self._first_heading_is_standfirst(runs)
        first, following = self.lines[:2]
        if first.marker or first.is_rule:
            return False
        if 1 in self.headings:
            return first.width <= LONGEST_STANDFIRST
        if self.runs_on:
            return first.width <= LONGEST_STANDFIRST * 0.6
        return (
            first.width <= LONGEST_STANDFIRST * 0.4
            and first.width * 1.5 < self.text_width
        )

    def _first_heading_is_standfirst(self, runs):
        """Whether the line under the title is a standfirst without a full stop, not a heading."""
        first, run = self.lines[0], runs[0]
        others = [self.lines[place].width for place in self.headings if place]
        return (
            len(run) > 2
            or not others
            or first.width > LONGEST_QUESTION
            or first.width > max(45, 2 * max(others))
            or (len(run) == 2 and not self.has_subheadings)
        )


def _lines(text):
    """The lines that are not blank. A line that underlines another counts as blank."""
    texts = [_GAP.sub(" ", line.strip(_SPACES)) for line in _LINE_BREAK.split(text)]
    for place, (line, following) in enumerate(pairwise(texts), start=1):
        if line and not _RULE.fullmatch(line) and _RULE.fullmatch(following):
            texts[place] = ""
    texts = ["", *texts, ""]
    return [
        _Line(line, after_blank=not before, before_blank=not after)
        for before, line, after in zip(texts, texts[1:], texts[2:], strict=False)
        if line
    ]


def _with_items(lines):
    """The lines with markers of list items: two or more bullets, or consecutive numbers."""
    bullets = [_BULLET.match(line.text) for line in lines]
    numbers = [_NUMBER.match(line.text) for line in lines]
    listed = set()
    for place in range(1, len(lines)):
        before, number = numbers[place - 1], numbers[place]
        if (bullets[place - 1] and bullets[place]) or (
            before and number and int(before[1]) + 1 == int(number[1])
        ):
            listed |= {place - 1, place}
    return [
        replace(line, marker=(bullets[place] or numbers[place])[0])
        if place in listed
        else line
        for place, line in enumerate(lines)
    ]


def _without_furniture(lines):
    """
    Split the lines into those of the article and the page furniture after its last paragraph.

    When no line is certainly a paragraph, all lines belong to the article.
    """
    count = sum(1 for _ in takewhile(_is_furniture_like, reversed(lines)))
    start = len(lines) - count
    while start < len(lines) and not _opens_furniture(lines[start]):
        start += 1
    if count == len(lines) or len(lines) - start > MOST_FURNITURE:
        return lines, []
    return lines[:start], lines[start:]


def _is_furniture_like(line):
    if line.text.startswith("©") or line.is_rule:
        return True
    # A longer line may be the title of a related article, but not a sentence.
    return (line.is_title_like or line.is_question_like) and (
        line.width <= LONGEST_FURNITURE or bool(line.has_capitals)
    )


def _opens_furniture(line):
    # A question at the end may belong to the article.
    return line.after_blank and (not line.is_question_like or line.end in ":：")


def _kind_of_text(line):
    if line.marker:
        return "ol" if line.marker[0].isdecimal() else "ul"
    return "hr" if line.is_rule else "p"


def _html(lines, kinds):
    for kind, group in groupby(
        zip(kinds, lines, strict=True), key=lambda pair: pair[0]
    ):
        group = [line for _, line in group]
        if kind in {"ul", "ol"}:
            yield _list(kind, group)
        elif kind == "hr":
            yield "<hr>"
        elif kind != "standfirst":
            yield from (f"<{kind}>{escape(line.text)}</{kind}>" for line in group)


def _list(kind, lines):
    first = int(re.match(r"\d+", lines[0].marker)[0]) if kind == "ol" else 1
    start = f' start="{first}"' if first != 1 else ""
    items = (f"<li>{escape(line.text[len(line.marker) :])}</li>" for line in lines)
    return "\n".join([f"<{kind}{start}>", *items, f"</{kind}>"])


def _ends_sentence(full_stop):
    """Whether the word before the full stop is too long or too plain for an abbreviation."""
    word = full_stop[1]
    return (
        full_stop[0][-1] in "。।"
        or len(word) > 4
        or (len(word) == 4 and word.islower())
    )


def _share_of_capitals(text):
    """The share, 0 to 1, of longer words after the first with a capital; None without words."""
    words = [word for word in _WORD.findall(text)[1:] if word.lower() != word.upper()]
    longer = [word for word in words if len(word) > 4] or words
    return mean(not word[0].islower() for word in longer) if longer else None
