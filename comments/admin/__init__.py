from comments.admin.classifier import ClassifierAdmin
from comments.admin.comment import CommentAdmin
from comments.admin.decision import DecisionAdmin
from comments.admin.rules import RuleSettingAdmin
from comments.admin.terms import TermAdmin

__all__ = [
    "ClassifierAdmin",
    "CommentAdmin",
    "DecisionAdmin",
    "RuleSettingAdmin",
    "TermAdmin",
]
