"""The rules of the screening, and the decision that is made of what they find."""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from comments.models import Comment, Weight
from comments.screening.links import link_in_name, links
from comments.screening.names import (
    look_alike_byline,
    look_alike_newsroom,
    look_alike_staff,
)
from comments.screening.people import (
    muted,
    new_commenter,
    recent_rejections,
    unproven_address,
)
from comments.screening.records import Finding, Posted, Setting
from comments.screening.repeats import (
    flood,
    heated_thread,
    quick_post,
    repeated_text,
    similar_text,
)
from comments.screening.spam import classifier
from comments.screening.terms import banned_terms, suspect_terms

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Rule:
    """A function that examines a comment, with the default weight and limit of its findings."""

    # Called with a Posted, and with the limit if the rule has one.
    look: Callable[..., Iterable[Finding]]
    weight: Weight = Weight.HOLDS
    limit: float | None = None
    # Whether its weight cannot be set: the rule chooses it, or the newsroom relies on it.
    is_fixed: bool = False
    # Whether it also examines staff replies.
    for_staff: bool = False

    @property
    def name(self) -> str:
        return self.look.__name__

    def found_in(self, posted: Posted) -> list[Finding]:
        """The rule's findings, with the limit and weight that moderators have set."""
        if posted.by is not None and not self.for_staff:
            return []
        setting = posted.settings.get(self.name, Setting())
        limit = self.limit if setting.limit is None else setting.limit
        weight = self.weight if setting.weight is None else setting.weight
        found = self.look(posted) if limit is None else self.look(posted, limit)
        return [
            replace(one, weight=weight) if one.weight is None else one for one in found
        ]


def decoy(posted: Posted) -> Iterator[Finding]:
    """The hidden field was filled in."""
    if posted.fell_for_the_decoy:
        yield Finding("decoy")


def held_thread(posted: Posted) -> Iterator[Finding]:
    """Every comment on this article waits."""
    if posted.thread_is_held:
        yield Finding("held_thread")


RULES: list[Rule] = [
    Rule(decoy, Weight.MARKS, is_fixed=True, for_staff=True),
    Rule(held_thread, is_fixed=True, for_staff=True),
    Rule(muted, is_fixed=True),
    Rule(look_alike_staff, is_fixed=True, for_staff=True),
    Rule(look_alike_byline, is_fixed=True, for_staff=True),
    Rule(look_alike_newsroom, is_fixed=True, for_staff=True),
    Rule(banned_terms, Weight.MARKS),
    Rule(suspect_terms),
    Rule(links, limit=1),
    Rule(link_in_name),
    Rule(repeated_text),
    Rule(similar_text, limit=0.6),
    Rule(flood, limit=3),
    Rule(recent_rejections, limit=2),
    Rule(heated_thread, Weight.INFORMS, limit=30),
    Rule(quick_post, Weight.INFORMS, limit=3),
    Rule(unproven_address, Weight.INFORMS, is_fixed=True),
    Rule(new_commenter, is_fixed=True),
    Rule(classifier, is_fixed=True, for_staff=True),
]

# The name in the finding of a rule that raised an exception.
FAILED = "failed"
# The rules that also hold a signed-in moderator's comment: nobody may write under another's
# name, and a moderator must read what a failed rule could not examine.
HOLDS_EVERYBODY = {FAILED, look_alike_staff.__name__, look_alike_byline.__name__}


def run_rules(posted: Posted, *, rules: Iterable[Rule] = RULES) -> list[Finding]:
    """Run all rules and return their findings; a rule that fails yields a FAILED finding."""
    return [finding for rule in rules for finding in _found_by(rule, posted)]


def decide_status(posted: Posted, findings: Iterable[Finding]) -> Comment.Status:
    """
    The status of the comment: its heaviest finding decides.

    The comment of an author who is not trusted waits at least. That of a signed-in moderator
    waits only because of a rule in HOLDS_EVERYBODY.
    """
    findings = list(findings)
    if posted.by is not None:
        found = {finding.rule for finding in findings}
        is_held = not HOLDS_EVERYBODY.isdisjoint(found)
        return Comment.Status.PENDING if is_held else Comment.Status.APPROVED
    default = Weight.INFORMS if posted.is_trusted else Weight.HOLDS
    # Fail closed: a finding without a weight holds.
    weights = [
        Weight.HOLDS if finding.weight is None else finding.weight
        for finding in findings
    ]
    return {
        Weight.INFORMS: Comment.Status.APPROVED,
        Weight.HOLDS: Comment.Status.PENDING,
        Weight.MARKS: Comment.Status.SPAM,
    }[max([default, *weights])]


def _found_by(rule: Rule, posted: Posted) -> list[Finding]:
    try:
        return rule.found_in(posted)
    except Exception:
        logger.exception("The rule %s could not look at a comment.", rule.name)
        return [Finding(FAILED, words=(rule.name,), weight=Weight.HOLDS)]
