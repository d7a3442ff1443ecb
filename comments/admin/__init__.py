from comments.admin.classifier import ClassifierAdmin
from comments.admin.comment import CommentAdmin
from comments.admin.decision import DecisionAdmin
from comments.admin.queue import QueueAdmin

__all__ = ["ClassifierAdmin", "CommentAdmin", "DecisionAdmin", "QueueAdmin"]
