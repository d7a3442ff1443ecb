from comments.models.comment import Comment
from comments.models.decision import Decision
from comments.models.network import NetworkKey
from comments.models.thread import Thread
from comments.models.waiting_mail import WaitingMail

__all__ = ["Comment", "Decision", "NetworkKey", "Thread", "WaitingMail"]
