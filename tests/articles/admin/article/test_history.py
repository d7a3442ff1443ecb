from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from articles.admin.article import history as module
from articles.content.snapshots import PARTS, snapshot_of
from articles.models import Article, Revision
from articles.publishing.actions import publish_changes, save, schedule_changes
from tests.articles.admin.desk import ANYWAY, buttons, form_of, said, step_of, typed
from tests.factories import (
    make_article,
    make_image,
    make_person,
    make_user,
    make_visible_article,
)

DAY = timedelta(days=1)


def page_of(article, name="revisions", *args):
    return reverse(f"admin:articles_article_{name}", args=[article.pk, *args])


def change(article, by=None, note="", **parts):
    """Save these parts as an editor who sees the newest revision."""
    copy = article.working_copy
    content = article.working_content() | parts
    return save(article, content, by=by, note=note, began_from=copy and copy.pk)


@pytest.fixture
def article(db):
    """A published article with unpublished changes."""
    article = make_visible_article(title="As readers see it", tags=["Sea"])
    change(article, title="As it was once", note="A first try")
    change(article, title="As it waits")
    return article


def titles(page):
    return [
        Revision.objects.get(pk=row.pk).content["title"]
        for row in page.context["revisions"]
    ]


# The history


def test_the_history_says_who_saved_what_and_when_newest_first(desk, article, editor):
    change(article, by=editor, title="The last one", note="Put the <date> right")
    page = desk.get(page_of(article))
    assert titles(page) == [
        "The last one",
        "As it waits",
        "As it was once",
        "As readers see it",
    ]
    assertContains(page, "<bdi>Edda Torres</bdi>")
    assertContains(page, "Put the &lt;date&gt; right")
    assertContains(page, "System")
    assertContains(page, "What readers see")


def test_the_history_goes_on_page_by_page(desk, article, monkeypatch):
    monkeypatch.setattr(module, "REVISIONS_PER_PAGE", 2)
    first = desk.get(page_of(article))
    older = first.context["older"]
    assertContains(first, f"?before={older}")
    rest = desk.get(page_of(article), {"before": older})
    assert titles(first) + titles(rest) == [
        "As it waits",
        "As it was once",
        "As readers see it",
    ]
    last = article.revisions.last()
    assertContains(desk.get(page_of(article), {"before": last.pk}), "no older versions")


@pytest.mark.parametrize("before", ["x", "-1", "0", "9" * 40, "１"])
def test_a_page_that_nobody_was_sent_to_is_the_first_one_or_empty(
    desk, article, before
):
    assert desk.get(page_of(article), {"before": before}).status_code == 200


def test_an_article_without_a_version_says_what_makes_one(desk):
    article = make_article()
    assertContains(desk.get(page_of(article)), "No versions yet")
    assertContains(desk.get(page_of(article, "compare")), "No versions yet")


def test_the_form_leads_to_the_history(desk, article):
    assertContains(desk.get(form_of(article)), page_of(article))


def test_what_somebody_says_of_a_change_stands_in_the_history(desk, article):
    sent = typed(
        article,
        title="New",
        note="Said by <Ana>",
        seen=article.working_copy.pk,
    )
    assert desk.post(form_of(article), sent).status_code == 302
    assert article.working_copy.note == "Said by <Ana>"
    assertContains(desk.get(page_of(article)), "Said by &lt;Ana&gt;")


def test_a_note_that_is_too_long_comes_back_with_the_form(desk, article):
    page = desk.post(form_of(article), typed(article, title="New", note="n" * 501))
    assertContains(page, "n" * 501)
    assert article.working_copy.content["title"] == "As it waits"


# Names


def test_a_version_with_a_name_is_found_again(desk, article):
    once = article.revisions.get(note="A first try")
    response = desk.post(page_of(article, "name_revision", once.pk), {"label": " A  b"})
    assert "is now called “A b”" in said(response)
    page = desk.get(page_of(article), {"named": ""})
    assert titles(page) == ["As it was once"]
    desk.post(page_of(article, "name_revision", once.pk), {"label": ""})
    page = desk.get(page_of(article), {"named": ""})
    assertContains(page, "No version has a name yet")


def test_a_name_that_is_too_long_comes_back(desk, article):
    address = page_of(article, "name_revision", article.working_copy.pk)
    page = desk.post(address, {"label": "n" * 101})
    assertContains(page, "n" * 101, status_code=422)
    assert article.working_copy.label == ""


# Comparing


def test_a_version_is_compared_with_the_one_before(desk, article):
    page = desk.get(page_of(article, "compare"), {"to": article.working_copy.pk})
    assertContains(page, "As it <del>was once</del>")
    assertContains(page, "As it <ins>waits</ins>")


def test_changes_that_wait_are_compared_with_what_readers_see(desk, article):
    copy = article.working_copy
    page = desk.get(page_of(article, "compare"), {"from": "live", "to": copy.pk})
    assertContains(page, "<del>readers see it</del>")
    assertContains(page, "<ins>it waits</ins>")
    page = desk.get(page_of(article, "compare"), {"from": copy.pk, "to": "live"})
    assertContains(page, "<ins>readers see")


def test_two_that_say_the_same_are_said_to(desk, article):
    page = desk.get(page_of(article, "compare"), {"from": "live", "to": "live"})
    assertContains(page, "Both versions are the same.")


def test_the_first_version_has_none_before_it(desk, article):
    first = article.revisions.last()
    page = desk.get(page_of(article, "compare"), {"to": first.pk})
    assertContains(page, "This is the first version")


@pytest.mark.parametrize("key", ["x", "0", "-1", "9" * 40])
def test_there_is_no_comparison_with_what_is_not_there(desk, article, key):
    for asked in ({"to": key}, {"from": key, "to": "live"}):
        assert desk.get(page_of(article, "compare"), asked).status_code == 404


def test_the_version_of_another_article_is_not_found(desk, article):
    other = make_visible_article()
    key = change(other, title="Somewhere else").pk
    assert desk.get(page_of(article, "compare"), {"to": key}).status_code == 404
    assert desk.get(page_of(article, "name_revision", key)).status_code == 404
    assert desk.post(page_of(article, "restore", key)).status_code == 404


def test_no_text_becomes_a_part_of_the_page(desk):
    evil = "<script>alert(1)</script>"
    article = make_visible_article(title="Before")
    person = make_person(name=f"Ana {evil}")
    revision = change(article, note=evil, title=evil)
    # No form would accept it: markup in every part.
    content = dict.fromkeys(PARTS, f"{evil}<p>&lt;script&gt;alert(1)&lt;/script&gt;")
    content["tags"] = [evil]
    content["lead_image"] = {"image": 1, "alt": evil, "caption": evil}
    content["byline"] = [{"person": person.pk, "name": person.name, "role": "by"}]
    Revision.objects.filter(pk=revision.pk).update(
        content=content, label=evil, by_name=evil
    )
    for page in (
        desk.get(page_of(article)),
        desk.get(page_of(article, "compare"), {"from": "live", "to": revision.pk}),
        desk.get(page_of(article, "compare"), {"to": "live"}),
        desk.get(page_of(article, "name_revision", revision.pk)),
    ):
        assertContains(page, "&lt;script&gt;alert(1)&lt;/script&gt;")
        assertNotContains(page, evil)


# Restoring


def restore(client, article, revision, **sent):
    seen = article.working_copy.pk
    address = page_of(article, "restore", revision.pk)
    return client.post(address, {"seen": seen} | sent)


def test_an_older_version_is_restored_as_a_new_one(desk, article, editor):
    once = article.revisions.get(note="A first try")
    response = restore(desk, article, once)
    assert "Readers see it when you publish the changes." in said(response)
    newest = article.working_copy
    assert newest.content == once.content
    assert newest.by == editor
    assert newest.note.startswith("Restored from the version of ")
    assert snapshot_of(Article.objects.get(pk=article.pk))["title"] == (
        "As readers see it"
    )
    assert article.revisions.count() == 4


def test_a_draft_says_at_once_what_was_restored(desk):
    draft = make_article(title="First", tags=["Sea"])
    draft.keep_revision()
    change(draft, title="Second", tags=["Land"])
    first = draft.revisions.last()
    first.call("The <first>")
    restore(desk, draft, first)
    draft = Article.objects.get(pk=draft.pk)
    assert draft.title == "First"
    assert [tag.name for tag in draft.tags.all()] == ["Sea"]
    assert draft.working_copy.note == "Restored from “The <first>”."


def test_a_version_from_before_a_part_was_kept_leaves_that_part_alone(desk, article):
    once = article.revisions.get(note="A first try")
    content = {part: once.content[part] for part in PARTS if part != "tags"}
    Revision.objects.filter(pk=once.pk).update(content=content)
    change(article, tags=["Land"])
    page = desk.get(
        page_of(article, "compare"), {"from": "live", "to": once.pk}
    ).content.decode()
    assert "Tags: not recorded in one of the versions" in page
    restore(desk, article, once)
    newest = article.working_copy.content
    assert (newest["title"], newest["tags"]) == ("As it was once", ["Land"])


def test_restoring_what_the_form_shows_already_adds_nothing(desk, article):
    response = restore(desk, article, article.working_copy)
    assert "Nothing to restore" in said(response)
    assert article.revisions.count() == 3


def test_restoring_overwrites_nothing_that_others_saved_meanwhile(desk, article):
    once = article.revisions.get(note="A first try")
    seen = article.working_copy.pk
    ana = make_user(role="Editors", first_name="Ana", last_name="Ruiz")
    change(article, by=ana, title="By Ana")
    response = restore(desk, article, once, seen=seen)
    assert "Ana Ruiz has saved" in said(response)
    assert article.working_copy.content["title"] == "By Ana"


@pytest.mark.parametrize("seen", ["", "x", "-5", "9" * 40])
def test_restoring_without_knowing_what_was_seen_is_no_fault(desk, article, seen):
    once = article.revisions.get(note="A first try")
    assert restore(desk, article, once, seen=seen).status_code == 302


def test_a_version_with_an_address_that_went_away_is_refused_in_words(desk):
    draft = make_article(slug="mine")
    draft.keep_revision()
    change(draft, slug="other")
    make_visible_article(slug="mine")
    response = restore(desk, draft, draft.revisions.last())
    assert "“mine” belongs to another article" in said(response)
    assert Article.objects.get(pk=draft.pk).slug == "other"


def test_looking_at_a_page_never_restores(desk, article):
    once = article.revisions.last()
    assert desk.get(page_of(article, "restore", once.pk)).status_code == 405
    assert article.revisions.count() == 3


# What the form says


def test_the_form_says_that_changes_wait_and_leads_to_them(desk, article, editor):
    revision = change(article, by=editor, title="By Edda")
    page = desk.get(form_of(article))
    assertContains(page, "Changes saved by <bdi>Edda Torres</bdi>")
    assertContains(page, "are not published yet")
    assertContains(page, f"?from=live&amp;to={revision.pk}")
    publish_changes(article)
    assertNotContains(desk.get(form_of(article)), "Changes saved by")


def test_only_what_was_on_the_screen_goes_live_at_a_time(desk, article):
    page = desk.get(step_of(article, "schedule_changes"))
    seen = page.context["form"]["seen"].value()
    assert seen == article.working_copy.pk
    change(article, title="Newer still")
    at = timezone.localtime() + DAY
    sent = {"at_0": f"{at:%Y-%m-%d}", "at_1": f"{at:%H:%M:%S}", "seen": seen}
    response = desk.post(step_of(article, "schedule_changes"), sent | ANYWAY)
    assert "Look at it again before you publish." in said(response)
    assert not article.revisions.scheduled().exists()


def test_the_desk_says_what_comes_of_changes_that_are_scheduled(desk, article):
    at = timezone.localtime() + DAY
    sent = {"at_0": f"{at:%Y-%m-%d}", "at_1": f"{at:%H:%M:%S}", "tell_readers": "on"}
    page = desk.get(step_of(article, "schedule_changes"))
    assertContains(page, "Until then, readers see no change.")
    assertNotContains(page, "This replaces the changes")
    desk.post(step_of(article, "schedule_changes"), sent | ANYWAY)
    assertContains(desk.get(form_of(article)), "marked “Updated”")
    words = f"that were scheduled for {at:%-d %B %Y, %H:%M %Z}."
    for step in "changes", "schedule_changes":
        assertContains(desk.get(step_of(article, step)), words)
    desk.post(
        step_of(article, "schedule_changes"), sent | ANYWAY | {"tell_readers": ""}
    )
    assertNotContains(desk.get(form_of(article)), "“Updated”")
    withdrawing = desk.get(step_of(article, "withdraw"))
    assertContains(withdrawing, "Its scheduled changes are kept unpublished.")


def test_changes_go_live_at_a_time_and_can_be_taken_off_the_schedule(desk, article):
    assert "unschedule_changes" not in buttons(desk.get(form_of(article)))
    at = timezone.localtime() + DAY
    sent = {"at_0": f"{at:%Y-%m-%d}", "at_1": f"{at:%H:%M:%S}"}
    response = desk.post(step_of(article, "schedule_changes"), sent | ANYWAY)
    assert "are scheduled." in said(response)
    page = desk.get(form_of(article))
    assertContains(page, "will be published on <time")
    assertNotContains(page, "are not published yet")
    change(article, title="Newer still")
    assertContains(desk.get(form_of(article)), "Later changes saved by")
    assert "unschedule_changes" in buttons(desk.get(form_of(article)))
    desk.post(
        form_of(article),
        typed(
            article,
            title="Newer still",
            seen=article.working_copy.pk,
            _step="unschedule_changes",
        ),
    )
    assert not article.revisions.scheduled().exists()
    assertContains(desk.get(form_of(article)), "are not published yet")


def test_a_draft_has_no_changes_that_wait(desk):
    draft = make_article(title="First")
    draft.keep_revision()
    change(draft, title="Second")
    assertNotContains(desk.get(form_of(draft)), "are not published yet")
    page = desk.get(page_of(draft))
    assertNotContains(page, "?from=live")
    assertContains(page, "What changed")


def test_changes_are_not_scheduled_for_a_time_that_is_past(desk, article):
    sent = {"at_0": "2020-01-01", "at_1": "10:00"}
    page = desk.post(step_of(article, "schedule_changes"), sent)
    assertContains(page, "This time is past.")
    assert not article.revisions.scheduled().exists()


# Permissions


@pytest.mark.parametrize(
    ("role", "looking", "changing"),
    [
        ("Editors", 200, 302),
        ("Moderators", 200, 403),
        # It is not theirs, so the answer is 404.
        ("Writers", 404, 404),
        (None, 404, 404),
    ],
)
def test_who_may_see_the_history_and_who_may_change_it(
    client, article, role, looking, changing
):
    client.force_login(make_user(role=role, is_staff=True))
    for name in ("revisions", "compare"):
        assert client.get(page_of(article, name)).status_code == looking
    once = article.revisions.get(note="A first try")
    naming = page_of(article, "name_revision", once.pk)
    assert client.get(naming).status_code == {302: 200}.get(changing, changing)
    assert client.post(naming, {"label": "N"}).status_code == changing
    assert restore(client, article, once).status_code == changing
    assert article.revisions.named().exists() == (changing == 302)
    assert article.revisions.count() == (4 if changing == 302 else 3)


@pytest.mark.parametrize("step", ["schedule_changes", "unschedule_changes"])
@pytest.mark.parametrize("role", ["Writers", "Moderators"])
def test_only_editors_schedule_changes(db, client, role, step):
    user = make_user(role=role)
    article = make_visible_article(created_by=user)
    change(article, title="New")
    schedule_changes(article, at=timezone.now() + DAY)
    client.force_login(user)
    assert step not in buttons(client.get(form_of(article)))
    sent = {"at_0": "2090-01-01", "at_1": "10:00"}
    client.post(step_of(article, step), sent)
    client.post(form_of(article), typed(article, _step=step))
    assert article.revisions.scheduled().get().publish_at.year < 2090


def test_a_writer_restores_an_own_draft_and_reads_what_went_on(client, writer):
    mine = make_article(title="First", created_by=writer)
    mine.keep_revision()
    change(mine, title="Second")
    first = mine.revisions.last()
    client.force_login(writer)
    assert restore(client, mine, first).status_code == 302
    assert Article.objects.get(pk=mine.pk).title == "First"
    mine.submit()
    page = client.get(page_of(mine))
    assertNotContains(page, "Add a name")
    assert restore(client, mine, first).status_code == 403
    address = page_of(mine, "name_revision", first.pk)
    assert client.post(address, {"label": "x"}).status_code == 403


@pytest.mark.parametrize("name", ["revisions", "compare", "name_revision", "restore"])
def test_nobody_signed_out_reaches_the_history(client, article, name):
    key = [article.working_copy.pk] if name in {"name_revision", "restore"} else []
    address = page_of(article, name, *key)
    assert "/admin/login/" in client.get(address).url
    assert "/admin/login/" in client.post(address, {"label": "x"}).url
    assert not article.revisions.named().exists()


# Query counts


def queries(client, address):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_the_pages_cost_the_same_however_long_the_history_is(desk, article):
    pages = [
        page_of(article),
        f"{page_of(article)}?named",
        page_of(article, "compare"),
        form_of(article),
    ]
    before = [queries(desk, address) for address in pages]
    for number in range(30):
        change(article, title=f"Title {number}").call(f"Name {number}")
    assert [queries(desk, address) for address in pages] == before


def test_the_list_of_versions_leaves_their_texts_in_the_database(desk, article):
    with CaptureQueriesContext(connection) as captured:
        desk.get(page_of(article), {"named": ""})
    listed = [query["sql"] for query in captured if '"label" = ' in query["sql"]]
    assert len(listed) == 1
    assert '"content"' not in listed[0]


def test_the_pictures_at_the_head_of_both_versions_are_shown(desk):
    one, other = make_image(), make_image()
    article = make_visible_article(lead_image=one)
    lead = {"image": other.pk, "alt": "Two boats", "caption": ""}
    revision = save(article, {"lead_image": lead})
    page = desk.get(
        page_of(article, "compare"), {"from": "live", "to": revision.pk}
    ).content.decode()
    assert page.index(one.thumbnail) < page.index(other.thumbnail)
    assert "Two boats" in page
