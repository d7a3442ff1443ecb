from comments.views.corrections import correction_request, report_error
from comments.views.mine import mine
from comments.views.reports import report, reported
from comments.views.thread import comment, received, thread

__all__ = [
    "comment",
    "correction_request",
    "mine",
    "received",
    "report",
    "report_error",
    "reported",
    "thread",
]
