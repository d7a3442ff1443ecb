from articles.models.address import Address
from articles.models.article import Article
from articles.models.correction import Correction, CorrectionRequest
from articles.models.people import Credit, Person
from articles.models.step import Step, TransitionError
from articles.models.tag import Tag, TagAddress, TaggedArticle, TagStep

__all__ = [
    "Address",
    "Article",
    "Correction",
    "CorrectionRequest",
    "Credit",
    "Person",
    "Step",
    "Tag",
    "TagAddress",
    "TagStep",
    "TaggedArticle",
    "TransitionError",
]
