from comments.models.appeal import Appeal
from comments.models.batch import Batch
from comments.models.comment import Comment
from comments.models.commenter import Commenter, Mute, Note
from comments.models.decision import Decision
from comments.models.digest import Digest
from comments.models.mailbox import Mailbox
from comments.models.network import NetworkKey
from comments.models.numbers import Numbers
from comments.models.pending_mail import PendingMail
from comments.models.queue import Queue
from comments.models.report import Report
from comments.models.rule_setting import RuleSetting
from comments.models.second_look import SecondLook
from comments.models.signal import Signal, Weight
from comments.models.term import Term
from comments.models.text_revision import TextRevision
from comments.models.thread import Thread, ThreadStep
from comments.models.training import Classifier, FeatureCount, Label, Training
from comments.models.written_mail import WrittenMail

__all__ = [
    "Appeal",
    "Batch",
    "Classifier",
    "Comment",
    "Commenter",
    "Decision",
    "Digest",
    "FeatureCount",
    "Label",
    "Mailbox",
    "Mute",
    "NetworkKey",
    "Note",
    "Numbers",
    "PendingMail",
    "Queue",
    "Report",
    "RuleSetting",
    "SecondLook",
    "Signal",
    "Term",
    "TextRevision",
    "Thread",
    "ThreadStep",
    "Training",
    "Weight",
    "WrittenMail",
]
