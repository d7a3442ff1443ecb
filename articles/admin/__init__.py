from articles.admin.actions.bulk_log import ArticleBatchAdmin
from articles.admin.article.admin import ArticleAdmin
from articles.admin.corrections import CorrectionAdmin, CorrectionRequestAdmin
from articles.admin.images.admin import ImageAdmin
from articles.admin.people import PersonAdmin
from articles.admin.steps import StepAdmin
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
