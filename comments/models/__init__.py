from comments.models.comment import Comment
from comments.models.decision import Decision
from comments.models.network import NetworkKey
from comments.models.thread import Thread

__all__ = ["Comment", "Decision", "NetworkKey", "Thread"]
