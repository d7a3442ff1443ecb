"""Ending with the parent process, even when that is killed and can tell nobody."""

import os
import signal
import threading
import time

# In seconds. Nobody is left to ask for more time, and the next server needs the port.
LOOK_EVERY = 1
GRACE = 2


def end_with_parent(parent: int, *, grace: float = GRACE) -> None:
    """
    End this process soon after `parent`, the id of its parent process, has ended.

    A thread looks every second. It sends SIGTERM to this process and, after `grace` seconds,
    SIGKILL, which no job that hangs can ignore.
    """
    if hasattr(signal, "SIGKILL"):
        threading.Thread(
            target=_watch, args=[parent, grace], name="end_with_parent", daemon=True
        ).start()


def _watch(parent, grace):
    # An orphan gets another parent.
    while os.getppid() == parent:
        time.sleep(LOOK_EVERY)
    if grace:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(grace)
    os.kill(os.getpid(), signal.SIGKILL)
