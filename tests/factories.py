"""One factory function per model. A test states only the values that matter to it."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from itertools import count

from django.contrib.auth.models import Group, User
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image as Drawing

from articles.models import Article, Correction, CorrectionRequest, Image, Person
from comments.models import Comment, Commenter, Digest, Mailbox, Report
from comments.moderation.reports import submit_report
from comments.moderation.reputation import confirm_mailbox
from newsroom.clock import Reading
from newsroom.models import Ticking

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

numbers = count(1)


def make_article(*, tags=(), byline=(), **fields):
    """A draft, unless the test sets another status."""
    fields = {
        "title": f"Article {next(numbers)}",
        "body": "<p>What happened.</p>",
    } | fields
    article = Article.objects.create(**fields)
    article.tags.add(*tags)
    article.set_writers(*byline)
    return article


def make_visible_article(**fields):
    """A public article, published an hour ago unless the test sets a time."""
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
    """A picture file in one colour, which differs each time unless the test sets it."""
    number = next(numbers)
    colour = colour or (number % 256, number // 256 % 256, 128)
    file = BytesIO()
    Drawing.new("RGB", (width, height), colour).save(file, format, **how)
    return ContentFile(file.getvalue(), name)


def make_image(**fields):
    """An image of the library with an alternative text; its renditions are not made yet."""
    if "file" not in fields:
        sizes = {
            name: fields.pop(name) for name in ["width", "height"] if name in fields
        }
        fields["file"] = make_picture_file(**sizes)
    return Image.objects.create(**{"alt": "A field in one colour"} | fields)


def make_comment(**fields):
    """A pending comment, on a visible article of its own unless the test names one."""
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
    """A report of the comment by a reader on a network of its own."""
    fields = {"reason": Report.Reason.ABUSE} | fields
    submit_report(
        Report(comment=comment, **fields), networks=[f"network {next(numbers)}"]
    )
    comment.refresh_from_db()


def make_request(**fields):
    """A correction request about a public article."""
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
    """A mailbox whose owner has not confirmed or stopped anything."""
    fields = {"address": f"reader{next(numbers)}@example.org"} | fields
    return Mailbox.objects.create(**fields)


def make_user(*, role=None, **fields):
    """An account; with a role (Writers, Editors or Moderators) a member of staff."""
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
    """A commenter known by a confirmed address, or without one by their browser."""
    if address is not None:
        fields["mailbox"] = make_mailbox(address=address, confirmed_at=timezone.now())
    return Commenter.objects.create(**fields)


def proven(comment):
    """The comment, after the owner of its address has confirmed it by the mailed link."""
    confirm_mailbox(Mailbox.objects.of(comment.email), comment)
    comment.refresh_from_db()
    return comment


def digest_of(moderator):
    """What the one-click links in a moderator's digest are made for."""
    return Digest.objects.of([moderator]).get()


def make_steady_clock():
    """A site whose clock has been steady for two hours, so that `tick` forgets what is old."""
    reading, ago = Reading.now(), 2 * HOUR
    earlier = replace(reading, time=reading.time - ago, running=reading.running - ago)
    return Ticking.objects.create(
        pk=Ticking.ONLY, clocks={reading.start: earlier.as_json()}
    )
