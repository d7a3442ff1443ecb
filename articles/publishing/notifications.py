"""The mails that the desk sends to writers."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from articles.core.append_only import name_of
from articles.core.mail.compose import compose
from articles.core.mail.html_part import Link


def tell_writer_of_return(article, *, note, by):
    """
    Mail the note to the writer of the article, unless they returned it themselves.

    A writer without a mail address finds the note on the form.
    """
    writer = article.created_by
    if writer is None or not writer.email or writer == by:
        return
    form = reverse("admin:articles_article_change", args=[article.pk])
    context = {
        "article": article,
        "note": note,
        "who": name_of(by),
        "address": settings.SITE_URL + form,
    }
    compose(
        settings.EMAIL_SUBJECT_PREFIX
        + f"Back to you: {' '.join(article.title.split())}",
        render_to_string("articles/returned.txt", context),
        to=writer.email,
        links={context["address"]: Link("Open the draft")},
    ).send()


def tell_writer_of_answer(proposal, *, by):
    """
    Mail the answer to a proposal to its writer, unless they gave it themselves.

    A writer without a mail address finds the answer on the page of the proposal.
    """
    writer = proposal.by
    if writer is None or not writer.email or writer == by:
        return
    page = reverse(
        "admin:articles_article_proposal", args=[proposal.article_id, proposal.pk]
    )
    context = {
        "proposal": proposal,
        "who": name_of(by),
        "address": settings.SITE_URL + page,
    }
    compose(
        settings.EMAIL_SUBJECT_PREFIX
        + f"Your proposal: {' '.join(proposal.article.title.split())}",
        render_to_string("articles/proposal_answered.txt", context),
        to=writer.email,
        links={context["address"]: Link("Open the proposal")},
    ).send()
