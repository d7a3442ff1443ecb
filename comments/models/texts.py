"""The revisions of a comment's text, and what the screening found in each."""

from comments.models.decision import Decision, standing
from comments.models.signal import Signal
from comments.models.text_revision import TextRevision


def text_at_revision(comment, revision):
    """What the comment said in the revision with this number."""
    if revision == comment.text_revision:
        return comment.body
    return comment.earlier_texts.get(number=revision).body


def is_redacted(comment):
    """Whether a moderator has taken words out and nobody has put them back."""
    # The first revision cannot be redacted, so its decisions need not be read.
    return comment.text_revision > 1 and any(
        decision.what == Decision.What.REDACT
        for decision in standing(comment.decisions.all())
    )


def replace_text(comment, body):
    """Keep the present text as a TextRevision; return the changes that put `body` in its place."""
    TextRevision.objects.create(
        comment=comment, number=comment.text_revision, body=comment.body
    )
    return {
        "body": body,
        "text_revision": comment.text_revision + 1,
        # The key was made of the old words.
        "repeat_key": None,
    }


def copy_findings(comment, revision):
    """
    Copy what the screening found in the revision with this number to the present one.

    Words are left out that the earlier text had and the present one does not.
    """
    earlier_text = text_at_revision(comment, revision)
    signals = list(comment.signals.filter(text_revision=revision))
    for signal in signals:
        signal.pk, signal.text_revision = None, comment.text_revision
        kept = [
            word
            for word in signal.words.split("\n")
            if word in comment.body or word not in earlier_text
        ]
        signal.words = "\n".join(kept)
    Signal.objects.bulk_create(signals)
