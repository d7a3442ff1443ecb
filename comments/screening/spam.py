"""The rule that asks the classifier, and what it may do with the answer."""

from collections.abc import Iterable, Iterator

from comments.classifier.bayes import Table, judge
from comments.classifier.features import spelt
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
        yield Finding("classifier", judgement.probability, limit, judgement.words)


def has_learnt_enough(learnt: Table) -> bool:
    return min(learnt.comments) >= FEWEST_OF_EACH


def limit_passed(probability: float) -> float | None:
    """The end of the band in which it abstains that lies behind; None inside the band."""
    if probability >= SURELY_SPAM:
        return SURELY_SPAM
    return SURELY_HONEST if probability <= SURELY_HONEST else None


def is_called_spam(findings: Iterable[Finding]) -> bool:
    return any(
        finding.rule == classifier.__name__ and finding.limit == SURELY_SPAM
        for finding in findings
    )
