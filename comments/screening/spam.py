"""The rule that asks the classifier, and the weight of its finding."""

from collections.abc import Iterator

from comments.classifier.bayes import Table, judge
from comments.classifier.features import extract_features
from comments.models import Weight
from comments.screening.records import Finding, Posted

# The rule needs this many decided comments of each kind before it finds anything.
FEWEST_OF_EACH = 50
# It finds nothing if the probability of spam lies between these.
SURELY_HONEST, SURELY_SPAM = 0.20, 0.90


def classifier(posted: Posted) -> Iterator[Finding]:
    """The classifier, learnt from moderators' decisions, is sure about the comment."""
    if not has_learnt_enough(posted.learnt):
        return
    judgement = judge(extract_features(posted.body), posted.learnt)
    limit = limit_passed(judgement.probability)
    if limit is not None:
        weight = _weight_of(posted) if limit == SURELY_SPAM else Weight.INFORMS
        yield Finding(
            "classifier", judgement.probability, limit, judgement.words, weight
        )


def has_learnt_enough(learnt: Table) -> bool:
    """Whether there are at least FEWEST_OF_EACH decided comments of each kind."""
    return min(learnt.comments) >= FEWEST_OF_EACH


def limit_passed(probability: float) -> float | None:
    """SURELY_SPAM or SURELY_HONEST, if the probability passes it; None in between."""
    if probability >= SURELY_SPAM:
        return SURELY_SPAM
    return SURELY_HONEST if probability <= SURELY_HONEST else None


def _weight_of(posted: Posted) -> Weight:
    """The weight of spam findings that somebody has allowed the classifier."""
    if posted.classifier_marks:
        return Weight.MARKS
    return Weight.HOLDS if posted.classifier_holds else Weight.INFORMS
