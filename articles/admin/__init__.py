from articles.admin.article import ArticleAdmin
from articles.admin.corrections import CorrectionAdmin, CorrectionRequestAdmin
from articles.admin.people import PersonAdmin
from articles.admin.records import StepAdmin
from articles.admin.tags import TagAdmin, TagStepAdmin

__all__ = [
    "ArticleAdmin",
    "CorrectionAdmin",
    "CorrectionRequestAdmin",
    "PersonAdmin",
    "StepAdmin",
    "TagAdmin",
    "TagStepAdmin",
]
