"""Measure how often the classifier would have agreed with later decisions of moderators."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from comments.classifier.bayes import Count, Judgement, Table, judge

# The newest fifth of the decisions is judged by what was learnt from the older ones.
JUDGED = 0.2


@dataclass(frozen=True)
class Decided:
    """A comment that a moderator decided on: its key, whether it was spam, and its features."""

    key: int
    is_spam: bool
    features: Collection[str]


@dataclass(frozen=True)
class ResultRow:
    """Of the comments of one kind: how many were called honest, left unsure, or called spam."""

    honest: int = 0
    unsure: int = 0
    spam: int = 0

    @property
    def total(self) -> int:
        return self.honest + self.unsure + self.spam


@dataclass(frozen=True)
class Measurement:
    """The confusion table, and the comments on which classifier and moderators disagree."""

    learnt: Count
    honest: ResultRow
    spam: ResultRow
    mistakes: tuple[tuple[Decided, Judgement], ...] = ()

    @property
    def called_spam(self) -> int:
        return self.honest.spam + self.spam.spam

    @property
    def precision(self) -> float | None:
        """The share of spam among what is called spam; None if nothing is."""
        return _share(self.spam.spam, self.called_spam)

    @property
    def recall(self) -> float | None:
        """The share of the spam that is called spam; unsure counts as missed. None without spam."""
        return _share(self.spam.spam, self.spam.total)

    @property
    def f1(self) -> float | None:
        found = 2 * self.spam.spam
        return _share(
            found, found + self.honest.spam + self.spam.total - self.spam.spam
        )


def measure(
    decided: Sequence[Decided], *, surely_honest: float, surely_spam: float
) -> Measurement:
    """
    Learn from the older decisions and judge the newest; `decided` is oldest first.

    `surely_honest` and `surely_spam` are the probabilities that end the unsure band.
    """
    cut = len(decided) - round(len(decided) * JUDGED)
    table = learn(decided[:cut])
    judged = [(one, _judge(one, table)) for one in decided[cut:]]
    said = [
        (one, judgement, _verdict(judgement, surely_honest, surely_spam))
        for one, judgement in judged
    ]
    return Measurement(
        table.comments,
        _row(verdict for one, _, verdict in said if not one.is_spam),
        _row(verdict for one, _, verdict in said if one.is_spam),
        tuple(_mistaken(said)),
    )


def learn(decided: Iterable[Decided]) -> Table:
    """The table learnt from these decisions."""
    comments, features = [0, 0], [0, 0]
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for one in decided:
        comments[one.is_spam] += 1
        features[one.is_spam] += len(one.features)
        for name in one.features:
            counts[name][one.is_spam] += 1
    by_name = {name: Count(*count) for name, count in counts.items()}
    return Table(Count(*comments), Count(*features), len(by_name), by_name)


def _judge(one: Decided, table: Table) -> Judgement:
    # Without its prefix a feature reads as in the text.
    return judge({name: name[2:] for name in one.features}, table)


def _verdict(judgement: Judgement, surely_honest: float, surely_spam: float) -> str:
    if judgement.probability >= surely_spam:
        return "spam"
    return "honest" if judgement.probability <= surely_honest else "unsure"


def _row(verdicts: Iterable[str]) -> ResultRow:
    all_of_them = list(verdicts)
    return ResultRow(*map(all_of_them.count, ["honest", "unsure", "spam"]))


def _mistaken(
    said: Iterable[tuple[Decided, Judgement, str]],
) -> Iterator[tuple[Decided, Judgement]]:
    for one, judgement, verdict in said:
        if verdict == ("honest" if one.is_spam else "spam"):
            yield one, judgement


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
