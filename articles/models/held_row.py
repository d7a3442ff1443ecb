"""The row lock under which an article is changed."""

from functools import wraps

from django.db import transaction

from articles.models.step import TransitionError


def on_held_row(step):
    """
    Decorate a step so that it works on the locked, freshly read row of its first argument.

    The row stays locked against other editors until the transaction ends. Afterwards the
    caller's object matches the database, also when the step was refused. The decorated
    step raises Article.DoesNotExist when the article has been deleted.
    """

    @wraps(step)
    def run_on_held_row(article, *args, **kwargs):
        try:
            with transaction.atomic():
                article.hold()
                return step(article, *args, **kwargs)
        except TransitionError:
            # The database rolled back what the step had changed in the object.
            article.reread()
            raise

    return run_on_held_row
