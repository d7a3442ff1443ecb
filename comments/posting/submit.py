"""Store new and changed comments: repeats, throttle, screening, and the first decision."""

import json

from django.db import transaction
from django.utils.crypto import salted_hmac

from comments.mail.triggers import ask_to_confirm, moderators_mail
from comments.models import Comment, Commenter, Signal, Weight
from comments.moderation.audit_sampling import draw_for_audit
from comments.screening import decide_status, load_history, load_posted, run_rules
from comments.security.networks import lock_and_hash_sender
from comments.security.throttling import TooMany, seconds_to_wait


def submit_comment(
    comment, *, network, by=None, decoy=False, browser=None, seconds=None
):
    """
    Store the comment and take its first step, or find the one that it repeats.

    `comment` is unsaved. `network` is the sender's network, None if not known; `by` the
    moderator who writes it signed in, whom no throttle stops; `decoy` whether the decoy
    field was filled in; `browser` the key of a comment of the same browser; `seconds` how
    long the page was open. The screening decides the status. Returns the stored comment.
    Raises throttling.TooMany.
    """
    with transaction.atomic():
        words = repeat_key(comment, "")
        hashes = lock_and_hash_sender(
            network, address=comment.email, browser=browser, words=words
        )
        keys = [repeat_key(comment, known_as) for known_as in hashes or [""]]
        before = load_history(comment, keys=keys, hashes=hashes, browser=browser)
        for one in before.of_sender:
            if one.repeat_key in keys:
                return Comment.objects.get(pk=one.key)
        wait = seconds_to_wait([one.at for one in before.of_sender])
        if by is None and wait:
            raise TooMany(wait)
        comment.by = by
        comment.network = next(iter(hashes), "")
        comment.repeat_key = keys[0]
        posted = load_posted(
            comment,
            by=by,
            decoy=decoy,
            before=before,
            hashes=hashes,
            network=network,
            browser=browser,
            seconds=seconds,
        )
        findings = run_rules(posted)
        if by is None:
            comment.commenter_id, comment.mailbox_id = posted.commenter, posted.mailbox
        comment.save()
        _store_findings(findings, comment)
        _take_first_step(comment, decide_status(posted, findings), findings, by=by)
        if by is None and comment.commenter_id is None and browser:
            _recognise_author(comment, browser)
        if comment.wants_news and not comment.is_spam:
            ask_to_confirm(comment, networks=hashes)
    return comment


def screen(comment):
    """Store what the screening finds in a comment that did not come by the form; no decision."""
    before = load_history(comment)
    _store_findings(run_rules(load_posted(comment, before=before)), comment)


def change(comment, body, *, by=None, network=None):
    """
    Replace the text of the comment, as its author; the new text is screened again.

    `network` is the network that the request came from, None if not known. A comment that
    waits goes on waiting, so that a muted or reported author cannot free it by an edit. `by`
    is the signed-in moderator. A staff reply that is edited by its link without signing in
    stops being a staff reply, because the editor may be somebody else. Raises
    TransitionError if it is too late; see Comment.edit.
    """
    with transaction.atomic():
        author = by if by is not None and by.pk == comment.by_id else None
        hashes = [comment.network] if comment.network else []
        posted = load_posted(
            comment,
            body=body,
            by=author,
            before=load_history(comment, hashes=hashes, browser=comment.pk),
            hashes=hashes,
            network=network,
            browser=comment.pk,
        )
        findings = run_rules(posted)
        status = decide_status(posted, findings)
        if author is None and comment.is_waiting and status == Comment.Status.APPROVED:
            status = Comment.Status.PENDING
        comment.edit(body, status=status)
        if author is None and comment.by_id is not None:
            comment.by = None
            comment.save(update_fields=["by"])
        _store_findings(findings, comment)
        _notify_moderators(comment)


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


def _take_first_step(comment, status, findings, *, by):
    if status == Comment.Status.APPROVED:
        comment.approve(by=by)
    elif status == Comment.Status.SPAM:
        comment.mark_spam(note=_why_spam(findings))
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
        # Robust: the comment stays stored even if the mail fails.
        transaction.on_commit(moderators_mail.enqueue, robust=True)


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
