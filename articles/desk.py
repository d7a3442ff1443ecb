"""Steps of an article that reach further than its own row."""

from functools import partial

from django.db import transaction

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
