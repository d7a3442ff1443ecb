from articles.core import caseless_search  # noqa: F401 - registers the lookup
from articles.models.address import Address
from articles.models.article import Article
from articles.models.batch import ArticleBatch, BatchedArticle
from articles.models.calendar_address import CalendarAddress
from articles.models.correction import Correction, CorrectionRequest
from articles.models.image import Image, ImageUse
from articles.models.people import Credit, Person, PersonAddress
from articles.models.preview_link import PreviewLink
from articles.models.proposal import Proposal
from articles.models.revision import Revision
from articles.models.step import Step, TransitionError
from articles.models.tag import Tag, TagAddress, TaggedArticle, TagsApart, TagStep
from articles.models.unsaved import Unsaved

__all__ = [
    "Address",
    "Article",
    "ArticleBatch",
    "BatchedArticle",
    "CalendarAddress",
    "Correction",
    "CorrectionRequest",
    "Credit",
    "Image",
    "ImageUse",
    "Person",
    "PersonAddress",
    "PreviewLink",
    "Proposal",
    "Revision",
    "Step",
    "Tag",
    "TagAddress",
    "TagStep",
    "TagsApart",
    "TaggedArticle",
    "TransitionError",
    "Unsaved",
]
