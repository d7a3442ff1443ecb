"""The rules of the screening, and the decision that is made of what they find."""

import logging
from collections.abc import Callable, Iterable, Iterator

from comments.models import Comment
from comments.screening.names import (
    look_alike_byline,
    look_alike_newsroom,
    look_alike_staff,
)
from comments.screening.records import Finding, Posted
from comments.screening.spam import classifier, is_called_spam

logger = logging.getLogger(__name__)

Rule = Callable[[Posted], Iterable[Finding]]


def decoy(posted: Posted) -> Iterator[Finding]:
    """The field that people do not see was filled in."""
    if posted.fell_for_the_decoy:
        yield Finding("decoy")


def held_thread(posted: Posted) -> Iterator[Finding]:
    """Every comment on this article waits."""
    if posted.thread_is_held:
        yield Finding("held_thread")


RULES: list[Rule] = [
    decoy,
    held_thread,
    look_alike_staff,
    look_alike_byline,
    look_alike_newsroom,
    classifier,
]

# What a rule found that could not do its work.
FAILED = "failed"
# What holds also the comment of a moderator who is signed in: nobody writes under
# another's name, and what could not be looked at a person looks at.
HOLDS_EVERYBODY = {FAILED, look_alike_staff.__name__, look_alike_byline.__name__}


def look_at(posted: Posted, *, rules: Iterable[Rule] = RULES) -> list[Finding]:
    """What the rules find. All of them look, and one that cannot says that it could not."""
    return [finding for rule in rules for finding in _found_by(rule, posted)]


def decide(posted: Posted, findings: Iterable[Finding]) -> Comment.Status:
    """What becomes of the comment. Readers' own comments wait for a person, whatever was found."""
    findings = list(findings)
    found = {finding.rule for finding in findings}
    if posted.by is not None:
        is_held = not HOLDS_EVERYBODY.isdisjoint(found)
        return Comment.Status.PENDING if is_held else Comment.Status.APPROVED
    # Where the classifier only informs or holds, the comment waits like every other.
    is_marked = posted.classifier_marks and is_called_spam(findings)
    if decoy.__name__ in found or is_marked:
        return Comment.Status.SPAM
    return Comment.Status.PENDING


def _found_by(rule: Rule, posted: Posted) -> list[Finding]:
    try:
        return list(rule(posted))
    except Exception:
        logger.exception("The rule %s could not look at a comment.", rule.__name__)
        return [Finding(FAILED, words=(rule.__name__,))]
