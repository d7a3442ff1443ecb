"""Every address of the public side and of the desk, asked on a site that `fill.py` has filled."""

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from articles.models import Article, Image
from comments.models import Comment
from tests.test_visibility import PUBLIC_LISTS
from tests.test_who_may import ROWS
from tests.who_may import PEOPLE, World, other_parameters, routes

SUPERUSER = PEOPLE.index("superuser")


def wrong_answers():
    """Addresses whose answer is not the one that they have on any site; with the answer."""
    return _of_the_public_side() + _of_the_desk()


def _of_the_public_side():
    article = Article.objects.get(slug="the-visible-one")
    at = timezone.localtime(article.published_at)
    client = Client()
    wrong = []
    for pattern in [
        *PUBLIC_LISTS,
        "/about/",
        "/rules/",
        "/healthz",
        "/readyz",
        "/robots.txt",
    ]:
        address = pattern.format(year=f"{at:%Y}", month=f"{at:%m}")
        status = client.get(address).status_code
        if status != 200:
            wrong.append(f"{address}: {status}")
    return wrong


def _of_the_desk():
    world, wrong = _world_of_the_rows(), []
    for route in routes():
        expected = ROWS[route][0][SUPERUSER]
        status, _ = world.answer("superuser", "get", route, "live")
        if str(status) != expected:
            wrong.append(f"{world.address(route, 'live')}: {status}, not {expected}")
    return wrong


def _world_of_the_rows():
    client = Client()
    # Not the chief, who has typed nothing in any article.
    superusers = User.objects.filter(is_superuser=True).exclude(username="chief")
    client.force_login(superusers.first())
    keys = {
        f"{model._meta.app_label}/{model._meta.model_name}": row.pk
        for model in apps.get_models()
        if (row := model._base_manager.first()) is not None
    }
    keys["comments/comment"] = Comment.objects.filter(status="approved").first().pk
    # One that stands in no article, and so can be deleted.
    keys["articles/image"] = Image.objects.filter(uses=None).first().pk
    keys["auth/user"] = User.objects.filter(is_staff=False).first().pk
    live = Article.objects.filter(
        status=Article.Status.PUBLISHED, proposals__isnull=False
    ).first()
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    return World({"superuser": session}, {"live": live}, keys | other_parameters(keys))
