"""
The moderators' queue: lists of comments, and a card for each comment or group of near duplicates.

However many comments there are, nothing here reads more than some hundred rows or counts
further than MOST_QUEUE_COUNTED.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Self

from django.db.models import Prefetch, Q, QuerySet, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from articles.core.pagination import Cursor, filter_beyond
from articles.core.text.shingles import alike
from comments.models import Appeal, Comment, Decision, Report, SecondLook, Signal
from comments.models.querysets import CommentQuerySet
from comments.moderation.reputation import Record, records_of, with_address_of_another
from comments.screening.highlight import marked
from comments.screening.wording import why

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

CARDS = 20
# Near duplicates are found among this many successive comments.
WINDOW = 200
# Counts end here: of a whole list, and of what is new in it.
MOST_QUEUE_COUNTED = 1000
NEW_COUNTED = 100
REPORTS_PER_CARD = 5


@dataclass(frozen=True)
class QueueList:
    """One list of the queue: the comments that need a moderator for one reason, in order."""

    name: str
    title: "StrOrPromise"
    # The method of CommentQuerySet that selects the comments.
    word: str
    order: "StrOrPromise"
    empty: "StrOrPromise"
    # The field with the time by which the list is ordered.
    by: str = "created_at"
    newest_first: bool = False
    finds_alike: bool = False
    # The model whose new rows, by id, add comments to the list.
    grows_by: Any = None

    def comments(self, article: int | None = None) -> CommentQuerySet:
        found = getattr(Comment.objects, self.word)()
        return found if article is None else found.filter(article=article)

    def count(self) -> int:
        return self.comments().order_by()[: MOST_QUEUE_COUNTED + 1].count()

    def rows(
        self, size: int, *, article: int | None = None, after: str = ""
    ) -> QuerySet:
        """The first `size` comments after the cursor `after`, in order, loaded for the queue."""
        rows = self.comments(article)
        if (place := self._beyond(after)) is not None:
            rows = filter_beyond(rows, place)
        # Selected by key first, so that related rows are joined for these only.
        keys = rows.order_by(*self._order()).values("pk")[:size]
        found = Comment.objects.filter(pk__in=keys).for_queue()
        return found.order_by(*self._order())

    def place_of(self, comment: Comment) -> str:
        """The cursor of the comment in this list, as text."""
        return str(Cursor(attrgetter(self.by.replace("__", "."))(comment), comment.pk))

    def mark(self) -> str:
        """A cursor of the present moment, for `keys_since`: the time, and the next id to come."""
        newest = self.grows_by and self.grows_by.objects.order_by("-pk").first()
        return str(Cursor(timezone.now(), newest.pk + 1 if newest else 1))

    def keys_since(self, mark: str, article: int | None = None) -> list[int]:
        """
        The keys of comments that joined the list since the mark; [] for an invalid mark.

        At most about NEW_COUNTED.
        """
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

    def _since(self, comments: CommentQuerySet, place: Cursor) -> list[QuerySet]:
        return []


class WaitingList(QueueList):
    def _since(self, comments: CommentQuerySet, place: Cursor) -> list[QuerySet]:
        return [comments.written_after(place.at), comments.put_back_since(place.id)]


class ReportedList(QueueList):
    """Reported comments, most reported first; the cursor also holds the number of reports."""

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

    def _since(self, comments: CommentQuerySet, place: Cursor) -> list[QuerySet]:
        return [comments.reported_since(place.id)]


class AppealedList(QueueList):
    def _since(self, comments: CommentQuerySet, place: Cursor) -> list[QuerySet]:
        return [comments.appealed_since(place.id)]


WAITING = WaitingList(
    "waiting",
    pgettext_lazy("comments", "Waiting"),
    word="waiting",
    order=_("Oldest first"),
    empty=_("No comments are waiting for a decision."),
    finds_alike=True,
    grows_by=Decision,
)
QUEUE_LISTS = {
    pile.name: pile
    for pile in [
        WAITING,
        ReportedList(
            "reported",
            pgettext_lazy("comments", "Reported"),
            word="reported",
            order=_("Most reported first"),
            empty=_("All reports are answered."),
            newest_first=True,
            grows_by=Report,
        ),
        AppealedList(
            "appealed",
            pgettext_lazy("comments", "Appealed"),
            word="appealed",
            order=_("Oldest first"),
            empty=_("All appeals are answered."),
            by="appeal__created_at",
            grows_by=Appeal,
        ),
        QueueList(
            "decided",
            _("Recently decided"),
            word="decided_lately",
            order=_("Newest first"),
            empty=_("No decisions in the last seven days."),
            by="judged_at",
            newest_first=True,
        ),
    ]
}


@dataclass(frozen=True)
class Card:
    """What is decided together: one comment, or several near duplicates."""

    comment: Comment
    others: tuple[Comment, ...] = ()
    # The author's record; None if nobody knows who wrote the comment.
    record: Record | None = None
    # The keys of comments with a known reader's address that is not proved to be the author's.
    unproven: frozenset[int] = frozenset()
    # What has happened since the moderator saw the comment, and the text that they saw.
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
        """Whether all comments of the card came within a minute."""
        return self.ended_at - self.begun_at < timedelta(minutes=1)

    @property
    def findings(self) -> list[Signal]:
        """What the screening found in the present text."""
        revision = self.comment.text_revision
        signals = self.comment.signals.all()
        return [signal for signal in signals if signal.text_revision == revision]

    @property
    def words(self) -> str:
        """The text as HTML, with the words marked that the screening found."""
        return marked(self.comment.body, self.findings)

    @property
    def why(self) -> str:
        """Why the comment is in the queue: reports, appeal and findings, in sentences."""
        reports = self.comment.open_reports
        said = [
            reports
            and ngettext("Reported once.", "Reported %(number)d times.", reports)
            % {"number": reports},
            self.comment.has_open_appeal and _("Its author has appealed."),
            why(self.findings),
        ]
        return " ".join(map(str, filter(None, said))) or str(
            _("The screening found nothing.")
        )

    @property
    def last(self) -> Decision | None:
        return next(iter(self.comment.decisions.all()), None)


@dataclass(frozen=True)
class QueuePage:
    """The cards of one page, and the cursor of the next page; empty on the last."""

    cards: list[Card] = field(default_factory=list)
    next: str = ""


@dataclass(frozen=True)
class ShownState:
    """A comment as it was on the screen: its key, version and text revision (0: unknown)."""

    key: int
    version: int
    text_revision: int = 0

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Parse what `seen` wrote, such as `12-3-1`; None for anything else."""
        parts = text.split("-")
        fits = all(part.isdecimal() and len(part) < 16 for part in parts)
        return cls(*map(int, parts)) if fits and len(parts) in (2, 3) else None


def seen(comment: Comment) -> str:
    """The present state of the comment as text, for `Seen.parse`."""
    return f"{comment.pk}-{comment.version}-{comment.text_revision}"


def queue_page(
    pile: QueueList, *, article: int | None = None, after: str = ""
) -> QueuePage:
    """One page of a list. Near duplicates are on the card of the first of them."""
    size = WINDOW if pile.finds_alike else CARDS
    rows = list(pile.rows(size + 1, article=article, after=after))
    window = rows[:size]
    groups = _groups(pile, window)
    cards = _with_context(_cards(window, groups[:CARDS]))
    if len(groups) > CARDS:
        # A near duplicate further on is on this page's card, and appears again on its own page
        # until it is decided.
        return QueuePage(cards, pile.place_of(window[groups[CARDS][0] - 1]))
    return QueuePage(cards, pile.place_of(window[-1]) if len(rows) > size else "")


def cards_since(pile: QueueList, mark: str, *, article: int | None = None) -> QueuePage:
    """The cards of comments that joined the list since the mark."""
    return QueuePage(cards_of(pile.keys_since(mark, article)[:CARDS]))


def cards_of(keys: Iterable[int]) -> list[Card]:
    """The cards of these comments as they are now, oldest first; near duplicates share one."""
    comments = list(
        Comment.objects.filter(pk__in=list(keys)).for_queue().oldest_first()
    )
    return _with_context(_cards(comments, alike([one.body for one in comments])))


def card_after(comment: Comment, was: ShownState | None, sentence: str) -> Card:
    """
    The card of a comment that has changed since the moderator saw it, with a notice.

    `was` is what was on the screen, if known; `sentence` is the notice if the text is
    unchanged.
    """
    card = _with_context([Card(Comment.objects.for_queue().get(pk=comment.pk))])[0]
    now = card.comment
    if was is None or was.text_revision in (0, now.text_revision):
        return replace(card, notice=sentence)
    before = {text.number: text for text in now.earlier_texts.all()}
    old = before.get(was.text_revision)
    last = card.last
    is_decided = old is not None and last is not None and last.at >= old.replaced_at
    notice = gettext(
        "The text has changed since you read it. Read it again and decide."
    )
    if is_decided:
        notice = gettext(
            "%(decision)s. The text has changed since you read it. Read it again and decide."
        ) % {"decision": last}
    return replace(card, notice=notice, words_seen=old.body if old else "")


def by_article(cards: Sequence[Card]) -> list[Card]:
    """The cards grouped by article, articles in the order of their first card."""
    places: dict[int, int] = {}
    for card in cards:
        places.setdefault(card.comment.article_id, len(places))
    return sorted(cards, key=lambda card: places[card.comment.article_id])


def second_looks() -> int:
    """How many automatic decisions in the audit sample wait, counted up to just over MOST_QUEUE_COUNTED."""
    return SecondLook.objects.open().order_by()[: MOST_QUEUE_COUNTED + 1].count()


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
    """The cards with everything they show loaded, for all cards at once."""
    comments = [card.comment for card in cards]
    reports = Report.objects.select_related("by")[:REPORTS_PER_CARD]
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
