from comments.admin.classifier import ClassifierAdmin
from comments.admin.comment import CommentAdmin
from comments.admin.decision import DecisionAdmin
from comments.admin.numbers import NumbersAdmin
from comments.admin.second_look import SecondLookAdmin

__all__ = [
    "ClassifierAdmin",
    "CommentAdmin",
    "DecisionAdmin",
    "NumbersAdmin",
    "SecondLookAdmin",
]
