"""Loading the demo into a database that holds none yet."""

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from articles.models import Article
from newsroom.demo import load
from newsroom.demo.stories import STORIES
from tests.factories import make_article, make_user
from tests.newsroom.test_demo import content


def test_a_load_that_was_stopped_half_way_is_finished_by_the_next(db):
    def power_cut(title):
        if title == STORIES[9].title:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load.load(report=power_cut)
    assert Article.objects.count() == 10
    assert load.load() == len(STORIES) - 10
    assert Article.objects.count() == len(STORIES)
    first = content()
    load.load()
    assert content() == first


def test_a_site_of_somebody_is_left_alone(db):
    article = make_article()
    with pytest.raises(CommandError, match="holds a site that is no demo"):
        call_command("demo", "--no-serve")
    assert list(Article.objects.all()) == [article]
    assert not User.objects.filter(username__in=load.ACCOUNTS).exists()


def test_an_account_alone_makes_it_somebodys_site(db):
    make_user()
    assert load.is_somebodys_site()
