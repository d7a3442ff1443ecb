from articles.models.address import Address
from articles.models.article import Article
from articles.models.people import Credit, Person
from articles.models.step import Step, TransitionError
from articles.models.tag import Tag, TaggedArticle

__all__ = [
    "Address",
    "Article",
    "Credit",
    "Person",
    "Step",
    "Tag",
    "TaggedArticle",
    "TransitionError",
]
