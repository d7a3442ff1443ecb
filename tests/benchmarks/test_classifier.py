"""
What the classifier makes of real comments with labels: half are learnt, the other half judged, in five splits.

    uv run pytest --database sqlite -n 0 -m benchmark -s tests/benchmarks/test_classifier.py
"""

import csv
import random
from statistics import median
from time import perf_counter

import pytest

from comments.classifier.bayes import judge
from comments.classifier.features import extract_features
from comments.classifier.measuring import Decided, learn
from comments.screening.spam import SURELY_HONEST, SURELY_SPAM

pytestmark = pytest.mark.benchmark

SPLITS = 5
LOWEST_F1 = 0.93
MOST_HONEST_CALLED_SPAM = 1 / 100
LONGEST_BODY, MOST_MILLISECONDS = 5000, 25


@pytest.fixture
def comments(samples):
    with (samples / "spam/comments.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        Decided(number, row["spam"] == "1", extract_features(row["text"]))
        for number, row in enumerate(rows)
    ]


def halves(comments, split):
    mixed = comments[:]
    random.Random(split).shuffle(mixed)
    half = len(mixed) // 2
    return mixed[:half], mixed[half:]


def probabilities(comments, table):
    """Of the spam, and of the honest ones."""
    spam, honest = [], []
    for one in comments:
        pile = spam if one.is_spam else honest
        pile.append(judge(one.features, table).probability)
    return spam, honest


def f1_of(spam, honest):
    """Where it has to choose: what is more likely spam than not is called so."""
    found = sum(probability >= 0.5 for probability in spam)
    wrong = sum(probability >= 0.5 for probability in honest)
    return 2 * found / (found + wrong + len(spam))


def test_it_knows_spam_from_honest_comments(comments):
    figures = []
    for split in range(SPLITS):
        learnt, judged = halves(comments, split)
        spam, honest = probabilities(judged, learn(learnt))
        called = sum(probability >= SURELY_SPAM for probability in spam)
        wrong = sum(probability >= SURELY_SPAM for probability in honest)
        unsure = sum(SURELY_HONEST < one < SURELY_SPAM for one in spam + honest)
        figures.append((f1_of(spam, honest), wrong / len(honest)))
        print(  # noqa: T201
            f"\nsplit {split}: F1 {figures[-1][0]:.3f}; called spam: {called} of "
            f"{len(spam)} spam, {wrong} of {len(honest)} honest; unsure: {unsure}"
        )
    assert min(f1 for f1, _ in figures) >= LOWEST_F1
    assert max(wrong for _, wrong in figures) <= MOST_HONEST_CALLED_SPAM


def test_a_long_comment_is_judged_in_some_milliseconds(comments):
    table, chooses = learn(comments), random.Random(1)
    words = [name[2:] for name in table.counts if name.startswith("w:")]
    times = []
    for _ in range(20):
        # Other words each time: a word that was folded lately is folded faster.
        text = " ".join(chooses.choices(words, k=LONGEST_BODY))[:LONGEST_BODY]
        start = perf_counter()
        judge(extract_features(text), table)
        times.append((perf_counter() - start) * 1000)
    print(f"\n{LONGEST_BODY} characters: {median(times):.1f} ms")  # noqa: T201
    assert median(times) < MOST_MILLISECONDS
