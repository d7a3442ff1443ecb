"""What a worker does after the commit, if the site has one."""

from functools import partial

from django.conf import settings
from django.db import transaction


def let_worker_run(task, *arguments):
    """
    Enqueue the task after the commit, for the worker (setting WORKER).

    Without a worker this does nothing: the task must be one whose work `tick` finds and does
    within seconds. So nobody's request waits for a mail server, and the request's process
    writes nothing more after its transaction.
    """
    if settings.WORKER:
        # Robust: what was committed stays so, even if nobody takes tasks.
        transaction.on_commit(partial(task.enqueue, *arguments), robust=True)
