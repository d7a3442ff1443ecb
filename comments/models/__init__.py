from comments.models.appeal import Appeal
from comments.models.comment import Comment
from comments.models.decision import Decision
from comments.models.mailbox import Mailbox
from comments.models.network import NetworkKey
from comments.models.pending_mail import PendingMail
from comments.models.report import Report
from comments.models.signal import Signal
from comments.models.text_revision import TextRevision
from comments.models.thread import Thread
from comments.models.training import Classifier, FeatureCount, Label, Training
from comments.models.waiting_mail import WaitingMail
from comments.models.written_mail import WrittenMail

__all__ = [
    "Appeal",
    "Classifier",
    "Comment",
    "Decision",
    "FeatureCount",
    "Label",
    "Mailbox",
    "NetworkKey",
    "PendingMail",
    "Report",
    "Signal",
    "TextRevision",
    "Thread",
    "Training",
    "WaitingMail",
    "WrittenMail",
]
