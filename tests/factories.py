"""One function per model: what a test does not say, it does not care about."""

from datetime import timedelta
from io import BytesIO
from itertools import count

from django.contrib.auth.models import Group, User
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image as Drawing

from articles.models import Article, Correction, CorrectionRequest, Image, Person
from comments.models import Comment, Commenter, Digest, Mailbox, Report
from comments.moderation.reports import take
from comments.moderation.reputation import confirm

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

numbers = count(1)


def make_article(*, tags=(), byline=(), **fields):
    """A draft, unless the test says otherwise."""
    fields = {
        "title": f"Article {next(numbers)}",
        "body": "<p>What happened.</p>",
    } | fields
    article = Article.objects.create(**fields)
    article.tags.add(*tags)
    article.sign(*byline)
    return article


def make_visible_article(**fields):
    """An article that the public can read, published an hour ago unless the test says when."""
    return make_article(
        **{
            "status": Article.Status.PUBLISHED,
            "published_at": timezone.now() - HOUR,
        }
        | fields
    )


def make_person(**fields):
    return Person.objects.create(**{"name": f"Person {next(numbers)}"} | fields)


def make_picture_file(
    *, width=60, height=40, format="PNG", colour=None, name="IMG_0001.png", **how
):
    """The bytes of a picture in one colour, another one each time unless the test says which, as a file."""
    number = next(numbers)
    colour = colour or (number % 256, number // 256 % 256, 128)
    file = BytesIO()
    Drawing.new("RGB", (width, height), colour).save(file, format, **how)
    return ContentFile(file.getvalue(), name)


def make_image(**fields):
    """A picture of the library that says what is to be seen; its renditions are not made yet."""
    if "file" not in fields:
        sizes = {
            name: fields.pop(name) for name in ["width", "height"] if name in fields
        }
        fields["file"] = make_picture_file(**sizes)
    return Image.objects.create(**{"alt": "A field in one colour"} | fields)


def make_comment(**fields):
    """A comment that waits, on a visible article of its own unless the test says otherwise."""
    fields = {"name": "Inés", "body": f"Remark {next(numbers)}."} | fields
    if "article" not in fields and "parent" not in fields:
        fields["article"] = make_visible_article()
    return Comment.objects.create(**fields)


def make_shown_comment(**fields):
    """A comment that a moderator has approved."""
    comment = make_comment(**fields)
    comment.approve()
    return comment


def make_report(comment, **fields):
    """A report of the comment from a network of its own, taken as a reader's is."""
    fields = {"reason": Report.Reason.ABUSE} | fields
    take(Report(comment=comment, **fields), networks=[f"network {next(numbers)}"])
    comment.refresh_from_db()


def make_request(**fields):
    """What a reader says is wrong in an article that the public can read."""
    fields = {"text": f"Line {next(numbers)} is wrong."} | fields
    if "article" not in fields:
        fields["article"] = make_visible_article()
    return CorrectionRequest.objects.create(**fields)


def make_correction(**fields):
    fields = {"text": f"It is {next(numbers)}."} | fields
    if "article" not in fields:
        fields["article"] = make_visible_article()
    return Correction.objects.create(**fields)


def make_mailbox(**fields):
    """A mailbox whose owner has said nothing yet."""
    fields = {"address": f"reader{next(numbers)}@example.org"} | fields
    return Mailbox.objects.create(**fields)


def make_user(*, role=None, **fields):
    """An account; with a role, a member of staff: Writers, Editors or Moderators."""
    number = next(numbers)
    user = User.objects.create_user(
        **{
            "username": f"user{number}",
            "email": f"user{number}@example.com",
            "password": "correct horse battery",
            "is_staff": role is not None,
        }
        | fields
    )
    if role is not None:
        user.groups.add(Group.objects.get(name=role))
    return user


def make_commenter(*, address=None, **fields):
    """A person known by a confirmed address, or without one by their browser alone."""
    if address is not None:
        fields["mailbox"] = make_mailbox(address=address, confirmed_at=timezone.now())
    return Commenter.objects.create(**fields)


def proven(comment):
    """The comment, after the owner of its address has said by the link mailed for it that it is theirs."""
    confirm(Mailbox.objects.of(comment.email), comment)
    comment.refresh_from_db()
    return comment


def digest_of(moderator):
    """What the links in a moderator's digest are made for."""
    return Digest.objects.of([moderator]).get()
