"""
Load the demo into the database: accounts, articles and comments.

Each article and its comments are one transaction, identified by the article's source: loading
again finishes a load that was interrupted, and makes nothing twice.
"""

import re
import secrets
from collections.abc import Callable
from datetime import timedelta

from django.contrib.auth.models import Group, User
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import timezone

from articles.images.renditions import names_in
from articles.models import Article, Correction, CorrectionRequest, Image, Person
from articles.models.image import RENDITIONS
from articles.publishing.actions import correct
from comments.models import Appeal, Comment, Report
from comments.posting.submit import screen
from newsroom.demo import conversations
from newsroom.demo.conversations import CONVERSATIONS, ERRORS
from newsroom.demo.pictures import CREDIT, PAINTINGS
from newsroom.demo.stories import PEOPLE, STORIES

SOURCE = "demo:"
FIGURE = re.compile(r"\{picture:([a-z-]+)\}")

# An account for each role, and the name of the role's group.
ACCOUNTS = {
    "writer": "Writers",
    "editor": "Editors",
    "moderator": "Moderators",
    "admin": None,
}


def demo_articles():
    return Article.objects.filter(source__startswith=SOURCE)


def other_articles():
    """Articles that are not of the demo: those of its visitors, or of a real site."""
    return Article.objects.exclude(pk__in=demo_articles())


def is_somebodys_site():
    """Whether the database holds a real site."""
    return not demo_articles().exists() and (
        other_articles().exists()
        or User.objects.exclude(username__in=ACCOUNTS).exists()
    )


def load(*, report: Callable[[str], None] = lambda title: None) -> int:
    """
    Create what is missing.

    Calls `report` with the title of each new article and returns their number.
    """
    accounts = make_accounts()
    people = {name: _person(name, about) for name, about in PEOPLE.items()}
    pictures = {name: _picture(painting) for name, painting in PAINTINGS.items()}
    now = timezone.now().replace(second=0, microsecond=0)
    there = set(demo_articles().values_list("source", flat=True))
    missing = [story for story in STORIES if story.source not in there]
    for story in missing:
        with transaction.atomic():
            article = _make(story, now, people, accounts, pictures)
            times = _when_said(article, now)
            for remark in CONVERSATIONS.get(story.name, []):
                _say(remark, article, times, accounts)
            for error, correction in ERRORS.get(story.name, []):
                _report_error(article, error, correction, accounts)
        report(story.title)
    return len(missing)


def make_accounts() -> dict[str, User]:
    """The account of each role. A new one cannot sign in before `give_passwords` is called."""
    return {name: _account(name, role) for name, role in ACCOUNTS.items()}


def give_passwords() -> dict[str, str]:
    """Set a random password for each demo account without one. Shown once, stored as a hash."""
    passwords = {}
    for user in User.objects.filter(username__in=ACCOUNTS).order_by("pk"):
        if not user.has_usable_password():
            passwords[user.username] = secrets.token_urlsafe(9)
            user.set_password(passwords[user.username])
            user.save(update_fields=["password"])
    return passwords


def delete_pictures() -> None:
    """Delete every picture file of the library; the rows go with the database."""
    for image in Image.objects.all():
        default_storage.delete(image.file.name)
        for fingerprint in {image.fingerprint, image.former_fingerprint} - {""}:
            for name in names_in(f"{RENDITIONS}/{fingerprint}"):
                default_storage.delete(f"{RENDITIONS}/{fingerprint}/{name}")


def empty_the_database() -> None:
    """Drop all tables of the site; `migrate` creates them again, with their first contents."""
    tables = connection.introspection.django_table_names(only_existing=True)
    with connection.schema_editor() as editor:
        for table in [*tables, "django_migrations"]:
            cascade = " CASCADE" if connection.vendor == "postgresql" else ""
            editor.execute(f"DROP TABLE IF EXISTS {editor.quote_name(table)}{cascade}")


def _account(name, role):
    with transaction.atomic():
        user, is_new = User.objects.get_or_create(
            username=name,
            defaults={
                "email": f"{name}@demo.example",
                "password": "!",  # no password: see give_passwords
                "is_staff": True,
                "is_superuser": role is None,
            },
        )
        if is_new and role is not None:
            user.groups.add(Group.objects.get(name=role))
    return user


def _person(name, about):
    return Person.objects.get_or_create(name=name, defaults={"about": about})[0]


def _picture(painting):
    """The painting as an image of the library. Its renditions are made when they are first read."""
    there = Image.objects.filter(source=painting.source).first()
    return there or Image.objects.create(
        file=painting.file(),
        title=painting.name.replace("-", " ").capitalize(),
        alt=painting.alt,
        caption=painting.caption,
        credit=CREDIT,
        source=painting.source,
        focal_x=painting.focal[0],
        focal_y=painting.focal[1],
    )


def _with_figures(body, pictures):
    """The text with a figure in each place that names a painting, such as `{picture:river}`."""
    return FIGURE.sub(
        lambda match: (
            f'<figure><img src="/media/image/{pictures[match[1]].pk}/" alt="" '
            f'data-file="{pictures[match[1]].pk}"></figure>'
        ),
        body,
    )


def _make(story, now, people, accounts, pictures):
    out = now + story.out if story.out is not None else None
    written_at = (out if out and out < now else now) - timedelta(hours=7)
    article = Article.objects.create(
        title=story.title,
        slug=story.first_slug,
        standfirst=story.standfirst,
        lead_image=pictures.get(story.picture),
        body=_with_figures(story.body, pictures),
        language=story.language,
        created_by=accounts["writer"],
        created_at=written_at,
        source=story.source,
    )
    article.note_pictures()
    article.tags.add(*story.tags)
    article.set_writers(*(people[name] for name in story.byline))
    _take_steps(story, article, out, accounts)
    # As if nobody had changed it since.
    Article.objects.filter(pk=article.pk).update(
        modified_at=out if out and out < now else written_at
    )
    return article


def _take_steps(story, article, out, accounts):
    editor = accounts["editor"]
    if story.in_review or out:
        article.submit(by=accounts["writer"])
    if out:
        article.publish(at=out, by=editor)
    if story.on_top:
        article.put_on_top(by=editor)
    if story.first_slug:
        article.rename(story.name, by=editor)
    if story.withdrawn_because:
        article.withdraw(reason=story.withdrawn_because, notice=story.notice, by=editor)


def _when_said(article, now):
    """Times for the comments of an article, in order, spread over its first two days."""
    until = min(now, article.published_at + timedelta(days=2))
    number = 40
    for step in range(1, number):
        yield article.published_at + (until - article.published_at) * step / number


def _report_error(article, error, correction, accounts):
    request = CorrectionRequest.objects.create(article=article, text=error)
    if correction:
        correct(
            article,
            kind=Correction.Kind.CORRECTION,
            text=correction,
            by=accounts["editor"],
            answers=[request],
        )


def _say(remark, article, times, accounts, parent=None):
    moderator = accounts["moderator"]
    said_at = next(times)
    comment = Comment.objects.create(
        article=article,
        parent=parent,
        name=remark.name,
        body=remark.body,
        created_at=said_at,
        by=accounts["editor"] if remark.by_staff else None,
    )
    if remark.becomes in {conversations.APPROVED, conversations.BURIED}:
        comment.approve(by=moderator)
        Comment.objects.filter(pk=comment.pk).update(
            first_shown_at=said_at,
            announced_at=said_at,
            open_reports=len(remark.reports),
        )
        comment.refresh_from_db()
    elif remark.becomes == conversations.REJECTED:
        comment.reject(by=moderator, reason=remark.reason, note=remark.note)
    elif remark.becomes == conversations.SPAM:
        comment.mark_spam(by=moderator)
    elif remark.becomes == conversations.WITHDRAWN:
        comment.withdraw()
    else:
        screen(comment)
    if remark.picked:
        comment.pick(by=moderator)
    if remark.appeal:
        Appeal.objects.create(comment=comment, message=remark.appeal)
    for reason in remark.reports:
        Report.objects.create(comment=comment, reason=reason)
    for reply in remark.replies:
        _say(reply, article, times, accounts, parent=comment)
    if remark.becomes == conversations.BURIED:
        comment.refresh_from_db()
        comment.withdraw()
