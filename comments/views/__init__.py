from comments.views.data import data
from comments.views.mail import confirm, stop
from comments.views.mine import mine
from comments.views.thread import comment, received, thread

__all__ = ["comment", "confirm", "data", "mine", "received", "stop", "thread"]
