from articles.admin.article import ArticleAdmin
from articles.admin.corrections import CorrectionAdmin, CorrectionRequestAdmin
from articles.admin.people import PersonAdmin, TagAdmin
from articles.admin.records import StepAdmin

__all__ = [
    "ArticleAdmin",
    "CorrectionAdmin",
    "CorrectionRequestAdmin",
    "PersonAdmin",
    "StepAdmin",
    "TagAdmin",
]
