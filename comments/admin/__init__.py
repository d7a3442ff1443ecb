from comments.admin.batch import BatchAdmin
from comments.admin.classifier import ClassifierAdmin
from comments.admin.comment import CommentAdmin
from comments.admin.commenter import CommenterAdmin
from comments.admin.decision import DecisionAdmin
from comments.admin.numbers import NumbersAdmin
from comments.admin.queue import QueueAdmin
from comments.admin.rules import RuleSettingAdmin
from comments.admin.second_look import SecondLookAdmin
from comments.admin.terms import TermAdmin

__all__ = [
    "BatchAdmin",
    "ClassifierAdmin",
    "CommentAdmin",
    "CommenterAdmin",
    "DecisionAdmin",
    "NumbersAdmin",
    "QueueAdmin",
    "RuleSettingAdmin",
    "SecondLookAdmin",
    "TermAdmin",
]
