from comments.views.by_mail import confirm_decision
from comments.views.data import ask_for_data, data
from comments.views.mail import confirm, stop
from comments.views.mine import mine
from comments.views.reports import report, reported
from comments.views.thread import comment, received, thread

__all__ = [
    "ask_for_data",
    "comment",
    "confirm",
    "data",
    "confirm_decision",
    "mine",
    "received",
    "report",
    "reported",
    "stop",
    "thread",
]
