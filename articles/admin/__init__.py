from articles.admin.article import ArticleAdmin
from articles.admin.people import PersonAdmin, TagAdmin
from articles.admin.records import StepAdmin

__all__ = ["ArticleAdmin", "PersonAdmin", "StepAdmin", "TagAdmin"]
