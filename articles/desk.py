"""Steps of an article that reach further than its own row."""

from functools import partial

from django.db import transaction

from articles.append_only import name_of
from articles.models import Correction, TransitionError
from articles.notifications import tell_writer_of_return


def return_to_writer(article, *, note="", by=None):
    """Give the article back to its writer with a note, and mail the note once that is certain."""
    with transaction.atomic():
        article.return_to_draft(note=note, by=by)
        # Robust: the article is back and the note stands on its form, whether or not
        # the mail server can be reached.
        transaction.on_commit(
            partial(tell_writer_of_return, article, note=note, by=by), robust=True
        )


def correct(article, *, kind, text, by=None, answers=()):
    """
    Publish a correction of the article and answer these requests with it, or do neither.

    Raises TransitionError for an article that readers have never seen, and when
    somebody else has answered or closed one of the requests.
    """
    if not article.was_public:
        raise TransitionError(
            f"Readers have not seen “{article}”: change the article itself."
        )
    with transaction.atomic():
        correction = Correction.objects.create(
            article=article, kind=kind, text=text, by=by, by_name=name_of(by)
        )
        for request in answers:
            request.answer_with(correction)
    return correction
