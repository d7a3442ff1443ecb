"""
Backtests: what a rule would have done to the comments that moderators decided on last.

A rule about words and names runs again on the stored text. For some other rules their
input is rebuilt from the stored rows. For the rest only the findings recorded when the
comment arrived are known.
"""

import operator
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.db.models import Case, F, Func, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy

from articles.core.text.normalisation import readings_of
from comments.models import Comment, RuleSetting, Signal, Term, Weight
from comments.models.querysets import JUDGED_AGAINST
from comments.screening.highlight import marked
from comments.screening.past import (
    REJECTED_MOST,
    REJECTED_WITHIN,
    THREAD_MOST,
    THREAD_WITHIN,
)
from comments.screening.records import Earlier, Finding, Posted, Setting
from comments.screening.repeats import FLOOD_WITHIN
from comments.screening.rules import Rule, run_rules
from comments.screening.terms import candidates
from comments.screening.wording import sentence

# The number of comments, those decided on last, that a rule is tried on.
MOST_TRIED = 1000
# In characters: how much of a comment is shown.
EXCERPT = 280

# The rules about terms: the field of Posted that holds the terms, and their kind.
OF_TERMS = {
    "banned_terms": ("banned", Term.Kind.BANNED),
    "suspect_terms": ("suspect", Term.Kind.SUSPECT),
}
OF_WORDS_AND_NAMES = {*OF_TERMS, "links", "link_in_name"}
# Whether a recorded value also exceeds another limit. Values within the limit of that time
# were not recorded.
STILL_FINDS: Mapping[str, Callable[[float, float], bool]] = {
    "similar_text": operator.ge,
    "quick_post": operator.lt,
}


# What a rule would have done to past comments; `count` is the number of those.
_WOULD_HAVE = {
    Weight.INFORMS: ngettext_lazy(
        "It would have found something in %(number)s of %(tried)s decided comment, and held none.",
        "It would have found something in %(number)s of the last %(tried)s decided comments, and held none.",
        "count",
    ),
    Weight.HOLDS: ngettext_lazy(
        "It would have held %(number)s of %(tried)s decided comment.",
        "It would have held %(number)s of the last %(tried)s decided comments.",
        "count",
    ),
    Weight.MARKS: ngettext_lazy(
        "It would have marked %(number)s of %(tried)s decided comment as spam.",
        "It would have marked %(number)s of the last %(tried)s decided comments as spam.",
        "count",
    ),
}
_WOULD_HAVE_NOT = {
    Weight.INFORMS: ngettext_lazy(
        "It would not have found anything in the %(tried)s decided comment.",
        "It would not have found anything in the last %(tried)s decided comments.",
        "count",
    ),
    Weight.HOLDS: ngettext_lazy(
        "It would not have held the %(tried)s decided comment.",
        "It would have held none of the last %(tried)s decided comments.",
        "count",
    ),
    Weight.MARKS: ngettext_lazy(
        "It would not have marked the %(tried)s decided comment as spam.",
        "It would have marked none of the last %(tried)s decided comments as spam.",
        "count",
    ),
}


@dataclass(frozen=True)
class Rerun:
    """A comment that a rule can examine again."""

    comment: Comment
    posted: Posted

    def found_by(self, rule: Rule, setting: Setting) -> list[Finding]:
        posted = replace(self.posted, settings={rule.name: setting})
        return run_rules(posted, rules=[rule])


@dataclass(frozen=True)
class Recorded:
    """A comment of which only the findings recorded when it arrived are known."""

    comment: Comment
    findings: tuple[Finding, ...]

    def found_by(self, rule: Rule, setting: Setting) -> list[Finding]:
        limit, weight = in_force(rule, setting)
        finds = STILL_FINDS.get(rule.name)
        return [
            replace(one, limit=limit, weight=weight)
            for one in self.findings
            if finds is None
            or one.value is None
            or limit is None
            or finds(one.value, limit)
        ]


@dataclass(frozen=True)
class Hit:
    """A comment on which the rule finds something."""

    comment: Comment
    findings: list[Finding]

    @property
    def decided(self) -> str:
        return str(Comment.Status(self.comment.judged_as).label)

    @property
    def name(self) -> str:
        return marked(self.comment.name, self.signals)

    @property
    def excerpt(self) -> str:
        """The text around the first words that were found, as HTML with the words marked."""
        body = self.comment.body
        words = [word for one in self.findings for word in one.words]
        first = min([at for word in words if (at := body.find(word)) >= 0], default=0)
        start = max(first - EXCERPT // 4, 0)
        end = start + EXCERPT
        return format_html(
            "{}{}{}",
            "… " if start else "",
            marked(body[start:end], self.signals),
            " …" if end < len(body) else "",
        )

    @property
    def sentences(self) -> list[str]:
        return [sentence(signal) for signal in self.signals]

    @cached_property
    def signals(self) -> list[Signal]:
        """The findings as the screening would have stored them."""
        return [
            Signal(
                rule=one.rule,
                weight=one.weight,  # type: ignore[misc]  # run_rules sets it
                value=one.value,
                limit=one.limit,
                words="\n".join(one.words),
            )
            for one in self.findings
        ]


@dataclass(frozen=True)
class PastComments:
    """The comments that a rule is tried on, with what is known of each."""

    cases: tuple[Rerun | Recorded, ...]
    # How many have no known sender, for a rule that needs the sender.
    from_nobody_known: int = 0
    is_recorded: bool = False


@dataclass(frozen=True)
class Trial:
    """The result of a backtest."""

    tried: int
    weight: Weight
    hits: tuple[Hit, ...] = ()

    @cached_property
    def decided(self) -> Counter[str]:
        return Counter(hit.comment.judged_as for hit in self.hits)

    @property
    def approved(self) -> int:
        return self.decided[Comment.Status.APPROVED]

    @property
    def sentence(self) -> str:
        """Such as “It would have held 57 of the last 1,000 decided comments. Moderators …”."""
        if not self.tried:
            return _(
                "No comments have been decided on yet, so there is nothing to try it on. It would take effect with the next comment."
            )
        wording = (_WOULD_HAVE if self.hits else _WOULD_HAVE_NOT)[self.weight]
        said = wording % {
            "count": self.tried,
            "tried": number_format(self.tried, force_grouping=True),
            "number": number_format(len(self.hits), force_grouping=True),
        }
        return f"{said} {self._approvals()}".strip()

    def _approvals(self) -> str:
        if not self.hits:
            return ""
        if len(self.hits) == 1:
            if self.approved:
                return _("Moderators approved it.")
            return _("Moderators did not approve it.")
        if not self.approved:
            return _("Moderators approved none of them.")
        return ngettext(
            "Moderators approved %(number)s of them.",
            "Moderators approved %(number)s of them.",
            self.approved,
        ) % {"number": number_format(self.approved, force_grouping=True)}

    def approvals_by_term(self, terms: Iterable[str]) -> dict[str, tuple[int, int]]:
        """For each folded term, how many hits contain it, and how many of these were approved."""
        counts = {term: [0, 0] for term in terms}
        for hit in self.hits:
            words = [word for one in hit.findings for word in one.words]
            for term in counts.keys() & candidates(*words):
                counts[term][0] += 1
                counts[term][1] += hit.comment.judged_as == Comment.Status.APPROVED
        return {term: (times, approved) for term, (times, approved) in counts.items()}

    def beyond(self, other: "Trial") -> tuple[Hit, ...]:
        """The hits that the other trial does not have."""
        there = {hit.comment.pk for hit in other.hits}
        return tuple(hit for hit in self.hits if hit.comment.pk not in there)


def in_force(rule: Rule, setting: Setting) -> tuple[float | None, Weight]:
    """The limit and the weight of the rule with this setting."""
    limit = rule.limit if setting.limit is None else setting.limit
    return limit, rule.weight if setting.weight is None else setting.weight


def as_set(row: RuleSetting) -> Setting:
    """The stored setting of a rule, as the screening uses it."""
    return Setting(row.limit, None if row.weight is None else Weight(row.weight))


def run_trial(rule: Rule, setting: Setting, past: PastComments) -> Trial:
    """Run the rule with this setting on past comments."""
    found = [(case.comment, case.found_by(rule, setting)) for case in past.cases]
    hits = tuple(Hit(comment, findings) for comment, findings in found if findings)
    return Trial(len(past.cases), in_force(rule, setting)[1], hits)


def past_comments_for(rule: Rule) -> PastComments:
    """The comments to try the rule on; at most two queries."""
    if rule.name in OF_TERMS:
        terms = Term.objects.filter(kind=OF_TERMS[rule.name][1])
        return past_with_terms(rule, terms.values_list("folded", flat=True))
    if rule.name in OF_WORDS_AND_NAMES:
        return PastComments(tuple(Rerun(one, _plain(one)) for one in _decided()))
    if rule.name in REBUILT:
        return _rebuilt(REBUILT[rule.name])
    return _recorded(rule)


def past_with_terms(rule: Rule, folded: Iterable[str]) -> PastComments:
    """The comments to try a rule about terms on, as if the word list were these folded terms."""
    terms = frozenset(folded)
    where, _kind = OF_TERMS[rule.name]

    def posted(comment: Comment) -> Posted:
        known: dict[str, Any] = {where: _standing_in(comment, terms)}
        return replace(_plain(comment), **known)

    return PastComments(tuple(Rerun(one, posted(one)) for one in _decided()))


def _standing_in(comment: Comment, terms: frozenset[str]) -> tuple[str, ...]:
    """The terms whose words all occur in the comment; the rule itself checks their order."""
    if not terms:
        return ()
    # Much faster than checking every phrase, and most comments contain no term.
    looks = {
        word.look
        for text in (comment.name, comment.body)
        for reading in readings_of(text)
        for word in reading
    }
    return tuple(term for term in terms if looks.issuperset(term.split()))


def _decided(**known: Any) -> list[Comment]:
    comments = Comment.objects.to_try_rules_on().annotate(**known)
    return list(
        comments.select_related("article").only(
            "name",
            "body",
            "judged_as",
            "judged_at",
            "created_at",
            "network",
            "commenter",
            "article__title",
        )[:MOST_TRIED]
    )


def _plain(comment: Comment) -> Posted:
    return Posted(name=comment.name, body=comment.body, at=comment.created_at)


# Recorded findings


def _recorded(rule: Rule) -> PastComments:
    comments = _decided()
    signals = Signal.objects.filter(
        rule=rule.name, comment__in=[comment.pk for comment in comments]
    )
    # For an edited comment the last finding counts.
    found = {signal.comment_id: _finding(signal) for signal in signals}
    cases = [
        Recorded(one, (found[one.pk],) if one.pk in found else ()) for one in comments
    ]
    return PastComments(tuple(cases), is_recorded=True)


def _finding(signal: Signal) -> Finding:
    words = tuple(signal.words.split("\n")) if signal.words else ()
    return Finding(signal.rule, signal.value, signal.limit, words)


# Rebuilt input


@dataclass(frozen=True)
class Rebuilt:
    """How the input of a rule is rebuilt from stored rows."""

    # Returns the annotations to load with each comment, by name.
    known: Callable[[], Mapping[str, Any]]
    # Returns fields of Posted for an annotated comment.
    posted: Callable[[Any], Mapping[str, Any]]
    asks_who_sent_it: bool = True


def _rebuilt(how: Rebuilt) -> PastComments:
    comments = _decided(**how.known())
    cases = [Rerun(one, replace(_plain(one), **how.posted(one))) for one in comments]
    nobody = [
        one
        for one in comments
        if how.asks_who_sent_it and not (one.network or one.commenter_id)
    ]
    return PastComments(tuple(cases), from_nobody_known=len(nobody))


def _of_the_same_sender(within: timedelta, *conditions: Q) -> dict[str, object]:
    """Count earlier comments from the same network, and further ones of the same person."""
    # `CASE` avoids a lookup for the many comments without a network or a person.
    before = _before(within).filter(*conditions)
    elsewhere = before.exclude(network=OuterRef("network"), network__gt="")
    return {
        "sent_from_network": Case(
            When(
                network__gt="", then=_number(before.filter(network=OuterRef("network")))
            ),
            default=Value(0),
        ),
        "sent_by_person": Case(
            When(
                commenter__isnull=False,
                then=_number(elsewhere.filter(commenter=OuterRef("commenter"))),
            ),
            default=Value(0),
        ),
    }


def _in_the_same_thread() -> dict[str, object]:
    # All statuses are listed, because in the index the status comes before the time.
    comments = _before(THREAD_WITHIN).filter(
        article=OuterRef("article"), status__in=Comment.Status.values
    )
    return {"said_before": _number(comments)}


def _before(within: timedelta) -> QuerySet[Comment]:
    return Comment.objects.filter(
        created_at__gt=OuterRef("created_at") - within,
        created_at__lte=OuterRef("created_at"),
    ).exclude(pk=OuterRef("pk"))


def _number(comments: QuerySet[Comment]) -> Subquery:
    counted = comments.order_by().annotate(number=Func(F("pk"), function="COUNT"))
    return Subquery(counted.values("number"))


def _sent_before(comment: Any) -> int:
    return comment.sent_from_network + comment.sent_by_person


REBUILT: Mapping[str, Rebuilt] = {
    "flood": Rebuilt(
        lambda: _of_the_same_sender(FLOOD_WITHIN),
        lambda comment: {
            "earlier": (Earlier(0, comment.created_at, is_from_sender=True),)
            * _sent_before(comment)
        },
    ),
    "recent_rejections": Rebuilt(
        lambda: _of_the_same_sender(
            REJECTED_WITHIN,
            Q(judged_as__in=JUDGED_AGAINST, judged_at__lt=OuterRef("created_at")),
        ),
        lambda comment: {"rejected_lately": min(_sent_before(comment), REJECTED_MOST)},
    ),
    "heated_thread": Rebuilt(
        _in_the_same_thread,
        lambda comment: {"said_lately": min(comment.said_before, THREAD_MOST)},
        asks_who_sent_it=False,
    ),
}


# How often each rule found something


@dataclass
class FindingCounts:
    """How often a rule or a term found something, and what moderators decided on those comments."""

    times: int = 0
    approved: int = 0
    rejected: int = 0
    # How often it held or marked: only then can moderators agree or disagree.
    acted: int = 0
    agreed: int = 0

    def count(self, judged_as: str, *, acted: bool) -> None:
        is_against = judged_as in JUDGED_AGAINST
        self.times += 1
        self.approved += judged_as == Comment.Status.APPROVED
        self.rejected += is_against
        self.acted += acted
        self.agreed += acted and is_against


@dataclass
class RecentFindings:
    """What the screening found in the comments that moderators decided on last."""

    decided: int = 0
    by_rule: dict[str, FindingCounts] = field(default_factory=dict)
    by_term: dict[str, FindingCounts] = field(default_factory=dict)

    def of_rule(self, name: str) -> FindingCounts:
        return self.by_rule.setdefault(name, FindingCounts())

    def of_term(self, folded: str) -> FindingCounts:
        return self.by_term.setdefault(folded, FindingCounts())


def count_recent_findings(*, terms: Iterable[str] = ()) -> RecentFindings:
    """Count the findings of each rule and of these folded terms; two queries."""
    comments = Comment.objects.to_try_rules_on()
    judged = dict(comments.values_list("pk", "judged_as")[:MOST_TRIED])
    signals = Signal.objects.filter(comment__in=list(judged)).order_by()
    lately = RecentFindings(len(judged))
    heaviest: dict[tuple[str, int], int] = {}
    matched: dict[tuple[str, int], int] = {}
    wanted = set(terms)
    for rule, weight, key, words in signals.values_list(
        "rule", "weight", "comment_id", "words"
    ):
        heaviest[rule, key] = max(weight, heaviest.get((rule, key), weight))
        for term in wanted & candidates(*words.split("\n")) if rule in OF_TERMS else ():
            matched[term, key] = max(weight, matched.get((term, key), weight))
    for (rule, key), weight in heaviest.items():
        lately.of_rule(rule).count(judged[key], acted=weight > Weight.INFORMS)
    for (term, key), weight in matched.items():
        lately.of_term(term).count(judged[key], acted=weight > Weight.INFORMS)
    return lately
