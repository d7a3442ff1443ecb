from comments.admin.comment import CommentAdmin
from comments.admin.decision import DecisionAdmin

__all__ = ["CommentAdmin", "DecisionAdmin"]
