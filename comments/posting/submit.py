"""
Store new and changed comments: repeats, throttle, screening, and the first decision.

The screening happens before the transaction, because on SQLite nobody else can write while one
is open. The transaction only checks again what must be exact (ExactFacts, and whether the
conversation is open) and stores the comment. If something has changed meanwhile, the comment
is screened again.
"""

import json
from dataclasses import dataclass

from django.db import transaction
from django.utils.crypto import salted_hmac

from articles.core.after_commit import let_worker_run
from articles.models import Article
from comments.mail.triggers import ask_to_confirm, moderators_mail
from comments.models import Comment, Commenter, Signal, Thread, Weight
from comments.models.sender_locks import lock_sender
from comments.moderation.audit_sampling import draw_for_audit
from comments.screening import (
    ExactFacts,
    decide_status,
    load_exact_facts,
    load_history,
    load_posted,
    load_sent,
    run_rules,
)
from comments.screening.records import Finding, Posted
from comments.security.networks import hash_sender
from comments.security.throttling import TooMany, seconds_to_wait
from comments.threads.pages import thread_of

# How often a comment is screened before the transaction. After that it is screened inside:
# somebody who sends many comments at once cannot keep it from being stored.
SCREENED_BEFORE = 3


class NotOpen(Exception):
    """Readers cannot see the article any more, or its conversation is closed."""


class _Repeated(Exception):
    """The same sender has sent the same comment before; `key` is that comment's."""

    def __init__(self, key):
        super().__init__(f"It repeats comment {key}.")
        self.key = key


@dataclass(frozen=True)
class Screening:
    """What the rules found in a comment, the status they lead to, and what they were told."""

    posted: Posted
    findings: list[Finding]
    status: Comment.Status
    facts: ExactFacts

    @classmethod
    def of(cls, posted, sent=()):
        """Run the rules; `sent` are the earlier comments of the sender."""
        findings = run_rules(posted)
        status = decide_status(posted, findings)
        return cls(posted, findings, status, ExactFacts.of(posted, sent))


def submit_comment(
    comment, *, network, by=None, decoy=False, browser=None, seconds=None
):
    """
    Store the comment and take its first step, or find the one that it repeats.

    `comment` is unsaved. `network` is the sender's network, None if not known; `by` the
    moderator who writes it signed in, whom no throttle stops; `decoy` whether the decoy
    field was filled in; `browser` the key of a comment of the same browser; `seconds` how
    long the page was open. The screening decides the status. Returns the stored comment.
    Raises throttling.TooMany, and NotOpen.
    """
    submission = _Submission(comment, network, by, decoy, browser, seconds)
    try:
        for _ in range(SCREENED_BEFORE):
            screening = submission.screen()
            with transaction.atomic():
                submission.lock()
                if submission.is_up_to_date(screening):
                    return submission.store(screening)
        with transaction.atomic():
            submission.lock()
            thread = submission.open_thread()
            return submission.store(submission.screen(thread=thread))
    except _Repeated as repeat:
        return Comment.objects.get(pk=repeat.key)


class _Submission:
    """One comment on its way; for the arguments see `submit_comment`."""

    def __init__(self, comment, network, by, decoy, browser, seconds):
        self.comment, self.by = comment, by
        self.decoy, self.seconds = decoy, seconds
        self.hashes = hash_sender(network)
        self.sender = {"hashes": self.hashes, "browser": browser}
        self.network, self.browser = network, browser
        self.words = repeat_key(comment, "")
        self.keys = [repeat_key(comment, one) for one in self.hashes or [""]]

    def screen(self, *, thread=None):
        """Screen the comment. Raises _Repeated and TooMany."""
        before = load_history(self.comment, keys=self.keys, **self.sender)
        self._check_sent(before.of_sender)
        posted = load_posted(
            self.comment,
            thread=thread,
            by=self.by,
            decoy=self.decoy,
            before=before,
            network=self.network,
            seconds=self.seconds,
            **self.sender,
        )
        return Screening.of(posted, before.of_sender)

    def lock(self):
        lock_sender(
            self.hashes,
            address=self.comment.email,
            browser=self.browser,
            words=self.words,
        )

    def is_up_to_date(self, screening):
        """
        Whether the comment can be stored as the screening says. Call it after `lock`.

        Raises _Repeated, TooMany and NotOpen.
        """
        sent = load_sent(self.comment, keys=self.keys, **self.sender)
        self._check_sent(sent)
        facts = load_exact_facts(
            self.comment,
            thread=self.open_thread(),
            sent=sent,
            network=self.network,
            **self.sender,
        )
        return facts == screening.facts

    def open_thread(self):
        """The present thread of the article. Raises NotOpen."""
        articles = Article.objects.visible().select_related("thread").defer("body")
        article = articles.filter(pk=self.comment.article_id).first()
        if article is None or thread_of(article).is_closed:
            raise NotOpen
        return thread_of(article)

    def store(self, screening):
        """Store the comment with its signals and its first decision; return it."""
        comment, by, posted = self.comment, self.by, screening.posted
        comment.by = by
        comment.network = next(iter(self.hashes), "")
        comment.repeat_key = self.keys[0]
        if by is None:
            comment.commenter_id, comment.mailbox_id = posted.commenter, posted.mailbox
        comment.save()
        _store_findings(screening.findings, comment)
        _take_first_step(comment, screening, by=by)
        if by is None and comment.commenter_id is None and self.browser:
            _recognise_author(comment, self.browser)
        if comment.wants_news and not comment.is_spam:
            ask_to_confirm(comment, networks=self.hashes)
        return comment

    def _check_sent(self, sent):
        for one in sent:
            if one.repeat_key in self.keys:
                raise _Repeated(one.key)
        wait = seconds_to_wait([one.at for one in sent])
        if self.by is None and wait:
            raise TooMany(wait)


def screen(comment):
    """Store what the screening finds in a comment that did not come by the form; no decision."""
    before = load_history(comment)
    _store_findings(run_rules(load_posted(comment, before=before)), comment)


def change(comment, body, *, by=None, network=None, screening=None):
    """
    Replace the text of the comment, as its author; the new text is screened again.

    `network` is the network that the request came from, None if not known. A comment that
    waits goes on waiting, so that a muted or reported author cannot free it by an edit. `by`
    is the signed-in moderator. A staff reply that is edited by its link without signing in
    stops being a staff reply, because the editor may be somebody else. `screening` is what
    `screen_change` returned before the transaction. Raises TransitionError if it is too
    late; see Comment.edit.
    """
    with transaction.atomic():
        thread = Thread.objects.lock_for(comment.article)
        if screening is None or screening.facts != load_exact_facts(
            comment, thread=thread, **_sender_of_change(comment, network)
        ):
            screening = screen_change(
                comment, body, by=by, network=network, thread=thread
            )
        author, status = _author_of(comment, by), screening.status
        if author is None and comment.is_waiting and status == Comment.Status.APPROVED:
            status = Comment.Status.PENDING
        comment.edit(body, status=status)
        if author is None and comment.by_id is not None:
            comment.by = None
            comment.save(update_fields=["by"])
        _store_findings(screening.findings, comment)
        _notify_moderators(comment)


def screen_change(comment, body, *, by=None, network=None, thread=None):
    """Screen new words for `change`, before its transaction; the arguments are the same."""
    sender = _sender_of_change(comment, network)
    before = load_history(comment, hashes=sender["hashes"], browser=sender["browser"])
    posted = load_posted(
        comment,
        body=body,
        by=_author_of(comment, by),
        before=before,
        thread=thread,
        **sender,
    )
    return Screening.of(posted)


def _author_of(comment, by):
    return by if by is not None and by.pk == comment.by_id else None


def _sender_of_change(comment, network):
    hashes = [comment.network] if comment.network else []
    return {"hashes": hashes, "network": network, "browser": comment.pk}


def _recognise_author(comment, browser):
    """
    Create a Commenter at the second comment from one browser.

    Call it after the first step, which locks the thread. A decision on the first comment
    locks the thread too, before the row that is changed here, so there is no deadlock.
    """
    comment.commenter = Commenter.objects.begun_by(browser)
    if comment.commenter is not None:
        comment.save(update_fields=["commenter"])


def _store_findings(findings, comment):
    if findings:
        Signal.objects.bulk_create(
            Signal(
                comment=comment,
                text_revision=comment.text_revision,
                rule=finding.rule,
                weight=finding.weight,
                value=finding.value,
                limit=finding.limit,
                words="\n".join(finding.words),
            )
            for finding in findings
        )


def _take_first_step(comment, screening, *, by):
    if screening.status == Comment.Status.APPROVED:
        comment.approve(by=by)
    elif screening.status == Comment.Status.SPAM:
        comment.mark_spam(note=_why_spam(screening.findings))
    draw_for_audit(comment)
    _notify_moderators(comment)


def _why_spam(findings):
    """The stored note, in English, that names the rules; the matched words are in the signals, never in a Decision."""
    marks = {finding.rule for finding in findings if finding.weight == Weight.MARKS}
    why = {
        "decoy": "The hidden field was filled in.",
        "classifier": "The classifier considered it spam.",
        "banned_terms": "It contains banned words.",
    }
    said = [sentence for rule, sentence in why.items() if rule in marks]
    return " ".join(said) or "A screening rule marked it as spam."


def _notify_moderators(comment):
    if comment.is_waiting:
        let_worker_run(moderators_mail)


def repeat_key(comment, network):
    """A keyed hash, equal for the same text, name, address and parent from the same network."""
    sent = [
        comment.article_id,
        comment.parent_id,
        comment.name,
        comment.email,
        comment.body,
        network,
    ]
    return salted_hmac(
        "comments.repeat", json.dumps(sent), algorithm="sha256"
    ).hexdigest()
