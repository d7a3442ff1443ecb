from articles.admin.article import ArticleAdmin
from articles.admin.batch import ArticleBatchAdmin
from articles.admin.corrections import CorrectionAdmin, CorrectionRequestAdmin
from articles.admin.images import ImageAdmin
from articles.admin.people import PersonAdmin
from articles.admin.records import StepAdmin
from articles.admin.tags import TagAdmin, TagStepAdmin

__all__ = [
    "ArticleAdmin",
    "ArticleBatchAdmin",
    "CorrectionAdmin",
    "CorrectionRequestAdmin",
    "ImageAdmin",
    "PersonAdmin",
    "StepAdmin",
    "TagAdmin",
    "TagStepAdmin",
]
