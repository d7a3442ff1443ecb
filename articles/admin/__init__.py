from articles.admin.article import ArticleAdmin, StepAdmin
from articles.admin.people import PersonAdmin, TagAdmin

__all__ = ["ArticleAdmin", "PersonAdmin", "StepAdmin", "TagAdmin"]
