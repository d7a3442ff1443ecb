"""The mails that the desk sends to writers."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from articles.core.append_only import name_of


def tell_writer_of_return(article, *, note, by):
    """
    Mail the note to the writer of the article, unless they returned it themselves.

    A writer without a mail address finds the note on the form.
    """
    if not _can_be_told(article.created_by, by):
        return
    form = reverse("admin:articles_article_change", args=[article.pk])
    context = {"article": article, "note": note, "who": name_of(by)}
    _mail(
        article.created_by,
        _("Returned to you: %(title)s") % {"title": article.title},
        form,
        "returned",
        context,
    )


def tell_writer_of_answer(proposal, *, by):
    """
    Mail the answer to a proposal to its writer, unless they gave it themselves.

    A writer without a mail address finds the answer on the page of the proposal.
    """
    if not _can_be_told(proposal.by, by):
        return
    page = reverse(
        "admin:articles_article_proposal", args=[proposal.article_id, proposal.pk]
    )
    context = {"proposal": proposal, "who": name_of(by)}
    subject = _("Your proposal: %(title)s") % {"title": proposal.article.title}
    _mail(proposal.by, subject, page, "proposal_answered", context)


def _can_be_told(writer, by):
    return writer is not None and writer.email and writer != by


def _mail(writer, subject, path, template, context):
    context |= {"address": settings.SITE_URL + path}
    EmailMessage(
        # A title may hold line breaks, which a subject must not.
        subject=settings.EMAIL_SUBJECT_PREFIX + " ".join(subject.split()),
        body=render_to_string(f"articles/{template}.txt", context),
        to=[writer.email],
    ).send()
