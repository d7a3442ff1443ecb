"""
The queue of the moderators: piles of comments, and a card for each comment, or for several that are alike.

Nothing here counts or reads further than some hundred rows, however many comments there are.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Self

from django.db.models import Model, Prefetch, Q, QuerySet, prefetch_related_objects
from django.utils import timezone

from articles.core.pagination import Cursor, beyond
from articles.core.text.shingles import alike
from comments.models import Appeal, Comment, Decision, Report, SecondLook, Signal
from comments.moderation.reputation import Record, records_of, with_address_of_another
from comments.screening.highlight import marked
from comments.screening.wording import why

CARDS = 20
# Among so many comments in a row those that are alike are found.
WINDOW = 200
# Piles, and what is new in one, are counted no further.
COUNTED = 1000
NEW_COUNTED = 100
REPORTS_SHOWN = 5


@dataclass(frozen=True)
class Pile:
    """Comments that moderators look at for one reason, in the order in which they do."""

    name: str
    title: str
    # The word for it in CommentQuerySet.
    word: str
    order: str
    empty: str
    # The time that its order follows.
    by: str = "created_at"
    newest_first: bool = False
    finds_alike: bool = False
    # What is numbered in the order in which it comes, and puts comments on the pile.
    grows_by: type[Model] | None = None

    def comments(self, article: int | None = None) -> QuerySet:
        found = getattr(Comment.objects, self.word)()
        return found if article is None else found.filter(article=article)

    def count(self) -> int:
        return self.comments().order_by()[: COUNTED + 1].count()

    def rows(
        self, size: int, *, article: int | None = None, after: str = ""
    ) -> QuerySet:
        """So many comments in their order, from this place on, with what the queue shows of them."""
        rows = self.comments(article)
        if (place := self._beyond(after)) is not None:
            rows = beyond(rows, place)
        # Chosen by their keys alone: what belongs to them is looked up for these, and not for the pile.
        keys = rows.order_by(*self._order()).values("pk")[:size]
        found = Comment.objects.filter(pk__in=keys).for_queue()
        return found.order_by(*self._order())

    def place_of(self, comment: Comment) -> str:
        """Its place in the order, as text in an address."""
        return str(Cursor(attrgetter(self.by.replace("__", "."))(comment), comment.pk))

    def mark(self) -> str:
        """A place in time, and in what has come so far; see `keys_since`."""
        newest = self.grows_by and self.grows_by.objects.order_by("-pk").first()
        return str(Cursor(timezone.now(), newest.pk + 1 if newest else 1))

    def keys_since(self, mark: str, article: int | None = None) -> list[int]:
        """The keys of those that have come since the mark was made, and of no more than are counted."""
        if (place := Cursor.parse(mark)) is None:
            return []
        keys = {
            key
            for comments in self._since(self.comments(article), place)
            for key in comments.order_by().values_list("pk", flat=True)[
                : NEW_COUNTED + 1
            ]
        }
        return sorted(keys)

    def _order(self) -> list[str]:
        sign = "-" if self.newest_first else ""
        return [f"{sign}{self.by}", f"{sign}id"]

    def _beyond(self, after: str) -> Q | None:
        place = Cursor.parse(after)
        if place is None:
            return None
        return place.before(self.by) if self.newest_first else place.after(self.by)

    def _since(self, comments: QuerySet, place: Cursor) -> list[QuerySet]:
        return []


class WaitingPile(Pile):
    def _since(self, comments: QuerySet, place: Cursor) -> list[QuerySet]:
        return [comments.written_after(place.at), comments.put_back_since(place.id)]


class ReportedPile(Pile):
    """What was reported most comes first; the place of a comment says how often."""

    def place_of(self, comment: Comment) -> str:
        return f"{comment.open_reports}.{super().place_of(comment)}"

    def _order(self) -> list[str]:
        return ["-open_reports", *super()._order()]

    def _beyond(self, after: str) -> Q | None:
        reports, _, place = after.partition(".")
        older = super()._beyond(place)
        if older is None or not (reports.isdecimal() and len(reports) < 10):
            return None
        return Q(open_reports__lte=reports) & (
            Q(open_reports__lt=reports) | Q(open_reports=reports) & older
        )

    def _since(self, comments: QuerySet, place: Cursor) -> list[QuerySet]:
        return [comments.reported_since(place.id)]


class AppealedPile(Pile):
    def _since(self, comments: QuerySet, place: Cursor) -> list[QuerySet]:
        return [comments.appealed_since(place.id)]


WAITING = WaitingPile(
    "waiting",
    "Waiting",
    word="waiting",
    order="Oldest first",
    empty="Nothing waits for a decision.",
    finds_alike=True,
    grows_by=Decision,
)
PILES = {
    pile.name: pile
    for pile in [
        WAITING,
        ReportedPile(
            "reported",
            "Reported",
            word="reported",
            order="Most reported first",
            empty="Every report is answered.",
            newest_first=True,
            grows_by=Report,
        ),
        AppealedPile(
            "appealed",
            "Appealed",
            word="appealed",
            order="Oldest first",
            empty="Every appeal is answered.",
            by="appeal__created_at",
            grows_by=Appeal,
        ),
        Pile(
            "decided",
            "Decided lately",
            word="decided_lately",
            order="Newest first",
            empty="Nobody has decided on a comment in the last seven days.",
            by="judged_at",
            newest_first=True,
        ),
    ]
}


@dataclass(frozen=True)
class Card:
    """What is decided together: one comment, or several whose words are nearly the same."""

    comment: Comment
    others: tuple[Comment, ...] = ()
    # What is known of who wrote it, if anything is.
    record: Record | None = None
    # The keys of those with the address of a reader whom we know, who has not shown to have written them.
    unproven: frozenset[int] = frozenset()
    # What has happened since the moderator looked, and the words that they saw then.
    notice: str = ""
    words_seen: str = ""

    @property
    def comments(self) -> list[Comment]:
        return [self.comment, *self.others]

    @property
    def key(self) -> int:
        return self.comment.pk

    @property
    def keys(self) -> str:
        return " ".join(str(comment.pk) for comment in self.comments)

    @property
    def seen(self) -> str:
        return " ".join(map(seen, self.comments))

    @property
    def begun_at(self) -> datetime:
        return min(comment.created_at for comment in self.comments)

    @property
    def ended_at(self) -> datetime:
        return max(comment.created_at for comment in self.comments)

    @property
    def is_burst(self) -> bool:
        return self.ended_at - self.begun_at < timedelta(minutes=1)

    @property
    def findings(self) -> list[Signal]:
        """What the screening found in the words as they are now."""
        revision = self.comment.text_revision
        signals = self.comment.signals.all()
        return [signal for signal in signals if signal.text_revision == revision]

    @property
    def words(self) -> str:
        """The comment as HTML, with the words marked that the screening found."""
        return marked(self.comment.body, self.findings)

    @property
    def why(self) -> str:
        """Why the comment is here: what readers and its author say, and one sentence of what the screening found."""
        reports = self.comment.open_reports
        said = [
            reports and f"Reported {'once' if reports == 1 else f'{reports} times'}.",
            self.comment.has_open_appeal and "Its author appeals.",
            why(self.findings),
        ]
        return " ".join(filter(None, said)) or "The screening found nothing in it."

    @property
    def last(self) -> Decision | None:
        return next(iter(self.comment.decisions.all()), None)


@dataclass(frozen=True)
class Sheet:
    """The cards of one page, and the place where the next page begins; empty on the last."""

    cards: list[Card] = field(default_factory=list)
    next: str = ""


@dataclass(frozen=True)
class Seen:
    """A comment as it was on the screen: its key, its version, and which of its texts."""

    key: int
    version: int
    text_revision: int = 0

    @classmethod
    def parse(cls, text: str) -> Self | None:
        parts = text.split("-")
        fits = all(part.isdecimal() and len(part) < 16 for part in parts)
        return cls(*map(int, parts)) if fits and len(parts) in (2, 3) else None


def seen(comment: Comment) -> str:
    return f"{comment.pk}-{comment.version}-{comment.text_revision}"


def sheet(pile: Pile, *, article: int | None = None, after: str = "") -> Sheet:
    """One page of a pile. Those that are alike are on the card of the first of them."""
    size = WINDOW if pile.finds_alike else CARDS
    rows = list(pile.rows(size + 1, article=article, after=after))
    window = rows[:size]
    groups = _groups(pile, window)
    cards = _with_context(_cards(window, groups[:CARDS]))
    if len(groups) > CARDS:
        # What stands further on and is alike comes with its card, and until it is decided again.
        return Sheet(cards, pile.place_of(window[groups[CARDS][0] - 1]))
    return Sheet(cards, pile.place_of(window[-1]) if len(rows) > size else "")


def sheet_since(pile: Pile, mark: str, *, article: int | None = None) -> Sheet:
    """The cards of what has come onto the pile since the mark was made."""
    return Sheet(cards_of(pile.keys_since(mark, article)[:CARDS]))


def cards_of(keys: Iterable[int]) -> list[Card]:
    """The cards of these comments as they are now, oldest first; those that are alike on one."""
    comments = list(
        Comment.objects.filter(pk__in=list(keys)).for_queue().oldest_first()
    )
    return _with_context(_cards(comments, alike([one.body for one in comments])))


def card_after(comment: Comment, was: Seen | None, sentence: str) -> Card:
    """The card of a comment that is not any more what the moderator saw, and what has happened."""
    card = _with_context([Card(Comment.objects.for_queue().get(pk=comment.pk))])[0]
    now = card.comment
    if was is None or was.text_revision in (0, now.text_revision):
        return replace(card, notice=sentence)
    before = {text.number: text for text in now.earlier_texts.all()}
    old = before.get(was.text_revision)
    changed = "The words have changed since you read them. Read them again, and decide."
    last = card.last
    is_decided = old is not None and last is not None and last.at >= old.replaced_at
    notice = f"{last}. {changed}" if is_decided else changed
    return replace(card, notice=notice, words_seen=old.body if old else "")


def by_article(cards: Sequence[Card]) -> list[Card]:
    """The cards arranged by their articles, in the order in which these come first."""
    places: dict[int, int] = {}
    for card in cards:
        places.setdefault(card.comment.article_id, len(places))
    return sorted(cards, key=lambda card: places[card.comment.article_id])


def second_looks() -> int:
    """How many automatic decisions wait to be looked at again, counted as the piles are."""
    return SecondLook.objects.open().order_by()[: COUNTED + 1].count()


def _groups(pile, comments):
    if pile.finds_alike:
        return alike([comment.body for comment in comments])
    return [[place] for place in range(len(comments))]


def _cards(comments, groups):
    return [
        Card(comments[first], tuple(comments[place] for place in others))
        for first, *others in groups
    ]


def _with_context(cards):
    """The cards, with what they show of their first comment loaded for all of them at once."""
    comments = [card.comment for card in cards]
    reports = Report.objects.select_related("by")[:REPORTS_SHOWN]
    prefetch_related_objects(
        comments,
        "parent",
        "decisions",
        "signals",
        "earlier_texts",
        Prefetch("reports", reports, to_attr="newest_reports"),
    )
    records = records_of(comments)
    unproven = with_address_of_another([one for card in cards for one in card.comments])
    return [
        replace(card, record=records.get(card.comment.commenter_id), unproven=unproven)
        for card in cards
    ]
