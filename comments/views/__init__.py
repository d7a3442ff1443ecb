from comments.views.data import ask_for_data, data
from comments.views.mine import mine
from comments.views.thread import comment, received, thread

__all__ = ["ask_for_data", "comment", "data", "mine", "received", "thread"]
