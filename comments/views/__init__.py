from comments.views.mine import mine
from comments.views.thread import comment, received, thread

__all__ = ["comment", "mine", "received", "thread"]
