"""The gate that every comment goes through, new or changed: one row for each that was sent, however often it was."""

import json

from django.db import transaction
from django.utils.crypto import salted_hmac

from comments.mail.triggers import ask_to_confirm, moderators_mail
from comments.models import Comment, Commenter, Signal, Weight
from comments.moderation.audit_sampling import draw
from comments.screening import decide, look_at, posted_as, what_came_before
from comments.security.networks import held_hashes
from comments.security.throttling import TooMany, seconds_to_wait


def take(comment, *, network, by=None, decoy=False, browser=None, seconds=None):
    """
    Store the comment and take its first step, or find the one that it repeats.

    `network` is where it came from, None when that is not known; `by` is the
    moderator who writes it signed in, who need not wait for anybody; `browser` is the key
    of a comment that is known to come from the same browser, `seconds` how long the page
    was open there. What else becomes of it the screening decides. Returns the comment as
    it is stored, and raises rates.TooMany.
    """
    with transaction.atomic():
        words = repeat_key(comment, "")
        hashes = held_hashes(
            network, address=comment.email, browser=browser, words=words
        )
        keys = [repeat_key(comment, known_as) for known_as in hashes or [""]]
        before = what_came_before(comment, keys=keys, hashes=hashes, browser=browser)
        for one in before.of_sender:
            if one.repeat_key in keys:
                return Comment.objects.get(pk=one.key)
        wait = seconds_to_wait([one.at for one in before.of_sender])
        if by is None and wait:
            raise TooMany(wait)
        comment.by = by
        comment.network = next(iter(hashes), "")
        comment.repeat_key = keys[0]
        posted = posted_as(
            comment,
            by=by,
            decoy=decoy,
            before=before,
            hashes=hashes,
            network=network,
            browser=browser,
            seconds=seconds,
        )
        findings = look_at(posted)
        if by is None:
            comment.commenter_id, comment.mailbox_id = posted.commenter, posted.mailbox
        comment.save()
        _keep(findings, comment)
        _take_first_step(comment, decide(posted, findings), findings, by=by)
        if by is None and comment.commenter_id is None and browser:
            _begin_with(comment, browser)
        if comment.wants_news and not comment.is_spam:
            ask_to_confirm(comment, networks=hashes)
    return comment


def screen(comment):
    """Let the screening look at a comment that came some other way than through the form; it stays what it is."""
    _keep(look_at(posted_as(comment, before=what_came_before(comment))), comment)


def change(comment, body, *, by=None, network=None):
    """
    Put other words in place of the comment's, as its author; they are screened like new ones.

    `network` is where they came from, None when that is not known. What waits goes on
    waiting: whom a moderator muted, or whom readers reported, does not free it with other
    words. `by` is the moderator who does it signed in. Whoever else has the link of a
    comment that a member of staff wrote signed in is not known to be them: the
    comment is then not marked as from the newsroom any more. Raises
    TransitionError when it is too late; see Comment.edit.
    """
    with transaction.atomic():
        author = by if by is not None and by.pk == comment.by_id else None
        hashes = [comment.network] if comment.network else []
        posted = posted_as(
            comment,
            body=body,
            by=author,
            before=what_came_before(comment, hashes=hashes, browser=comment.pk),
            hashes=hashes,
            network=network,
            browser=comment.pk,
        )
        findings = look_at(posted)
        status = decide(posted, findings)
        if author is None and comment.is_waiting and status == Comment.Status.APPROVED:
            status = Comment.Status.PENDING
        comment.edit(body, status=status)
        if author is None and comment.by_id is not None:
            comment.by = None
            comment.save(update_fields=["by"])
        _keep(findings, comment)
        _tell_of(comment)


def _begin_with(comment, browser):
    """
    Know who wrote it with the second comment from one browser.

    After the first step, which holds the thread: whoever decides on the first comment
    holds that, too, before the row that is changed here.
    """
    comment.commenter = Commenter.objects.begun_by(browser)
    if comment.commenter is not None:
        comment.save(update_fields=["commenter"])


def _keep(findings, comment):
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
    draw(comment)
    _tell_of(comment)


def _why_spam(findings):
    """Which rules marked it. Decisions quote nothing of a comment: the words are in its signals."""
    marks = {finding.rule for finding in findings if finding.weight == Weight.MARKS}
    why = {
        "decoy": "The field that people do not see was filled in.",
        "classifier": "The classifier found it to be spam.",
        "banned_terms": "There are banned words in it.",
    }
    said = [sentence for rule, sentence in why.items() if rule in marks]
    return " ".join(said) or "A rule of the screening marked it as spam."


def _tell_of(comment):
    if comment.is_waiting:
        # Robust: the comment is stored, whatever becomes of the mail.
        transaction.on_commit(moderators_mail.enqueue, robust=True)


def repeat_key(comment, network):
    """Equal for the same words, signed the same, in answer to the same, from the same network."""
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
