"""The rule that asks the classifier, and what it may do with the answer."""

from collections.abc import Iterator

from comments.classifier.bayes import Table, judge
from comments.classifier.features import spelt
from comments.models import Weight
from comments.screening.records import Finding, Posted

# It says nothing before moderators have decided on so many of each kind,
FEWEST_OF_EACH = 50
# and nothing of what it finds neither likely nor unlikely.
SURELY_HONEST, SURELY_SPAM = 0.20, 0.90


def classifier(posted: Posted) -> Iterator[Finding]:
    """What moderators decided on comments like this one."""
    if not has_learnt_enough(posted.learnt):
        return
    judgement = judge(spelt(posted.body), posted.learnt)
    limit = limit_passed(judgement.probability)
    if limit is not None:
        weight = _weight_of(posted) if limit == SURELY_SPAM else Weight.INFORMS
        yield Finding(
            "classifier", judgement.probability, limit, judgement.words, weight
        )


def has_learnt_enough(learnt: Table) -> bool:
    return min(learnt.comments) >= FEWEST_OF_EACH


def limit_passed(probability: float) -> float | None:
    """The end of the band in which it abstains that lies behind; None inside the band."""
    if probability >= SURELY_SPAM:
        return SURELY_SPAM
    return SURELY_HONEST if probability <= SURELY_HONEST else None


def _weight_of(posted: Posted) -> Weight:
    """What a person let it do with what it calls spam."""
    if posted.classifier_marks:
        return Weight.MARKS
    return Weight.HOLDS if posted.classifier_holds else Weight.INFORMS
