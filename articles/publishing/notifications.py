"""
The mails that the desk sends to writers.

Call these functions in the transaction that causes the mail. They put it into the outbox of
the staff (setting STAFF_OUTBOX), so that no mail is lost when the mail server is down, and no
editor waits for it.
"""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from articles.content.diff import compare_snapshots
from articles.content.part_names import PART_NAMES
from articles.core.append_only import name_of
from articles.models import Step

# The most changed paragraphs of one part that a mail shows. The link leads to all of them.
PARAGRAPHS_MAILED = 20


def tell_writer_of_return(article, *, note, by):
    """
    Mail the note to the writer of the article, unless they returned it themselves.

    The mail says what was changed in the text since it was last submitted. A writer without a mail address finds the note on the form.
    """
    form = reverse("admin:articles_article_change", args=[article.pk])
    _write(
        article.created_by,
        _("Returned to you: %(title)s") % {"title": article.title},
        "articles/returned.txt",
        {"article": article, "note": note, **_changed_since_submission(article)},
        address=form,
        by=by,
    )


def tell_writer_of_answer(proposal, *, by):
    """
    Mail the answer to a proposal to its writer, unless they gave it themselves.

    A writer without a mail address finds the answer on the page of the proposal.
    """
    page = reverse(
        "admin:articles_article_proposal", args=[proposal.article_id, proposal.pk]
    )
    _write(
        proposal.by,
        _("Your proposal: %(title)s") % {"title": proposal.article.title},
        "articles/proposal_answered.txt",
        {"proposal": proposal},
        address=page,
        by=by,
    )


def _changed_since_submission(article):
    """The parts of the text that differ from what was submitted, as lines; `known`: whether it is."""
    submitted = article.steps.filter(what=Step.What.SUBMIT).first()
    base = (
        submitted and article.revisions.working().filter(at__lte=submitted.at).first()
    )
    if not base:
        return {"known": False}
    found = compare_snapshots(base.content, article.working_content())
    changes = [
        {"label": PART_NAMES[part.name].label, "lines": _lines(part)}
        for part in found.parts
    ]
    return {"known": True, "changes": changes}


def _lines(part):
    """The changed paragraphs, before with a minus and after with a plus."""
    changed = [row for row in part.rows if not (row.is_same or row.skipped)]
    lines = [
        f"{mark} {''.join(text for _kind, text in side)}"
        for row in changed[:PARAGRAPHS_MAILED]
        for mark, side in (("−", row.old), ("+", row.new))
        if side is not None
    ]
    return lines + (["…"] if len(changed) > PARAGRAPHS_MAILED or part.more else [])


def _write(writer, subject, template, context, *, address, by):
    if writer is None or not writer.email or writer == by:
        return
    context |= {"who": name_of(by), "address": settings.SITE_URL + address}
    # By name: `articles` imports no other app.
    put_into_outbox = import_string(settings.STAFF_OUTBOX)
    put_into_outbox(
        writer,
        # On one line, so that a title cannot forge a header.
        subject=settings.EMAIL_SUBJECT_PREFIX + " ".join(subject.split()),
        body=render_to_string(template, context),
    )
