"""
Load everything that the rules need to know of a comment, in a fixed number of queries.

`load_history` loads earlier comments. `load_posted` loads what is known of the author
and what moderators have set. Each takes one query; one more loads the classifier's counts
and, if a network is muted, another the keys of older networks. `load_exact_facts` loads
again what may not change between the screening and the moment the comment is stored.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Case, CharField, Count, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils import timezone

from articles.models import Person
from comments.classifier.features import extract_features
from comments.models import (
    Classifier,
    Comment,
    Commenter,
    FeatureCount,
    Mute,
    RuleSetting,
    Term,
    Weight,
)
from comments.screening.records import Account, Earlier, Posted, Setting
from comments.screening.terms import candidates
from comments.security.networks import hashes_of_days
from comments.security.throttling import most_that_count, sent_lately
from comments.threads.pages import thread_of

STAFF, BYLINE, TERM, SETTING, PERSON, ADDRESS, MUTE = (
    "staff",
    "byline",
    "term",
    "setting",
    "person",
    "address",
    "mute",
)
SENDER, THREAD, SITE, REJECTED = "sender", "thread", "site", "rejected"
# How far back each kind of earlier comment is looked for, and how many at most.
THREAD_WITHIN, THREAD_MOST = timedelta(hours=1), 500
REJECTED_WITHIN, REJECTED_MOST = timedelta(days=7), 20
SITE_MOST = 60
SITE_WITHIN = timedelta(days=1)
FEWEST_OF_SENDER = 20


@dataclass(frozen=True)
class CommentHistory:
    """What was sent before a comment; `comments` are newest first."""

    comments: tuple[Earlier, ...] = ()
    said_lately: int = 0
    rejected_lately: int = 0

    @property
    def of_sender(self):
        return [one for one in self.comments if one.is_from_sender]


NOTHING = CommentHistory()


@dataclass(frozen=True)
class ExactFacts:
    """
    What a comment is stored by: equal facts allow what a screening with them has decided.

    `sent` are the keys of the sender's earlier comments, `person` is what Posted knows of
    the proved author.
    """

    sent: frozenset[int]
    person: tuple[tuple[str, object], ...]
    mutes: frozenset[str]
    has_address_of_another: bool
    thread_is_held: bool

    @classmethod
    def of(cls, posted, sent=()):
        """The facts that a screening was made with; `sent` are Earlier comments."""
        return cls(
            frozenset(one.key for one in sent),
            tuple((name, getattr(posted, name)) for name in OF_PERSON),
            frozenset(posted.mutes),
            posted.has_address_of_another,
            posted.thread_is_held,
        )


# The fields of Posted about the proved author.
OF_PERSON = ["commenter", "mailbox", "is_trusted", "approvals"]


def load_history(comment, *, keys=(), hashes=(), browser=None):
    """
    Load what was sent before the comment by its sender and by others; one query.

    The sender is a network with these hashes, or the author of the comment with the key
    `browser`. `keys` are the repeat keys of the comment.
    """
    now = timezone.now()
    others = _others(comment)
    selections = {
        SENDER: _sent_before(keys, hashes, browser),
        THREAD: Comment.objects.filter(
            article=comment.article_id, created_at__gt=now - THREAD_WITHIN
        ).order_by()[:THREAD_MOST],
        SITE: Comment.objects.order_by("-id")[:SITE_MOST],
        REJECTED: Comment.objects.sent_from(
            hashes, browser=browser, since=now - REJECTED_WITHIN
        )
        .judged_against()
        .order_by()[:REJECTED_MOST],
    }
    first, *rest = [
        _rows_of_kind(others, kind, comments) for kind, comments in selections.items()
    ]
    rows = list(first.union(*rest, all=True))
    kinds = [kind for kind, *_ in rows]
    comments = [
        Earlier(key, at, body, repeat_key, kind == SENDER)
        for kind, key, at, body, repeat_key in rows
        if kind == SENDER or (kind == SITE and now - at < SITE_WITHIN)
    ]
    comments.sort(key=lambda one: (one.at, one.key), reverse=True)
    return CommentHistory(tuple(comments), kinds.count(THREAD), kinds.count(REJECTED))


def load_sent(comment, *, keys=(), hashes=(), browser=None):
    """
    Load only what the same sender sent before the comment, newest first; one query.

    The Earlier comments are those of `load_history`, without their text.
    """
    rows = _others(comment).filter(
        pk__in=_sent_before(keys, hashes, browser).values("pk")
    )
    return [
        Earlier(key, at, "", repeat_key, is_from_sender=True)
        for key, at, repeat_key in rows.newest_first().values_list(
            "pk", "created_at", "repeat_key"
        )
    ]


def _others(comment):
    return Comment.objects.exclude(pk=comment.pk) if comment.pk else Comment.objects


def _sent_before(keys, hashes, browser):
    """What counts as sent by the sender, see `load_history`; repeats come first."""
    counted = Comment.objects.repeated_by(keys) | sent_lately(hashes, browser=browser)
    most = 1 + max(most_that_count(), FEWEST_OF_SENDER)
    return counted.with_repeats_first(keys)[:most]


def _rows_of_kind(comments, kind, selected):
    """The selected comments as rows of the union; SQLite allows LIMIT only in a subquery."""
    body = "body" if kind in (SENDER, SITE) else _text("")
    return (
        comments.filter(pk__in=selected.values("pk"))
        .order_by()
        .values_list(_text(kind), "pk", "created_at", body, "repeat_key")
    )


def load_posted(
    comment,
    *,
    body=None,
    thread=None,
    by=None,
    decoy=False,
    before=NOTHING,
    hashes=(),
    network=None,
    browser=None,
    seconds=None,
):
    """
    Collect everything about the comment that the rules look at, as a Posted.

    `body` replaces the comment's own text, `thread` the one that its article has loaded. `by`
    is the moderator who sends it signed in, `decoy` whether the decoy field was filled in,
    `before` a CommentHistory, `hashes` and `network` the sender's network, `browser` the key of a comment that the same browser wrote, and
    `seconds` how long the page was open there.
    """
    body = comment.body if body is None else body
    facts = _facts(comment, body, browser)
    learnt, acts = FeatureCount.objects.learnt_of(extract_features(body))
    return Posted(
        name=comment.name,
        body=body,
        at=timezone.now(),
        by=by and Account(by.get_username(), by.get_full_name()),
        fell_for_the_decoy=decoy,
        thread_is_held=(thread or thread_of(comment.article)).is_held,
        site_name=settings.SITE_NAME,
        learnt=learnt,
        classifier_holds=acts == Classifier.Acts.HOLD,
        classifier_marks=acts == Classifier.Acts.MARK,
        earlier=before.comments,
        said_lately=before.said_lately,
        rejected_lately=before.rejected_lately,
        seconds_on_page=seconds,
        staff=tuple(
            Account(user_name, full_name.strip())
            for user_name, full_name, _, _ in facts[STAFF]
        ),
        bylines=tuple(name for name, *_ in facts[BYLINE]),
        banned=_terms(facts, Term.Kind.BANNED),
        suspect=_terms(facts, Term.Kind.SUSPECT),
        settings={
            rule: Setting(_number(limit), _weight(weight))
            for rule, limit, weight, _ in facts[SETTING]
        },
        **_about_author(facts, comment, hashes, network),
    )


def load_exact_facts(
    comment, *, thread, sent=(), hashes=(), network=None, browser=None
):
    """
    Load what a screening of the comment is compared with when the comment is stored.

    `thread` is the present thread of the article, `sent` the result of `load_sent`; the
    other arguments are those of `load_posted`. One query; one more if a network is muted.
    """
    facts = _facts_by_kind(_rows_about_author(comment, browser))
    author = _about_author(facts, comment, hashes, network)
    posted = Posted(name="", body="", thread_is_held=thread.is_held, **author)
    return ExactFacts.of(posted, sent)


def _about_author(facts, comment, hashes, network):
    """The fields of Posted about the author."""
    return {
        "mutes": _reasons(facts[MUTE], hashes, network),
        "has_address_of_another": comment.mailbox_id is None and _is_of_another(facts),
        **_person(facts[PERSON]),
    }


def _facts(comment, body, browser):
    """What is stored about the author and the words, as rows of four texts by kind; one query."""
    accounts = get_user_model().objects.filter(is_active=True, is_staff=True)
    terms = Term.objects.filter(folded__in=candidates(comment.name, body))
    return _facts_by_kind(
        [
            _rows(STAFF, accounts, "username", _full_name()),
            _rows(BYLINE, Person.objects.looking_like(comment.name), "name"),
            _rows(TERM, terms, "folded", "kind"),
            _rows(
                SETTING,
                RuleSetting.objects,
                "rule",
                _as_text("limit"),
                _as_text("weight"),
            ),
            *_rows_about_author(comment, browser),
        ]
    )


def _rows_about_author(comment, browser):
    """The proved author, the owner of the typed address, and the mutes that may concern them."""
    person = Commenter.objects.author_of_comment(browser)
    # Typing another person's address gives no advantage, and their mute applies.
    owner = Commenter.objects.with_address(comment.email)
    mutes = Mute.objects.in_force().filter(
        Q(network__gt="")
        | Q(commenter__in=person.values("pk"))
        | Q(commenter__in=owner.values("pk"))
    )
    is_theirs = When(mailbox__address=comment.email.lower(), then=_as_text("mailbox"))
    return [
        _rows(
            PERSON,
            person.with_trust(),
            _as_text("pk"),
            Case(When(is_trusted=True, then=_text("yes")), default=_text("")),
            _as_text(_approvals()),
            Case(is_theirs, default=_text("")),
        ),
        _rows(ADDRESS, owner, _as_text("pk")),
        # Not first: a union would take over the ordering of the model.
        _rows(MUTE, mutes, "reason", "network", _as_text("network_day")),
    ]


def _facts_by_kind(selections):
    first, *rest = selections
    facts = {kind: [] for kind in [STAFF, BYLINE, TERM, SETTING, MUTE, PERSON, ADDRESS]}
    for kind, *texts in first.union(*rest, all=True):
        facts[kind].append(texts)
    return facts


def _rows(kind, selected, *columns):
    filled = [*columns, *[_text("")] * (4 - len(columns))]
    return selected.order_by().values_list(_text(kind), *filled)


def _terms(facts, kind):
    return tuple(folded for folded, is_kind, *_ in facts[TERM] if is_kind == kind)


def _reasons(mutes, hashes, network):
    """The reasons of mutes of the person or network; older keys are loaded only if needed."""
    of_network = {(hash, day): reason for reason, hash, day, _ in mutes if hash}
    reasons = [reason for reason, hash, *_ in mutes if not hash]
    if of_network:
        days = {date.fromisoformat(day) for _, day in of_network}
        held = {*hashes, *(hashes_of_days(network, days) if network else [])}
        reasons += [reason for (hash, _), reason in of_network.items() if hash in held]
    return tuple(dict.fromkeys(reasons))


def _person(rows):
    """The fields of Posted about the proved author; empty if there is none."""
    if not rows:
        return {}
    [(key, trusted, approvals, mailbox)] = rows
    return {
        "commenter": int(key),
        "mailbox": int(mailbox) if mailbox else None,
        "is_trusted": bool(trusted),
        "approvals": int(approvals),
    }


def _is_of_another(facts):
    """Whether the typed address belongs to a known reader who is not the proved author."""
    owners = {key for key, *_ in facts[ADDRESS]}
    return not owners <= {key for key, *_ in facts[PERSON]}


def _approvals():
    approved = Comment.objects.filter(commenter=OuterRef("pk"), judged_as="approved")
    number = approved.order_by().values("commenter").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(number), 0)


def _full_name():
    return Concat("first_name", Value(" "), "last_name", output_field=CharField())


def _number(text):
    return float(text) if text else None


def _weight(text):
    return Weight(int(text)) if text else None


def _as_text(value):
    return Coalesce(Cast(value, CharField()), _text(""))


def _text(text):
    return Value(text, output_field=CharField())
