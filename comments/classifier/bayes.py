"""Multinomial naive Bayes over integer counts: how likely a text is spam, and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import exp, log
from typing import NamedTuple

from comments.classifier.features import PAIR, TRAIT, WORD

# Laplace smoothing: added to every count, so that a feature never seen in one class does
# not prove the other.
SMOOTHING = 1
# The features of one text are not independent, as the method assumes. Up to WITNESSES
# features count in full; with more, each counts less, by the exponent DISCOUNT. Without
# this the result is never unsure. Both were chosen on the training halves of the sample.
WITNESSES, DISCOUNT = 3, 0.75
WORDS_NAMED = 5


class Count(NamedTuple):
    """A number of honest and of spam comments, or of something else of each kind."""

    honest: int = 0
    spam: int = 0


@dataclass(frozen=True)
class Table:
    """What was learnt: the comments of each kind, the sum of their features, and each feature."""

    comments: Count = Count()
    features: Count = Count()
    # How many different features there are.
    known: int = 0
    counts: Mapping[str, Count] = field(default_factory=dict)


@dataclass(frozen=True)
class Judgement:
    """The probability of spam, from 0 to 1, and the words that influenced it most."""

    probability: float
    words: tuple[str, ...] = ()


def judge(spelt: Mapping[str, str], table: Table) -> Judgement:
    """Judge a text by its features, as `features.spelt` returns them."""
    weights = _weights(spelt, table)
    odds = _prior(table.comments) + sum(weights.values()) * _credit(len(weights))
    return Judgement(_probability(odds), _movers(weights, spelt, is_spam=odds > 0))


def _weights(features: Iterable[str], table: Table) -> dict[str, float]:
    """The log odds of spam that each known feature adds; unknown features add nothing."""
    rest = SMOOTHING * max(table.known, 1)
    of_all = log((table.features.honest + rest) / (table.features.spam + rest))
    known = ((name, table.counts.get(name)) for name in features)
    return {
        name: of_all + log((count.spam + SMOOTHING) / (count.honest + SMOOTHING))
        for name, count in known
        if count is not None
    }


def _prior(comments: Count) -> float:
    return log((comments.spam + 1) / (comments.honest + 1))


def _credit(number: int) -> float:
    return (WITNESSES / max(number, WITNESSES)) ** DISCOUNT


def _probability(odds: float) -> float:
    bounded = max(-50.0, min(50.0, odds))
    return 1 / (1 + exp(-bounded))


def _movers(
    weights: Mapping[str, float], spelt: Mapping[str, str], *, is_spam: bool
) -> tuple[str, ...]:
    """The readable features (words, pairs, traits) that decided most, strongest first."""
    side = 1 if is_spam else -1
    strongest = sorted(weights, key=lambda name: -side * weights[name])
    named: list[str] = []
    for name in strongest:
        if len(named) == WORDS_NAMED or weights[name] * side <= 0:
            break
        if name.startswith((WORD, TRAIT, PAIR)) and spelt[name] not in named:
            named.append(spelt[name])
    return tuple(named)
