"""Multinomial naive Bayes over integer counts: how likely a text is spam, and because of which words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import exp, log
from typing import NamedTuple

from comments.classifier.features import PAIR, TRAIT, WORD

# Laplace’s: added to every count, so that what was never seen in one class is no proof
# of the other.
SMOOTHING = 1
# The pieces of one text are no independent witnesses, as the method supposes: so many
# count in full, and more of them less and less. Without that, nothing is ever unsure.
# Both numbers were chosen on the training halves of the sample alone.
WITNESSES, DISCOUNT = 3, 0.75
WORDS_NAMED = 5


class Count(NamedTuple):
    """In how many comments of each kind, or how many of anything else."""

    honest: int = 0
    spam: int = 0


@dataclass(frozen=True)
class Table:
    """What was learnt: the comments of each kind, their features altogether, and each feature."""

    comments: Count = Count()
    features: Count = Count()
    # How many different features there are.
    known: int = 0
    counts: Mapping[str, Count] = field(default_factory=dict)


@dataclass(frozen=True)
class Judgement:
    """How likely it is spam, from 0 to 1, and the words that moved that most."""

    probability: float
    words: tuple[str, ...] = ()


def judge(spelt: Mapping[str, str], table: Table) -> Judgement:
    """Judge a text by its features, each with what stands for it there."""
    weights = _weights(spelt, table)
    odds = _prior(table.comments) + sum(weights.values()) * _credit(len(weights))
    return Judgement(_probability(odds), _movers(weights, spelt, is_spam=odds > 0))


def _weights(features: Iterable[str], table: Table) -> dict[str, float]:
    """How much each known feature speaks for spam; those never seen say nothing."""
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
    """What people can read of it: words, pairs and traits, the strongest first, each word once."""
    side = 1 if is_spam else -1
    strongest = sorted(weights, key=lambda name: -side * weights[name])
    named: list[str] = []
    for name in strongest:
        if len(named) == WORDS_NAMED or weights[name] * side <= 0:
            break
        if name.startswith((WORD, TRAIT, PAIR)) and spelt[name] not in named:
            named.append(spelt[name])
    return tuple(named)
