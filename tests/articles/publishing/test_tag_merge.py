from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from articles.models import (
    Article,
    Tag,
    TagAddress,
    TaggedArticle,
    TagStep,
    TransitionError,
)
from articles.publishing import tag_merge
from tests.factories import (
    DAY,
    make_article,
    make_user,
    make_visible_article,
)


def tag(name):
    return Tag.objects.get(name=name)


def tags_of(article):
    return [
        each.name
        for each in Article.objects.get(pk=article.pk).tags.order_by("items__pk")
    ]


def prefetched(article):
    return [
        each.name for each in Article.objects.for_page().get(pk=article.pk).tags.all()
    ]


def rows():
    return set(TaggedArticle.objects.values_list("pk", "content_object", "tag"))


# Renaming


def test_the_old_address_of_a_public_tag_leads_to_it_for_ever(client, db):
    make_visible_article(tags=["Harbor"])
    harbour = tag("Harbor")
    tag_merge.rename_tag(harbour, name="Harbour", slug="harbour")
    tag_merge.rename_tag(harbour, name="Port", slug="port")
    for old in ["harbor", "harbour"]:
        for page, now in [("", "/tags/port/"), ("rss.xml", "/tags/port/rss.xml")]:
            moved = client.get(f"/tags/{old}/{page}")
            assert (moved.status_code, moved.url) == (301, now)
            assert "no-cache" in moved.headers["Cache-Control"]
    assert client.get("/tags/port/").status_code == 200


def test_a_tag_that_takes_an_old_address_back_stands_there_again(client, db):
    make_visible_article(tags=["Harbor"])
    harbour = tag("Harbor")
    tag_merge.rename_tag(harbour, name="Harbour", slug="harbour")
    tag_merge.rename_tag(harbour, name="Harbor", slug="harbor")
    assert client.get("/tags/harbor/").status_code == 200
    assert client.get("/tags/harbour/").url == "/tags/harbor/"


def test_an_address_that_readers_never_saw_leads_nowhere(client, db):
    article = make_article(tags=["Secret merger"])
    tag_merge.rename_tag(tag("Secret merger"), name="Business", slug="business")
    article.publish()
    assert client.get("/tags/business/").status_code == 200
    for page in ["/tags/secret-merger/", "/tags/secret-merger/rss.xml"]:
        assert client.get(page).status_code == 404


def test_an_old_address_leads_nowhere_while_no_article_of_the_tag_is_visible(
    client, db
):
    article = make_article(tags=["Harbor"])
    article.publish()
    tag_merge.rename_tag(tag("Harbor"), name="Harbour", slug="harbour")
    article.withdraw()
    for page in ["/tags/harbor/", "/tags/harbor/rss.xml", "/tags/harbour/"]:
        assert client.get(page).status_code == 404
    tag_merge.rename_tag(tag("Harbour"), name="Port", slug="port")
    article.publish()
    assert client.get("/tags/harbour/").url == "/tags/port/"


def test_an_address_nobody_had_is_not_found(client, db):
    make_visible_article()
    for page in ["/tags/nothing/", "/tags/nothing/rss.xml"]:
        assert client.get(page).status_code == 404


def test_no_other_tag_gets_an_address_that_leads_to_one(db):
    make_visible_article(tags=["Harbor"])
    tag_merge.rename_tag(tag("Harbor"), name="Harbour", slug="harbour")
    other = Tag.objects.create(name="Harbor!")
    assert other.slug == "harbor-2"
    for taken in ["harbor", "harbour"]:
        with pytest.raises(TransitionError, match="another tag"):
            tag_merge.rename_tag(other, name="Other", slug=taken)
    for bad in ["", "über!", "a b"]:
        with pytest.raises(TransitionError, match="cannot be an address"):
            tag_merge.rename_tag(other, name="Other", slug=bad)
    with pytest.raises(TransitionError, match="Another tag now has"):
        tag_merge.rename_tag(other, name="Harbour", slug="x")
    assert tag("Harbor!").slug == "harbor-2"


def test_renaming_is_recorded_once(db):
    editor = make_user(first_name="Edda", last_name="Torres")
    water = Tag.objects.create(name="Water")
    for _ in range(2):
        tag_merge.rename_tag(water, name="Waters", slug="water", by=editor)
    step = TagStep.objects.get()
    assert (step.who, step.what, step.tag_id) == ("Edda Torres", "rename", water.pk)
    assert "“Water”" in str(step)
    assert "“Waters”" in str(step)


def test_whoever_types_an_old_name_gets_the_tag_of_today(db):
    water = Tag.objects.create(name="Água")
    tag_merge.rename_tag(water, name="Water", slug="agua")
    article = make_article(tags=["Fish", "Água", "water"])
    assert prefetched(article) == ["Fish", "Water"]
    # Except when somebody has made that tag on purpose.
    Tag.objects.create(name="Água")
    assert prefetched(make_article(tags=["Água"])) == ["Água"]


@pytest.mark.parametrize("name", ["🎉", "🎈🎈", '"', "Fish, chips & “peas”", "x" * 100])
def test_a_tag_of_any_signs_has_an_address_of_its_own(client, db, name):
    make_visible_article(tags=["🐟", name, name[:99] + "!"])
    slugs = list(Tag.objects.values_list("slug", flat=True))
    assert len(set(slugs)) == 3
    for slug in slugs:
        assert client.get(f"/tags/{slug}/").status_code == 200


# Merging


@pytest.fixture
def harbours(db):
    """Articles with one tag, with the other, and with both in either order."""
    return {
        "one": make_visible_article(tags=["A", "Harbor", "B"]),
        "other": make_visible_article(tags=["Harbour", "C"]),
        "first": make_visible_article(tags=["Harbor", "D", "Harbour", "E"]),
        "last": make_article(tags=["Harbour", "F", "Harbor", "G"]),
        "none": make_article(tags=["H"]),
    }


MERGED = {
    "one": ["A", "Harbour", "B"],
    "other": ["Harbour", "C"],
    "first": ["Harbour", "D", "E"],
    "last": ["Harbour", "F", "G"],
    "none": ["H"],
}


def merge(goes="Harbor", into="Harbour", **by):
    return tag_merge.merge(tag(goes), into=tag(into), **by)


def test_merged_every_article_has_the_one_tag_at_the_place_that_comes_first(harbours):
    merge()
    assert {name: tags_of(article) for name, article in harbours.items()} == MERGED
    assert {name: prefetched(article) for name, article in harbours.items()} == MERGED
    assert not Tag.objects.filter(name="Harbor").exists()


def test_the_address_of_a_merged_tag_leads_to_the_one_that_stayed(client, harbours):
    tag_merge.rename_tag(tag("Harbor"), name="Harbor", slug="the-harbor")
    merge()
    merge("Harbour", into="C")
    for old in ["harbor", "the-harbor", "harbour"]:
        assert client.get(f"/tags/{old}/").url == "/tags/c/"
        assert client.get(f"/tags/{old}/rss.xml").url == "/tags/c/rss.xml"


def test_the_address_of_a_merged_tag_that_readers_never_saw_leads_nowhere(client, db):
    make_article(tags=["Secret merger"])
    make_visible_article(tags=["Business"])
    merge("Secret merger", into="Business")
    assert client.get("/tags/secret-merger/").status_code == 404


def test_a_merged_name_is_not_made_anew_by_a_form_that_was_open(harbours):
    merge()
    harbours["none"].tags.add("harbor")
    assert prefetched(harbours["none"]) == ["H", "Harbour"]


def test_a_preview_says_what_merging_then_does(harbours):
    would = tag_merge.consequences(tag("Harbor"), into=tag("Harbour"))
    assert (would.articles, would.visible, would.both, would.kickers) == (3, 2, 2, 1)
    assert would.redirects
    assert not would.is_capped
    both = tag_merge.articles_with_both(
        tag("Harbor"), tag("Harbour"), among=Article.objects
    )
    assert list(both) == [harbours["last"], harbours["first"]]


def test_a_preview_looks_at_so_many_articles_and_no_more(monkeypatch, harbours):
    monkeypatch.setattr(tag_merge, "MOST_ARTICLES_COUNTED", 2)
    would = tag_merge.consequences(tag("Harbor"), into=tag("Harbour"))
    assert (would.articles, would.visible, would.both) == (2, 2, 1)
    assert would.is_capped


def test_merging_is_recorded(harbours):
    editor = make_user(first_name="Edda", last_name="Torres")
    step = merge(by=editor)
    assert str(step) == "merged “Harbor” into “Harbour”"
    assert (step.who, step.tag) == ("Edda Torres", tag("Harbour"))


def test_a_tag_cannot_be_merged_into_itself(harbours):
    with pytest.raises(TransitionError, match="itself"):
        merge(into="Harbor")
    assert tag("Harbor").items.count() == 3


def test_who_comes_second_is_told_who_was_first(harbours):
    harbor, harbour, c = tag("Harbor"), tag("Harbour"), tag("C")
    tag_merge.merge(harbor, into=harbour, by=make_user(first_name="Edda"))
    told = "Edda merged “Harbor” into “Harbour” on .* Nothing was changed"
    for goes, into in [(harbor, harbour), (harbour, harbor), (harbor, c), (c, harbor)]:
        with pytest.raises(TransitionError, match=told):
            tag_merge.merge(goes, into=into)
    with pytest.raises(TransitionError, match=told):
        tag_merge.rename_tag(harbor, name="X", slug="x")
    c.delete()
    with pytest.raises(TransitionError, match="no longer exists"):
        tag_merge.merge(harbour, into=Tag(pk=10**6, name="C"))


def all_at_once(*works):
    """Run these functions at the same time; return their results, None for a refused one."""
    start = Barrier(len(works))

    def work(doing):
        start.wait(10)
        try:
            return doing()
        except TransitionError:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as editors:
        return list(editors.map(work, works))


@pytest.mark.django_db(transaction=True)
def test_of_two_merges_at_once_one_wins():
    articles = [make_article(tags=["One", "Two", "Three"]) for _ in range(20)]
    one, two, three = tag("One"), tag("Two"), tag("Three")
    done = all_at_once(
        lambda: tag_merge.merge(one, into=two),
        lambda: tag_merge.merge(two, into=one),
        lambda: tag_merge.merge(one, into=two),
        lambda: tag_merge.merge(two, into=one),
    )
    assert len([step for step in done if step]) == 1
    left = Tag.objects.exclude(pk=three.pk).get()
    for article in articles:
        assert tags_of(article) == [left.name, "Three"]
    step = TagStep.objects.get()
    done = all_at_once(*[lambda: tag_merge.undo_merge(step)] * 3)
    assert len([undone for undone in done if undone]) == 1
    for article in articles:
        assert tags_of(article) == ["One", "Two", "Three"]


@pytest.mark.django_db(transaction=True)
def test_an_article_that_gets_the_tag_while_it_is_merged_has_one_of_the_two():
    articles = [make_article() for _ in range(10)]
    one, two = Tag.objects.create(name="One"), Tag.objects.create(name="Two")

    def tagging():
        for article in articles:
            # Once more, as the form does.
            with suppress(IntegrityError), transaction.atomic():
                article.tags.add("One")
                continue
            article.tags.add("One")

    all_at_once(lambda: tag_merge.merge(one, into=two), tagging)
    for article in articles:
        assert tags_of(article) in [["Two"], ["One"]]
    assert not TaggedArticle.objects.exclude(tag__in=Tag.objects.all()).exists()


# Undoing


def test_undone_everything_is_as_it_was(client, harbours):
    tag_merge.rename_tag(tag("Harbor"), name="Harbor", slug="the-harbor")
    before, addresses = rows(), list(TagAddress.objects.values_list("slug", "tag"))
    harbor = tag("Harbor")
    step = merge()
    assert tag_merge.undo_merge(step, by=make_user(first_name="Edda")) == harbor
    assert rows() == before
    assert list(TagAddress.objects.values_list("slug", "tag")) == addresses
    assert client.get("/tags/the-harbor/").status_code == 200
    assert client.get("/tags/harbor/").url == "/tags/the-harbor/"
    undone = TagStep.objects.get(what="undo")
    assert (undone.who, str(undone)) == (
        "Edda",
        "undid the merge of “Harbor” into “Harbour”",
    )
    # The tag can be merged and the merge undone again.
    tag_merge.undo_merge(merge())
    assert rows() == before


def test_a_merge_is_undone_once(harbours):
    step = merge()
    tag_merge.undo_merge(step, by=make_user(first_name="Edda"))
    with pytest.raises(
        TransitionError, match="Edda undid the merge .* Nothing was changed"
    ):
        tag_merge.undo_merge(step)


def test_merges_are_undone_one_after_the_other(harbours):
    before = rows()
    first, second = merge(), merge("Harbour", into="C")
    with pytest.raises(TransitionError, match="merged “Harbour” into “C”"):
        tag_merge.undo_merge(first)
    tag_merge.undo_merge(second)
    tag_merge.undo_merge(first)
    assert rows() == before


@pytest.mark.parametrize("name", ["one", "first", "last"])
def test_a_merge_cannot_be_undone_once_an_article_of_it_was_given_other_tags(
    harbours, name
):
    step = merge()
    harbours[name].tags.clear()
    harbours[name].tags.add("Harbour", "New")
    after = rows()
    with pytest.raises(TransitionError, match=f"{harbours[name].title}”. The merge"):
        tag_merge.undo_merge(step)
    assert rows() == after
    assert not Tag.objects.filter(name="Harbor").exists()


def test_what_happens_to_other_articles_and_tags_does_not_hinder(harbours):
    step = merge()
    harbours["other"].tags.clear()
    harbours["one"].tags.add("New")
    harbours["none"].tags.add("Harbour")
    harbours["last"].delete()
    tag_merge.rename_tag(tag("Harbour"), name="Port", slug="port")
    tag_merge.undo_merge(step)
    assert prefetched(harbours["one"]) == ["A", "Harbor", "B", "New"]
    assert prefetched(harbours["first"]) == ["Harbor", "D", "Port", "E"]
    assert prefetched(harbours["none"]) == ["H", "Port"]


def test_a_name_or_an_address_that_is_in_use_again_hinders(harbours):
    step = merge()
    new = Tag.objects.create(name="harbor")
    with pytest.raises(TransitionError, match="Another tag is now called “Harbor”"):
        tag_merge.undo_merge(step)
    new.delete()
    tag_merge.rename_tag(tag("Harbour"), name="Harbour", slug="harbor")
    with pytest.raises(
        TransitionError, match="Another tag now has the address “harbor”"
    ):
        tag_merge.undo_merge(step)
    tag_merge.rename_tag(tag("Harbour"), name="Harbour", slug="harbour")
    tag_merge.undo_merge(step)


def test_the_tag_that_stayed_may_be_gone(harbours):
    step = merge()
    tag("Harbour").delete()
    with pytest.raises(TransitionError, match="“Harbour” no longer exists"):
        tag_merge.undo_merge(step)


@pytest.mark.parametrize("number", [1, 20])
def test_a_merge_takes_as_many_queries_for_many_articles_as_for_one(
    db, django_assert_num_queries, number
):
    for _ in range(number):
        make_visible_article(tags=["One", "Two"])
        make_visible_article(tags=["Two", "One"])
        make_article(tags=["One"])
    one, two = tag("One"), tag("Two")
    with django_assert_num_queries(5):
        tag_merge.consequences(one, into=two)
    with django_assert_num_queries(21):
        step = tag_merge.merge(one, into=two)
    with django_assert_num_queries(13):
        tag_merge.undo_merge(step)
    assert set(tag("One").items.values_list("pk")) == set(one.items.values_list("pk"))


def test_a_tag_that_waits_for_its_hour_has_an_address_nobody_saw(db, client):
    article = make_article(tags=["Harbor"])
    article.publish(at=article.created_at + DAY)
    tag_merge.rename_tag(tag("Harbor"), name="Harbour", slug="harbour")
    with time_machine.travel(article.created_at + 2 * DAY):
        assert client.get("/tags/harbour/").status_code == 200
        assert client.get("/tags/harbor/").status_code == 404
