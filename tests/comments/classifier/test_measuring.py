import pytest

from comments.classifier.bayes import Count
from comments.classifier.measuring import (
    Decided,
    Measurement,
    ResultRow,
    learn,
    measure,
)

LIMITS = {"surely_honest": 0.2, "surely_spam": 0.9}
numbers = iter(range(10**6))


def decided(word, *, is_spam):
    return Decided(next(numbers), is_spam, [f"w:{word}"])


def past(times=40):
    return [
        one
        for _ in range(times)
        for one in [decided("casino", is_spam=True), decided("thanks", is_spam=False)]
    ]


def test_it_judges_the_newest_fifth_by_what_all_before_taught():
    newest = [
        *[decided("casino", is_spam=True)] * 9,
        decided("casino", is_spam=False),
        *[decided("thanks", is_spam=False)] * 6,
        decided("thanks", is_spam=True),
        *[decided("unheard", is_spam=True)] * 3,
    ]
    measured = measure(past() + newest, **LIMITS)
    assert measured.learnt == Count(40, 40)
    assert measured.spam == ResultRow(honest=1, unsure=3, spam=9)
    assert measured.honest == ResultRow(honest=6, unsure=0, spam=1)
    assert [one for one, _ in measured.mistakes] == [newest[9], newest[16]]
    assert measured.mistakes[0][1].words == ("casino",)
    assert measured.precision == pytest.approx(9 / 10)
    assert measured.recall == pytest.approx(9 / 13)
    assert measured.f1 == pytest.approx(2 * 0.9 * (9 / 13) / (0.9 + 9 / 13))


def test_where_nothing_was_called_spam_there_is_no_precision():
    measured = measure([], **LIMITS)
    assert measured == Measurement(Count(0, 0), ResultRow(), ResultRow())
    assert (measured.precision, measured.recall, measured.f1) == (None, None, None)


def test_what_is_learnt_in_memory_is_what_is_counted():
    table = learn([*past(2), Decided(1, True, ["w:casino", "w:bonus"])])
    assert table.comments == Count(2, 3)
    assert table.features == Count(2, 4)
    assert table.known == 3
    assert table.counts["w:casino"] == Count(0, 3)
