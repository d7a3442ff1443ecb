from comments.admin.classifier import ClassifierAdmin
from comments.admin.comment import CommentAdmin
from comments.admin.decision import DecisionAdmin

__all__ = ["ClassifierAdmin", "CommentAdmin", "DecisionAdmin"]
