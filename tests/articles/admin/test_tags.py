import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains

from articles.admin import tags as module
from articles.models import Article, Tag, TagsApart, TagStep
from articles.models import tag as tag_module
from articles.publishing import tag_merge
from tests.articles.admin.desk import ADD, form_of, said, typed
from tests.factories import make_article, make_user, make_visible_article

LIST = reverse("admin:articles_tag_changelist")
NEW = reverse("admin:articles_tag_add")
DUPLICATES = reverse("admin:articles_tag_duplicates")
MERGE = reverse("admin:articles_tag_merge")
STEPS = reverse("admin:articles_tagstep_changelist")


def form(tag):
    return reverse("admin:articles_tag_change", args=[tag.pk])


def undo_of(step):
    return reverse("admin:articles_tag_undo", args=[step.pk])


def permissions(*codenames):
    return Permission.objects.filter(
        codename__in=codenames, content_type__app_label="articles"
    )


@pytest.fixture
def harbours(db):
    """Two tags for the same thing; the second one has more articles."""
    make_visible_article(title="Old <quay>", tags=["Fish", "Harbor"])
    make_visible_article(title="New quay", tags=["Harbor", "Harbour"])
    make_article(tags=["Harbour"])
    make_article(tags=["Harbour"])
    return Tag.objects.get(name="Harbor"), Tag.objects.get(name="Harbour")


def two(stays, goes):
    return {"stays": stays.pk, "goes": goes.pk}


# The list


def test_the_list_says_how_many_articles_have_each_tag(desk, harbours):
    Tag.objects.create(name="Nothing")
    page = desk.get(LIST)
    uses = {tag.name: tag.uses for tag in page.context["cl"].result_list}
    assert uses == {"Fish": 1, "Harbor": 2, "Harbour": 3, "Nothing": 0}
    assert '<td class="field-used_by">3</td>' in page.content.decode()
    assertContains(page, DUPLICATES)


def test_uses_are_counted_no_further_than_anybody_needs(desk, harbours, monkeypatch):
    monkeypatch.setattr(tag_module, "USES_COUNTED", 2)
    monkeypatch.setattr(module, "USES_COUNTED", 2)
    page = desk.get(LIST, {"q": "harb"}).content.decode()
    assert '<td class="field-used_by">2</td>' in page
    assert '<td class="field-used_by">more than 2</td>' in page


# All pages


def pages_of(harbours, step):
    harbor, harbour = harbours
    return [
        LIST,
        f"{LIST}?q=harb",
        DUPLICATES,
        f"{MERGE}?stays={harbour.pk}&goes={harbor.pk}",
        form(harbour),
        undo_of(step),
        STEPS,
    ]


def test_every_page_takes_as_many_queries_for_many_tags_as_for_few(desk, harbours):
    make_visible_article(tags=["Quay", "Quays"])

    def merged(name, into):
        return tag_merge.merge(
            Tag.objects.get(name=name), into=Tag.objects.get(name=into)
        )

    def queries():
        counts = []
        for page in pages_of(harbours, step):
            with CaptureQueriesContext(connection) as captured:
                assert desk.get(page).status_code == 200
            counts.append(len(captured))
        return counts

    make_visible_article(tags=["Harbour", "Haven"])
    step = merged("Haven", "Harbour")
    queries()
    few = queries()
    for number in range(20):
        make_visible_article(
            tags=["Harbor", "Harbour", f"Street {number} a", f"Streets {number} a"]
        )
        make_visible_article(tags=["Harbour", f"Bay {number}"])
        merged(f"Bay {number}", "Harbour")
    assert queries() == few


ROLES = [("Writers", 403), ("Moderators", 403), ("Editors", 200)]


@pytest.mark.parametrize(("role", "answer"), ROLES)
def test_only_editors_merge_and_undo(client, harbours, role, answer):
    harbor, harbour = harbours
    make_article(tags=["Haven"])
    step = tag_merge.merge(Tag.objects.get(name="Haven"), into=harbour)
    client.force_login(make_user(role=role))
    assert client.get(MERGE, two(harbour, harbor)).status_code == answer
    assert client.get(undo_of(step)).status_code == answer
    posted = 302 if answer == 200 else answer
    assert client.post(undo_of(step)).status_code == posted
    assert client.post(MERGE, two(harbour, harbor)).status_code == posted
    assert Tag.objects.filter(name="Harbor").exists() == (role != "Editors")
    assert Tag.objects.filter(name="Haven").exists() == (role == "Editors")


@pytest.mark.parametrize(
    ("role", "looks", "renames", "reads_steps"),
    [
        ("Writers", 200, 403, 403),
        ("Moderators", 403, 403, 403),
        ("Editors", 200, 302, 200),
    ],
)
def test_who_may_look_at_tags_and_rename_them(
    client, harbours, role, looks, renames, reads_steps
):
    harbor, _ = harbours
    client.force_login(make_user(role=role))
    for page in [LIST, DUPLICATES, form(harbor)]:
        assert client.get(page).status_code == looks
    changed = {"name": "Port", "slug": "port"}
    assert client.post(form(harbor), changed).status_code == renames
    assert client.get(STEPS).status_code == reads_steps
    if role == "Writers":
        assertNotContains(client.get(DUPLICATES), "stays=")
        assertNotContains(client.get(LIST), "merge_two")


def test_nobody_signed_out_reaches_a_page_of_the_tags(client, harbours):
    step = tag_merge.merge(*harbours[:1], into=harbours[1])
    for page in pages_of(harbours, step):
        assert "/admin/login/" in client.get(page).url
        assert "/admin/login/" in client.post(page).url
    assert TagStep.objects.count() == 1


def test_who_may_rename_and_not_delete_cannot_merge(client, harbours):
    user = make_user(role="Writers")
    user.user_permissions.add(*permissions("change_tag"))
    client.force_login(user)
    harbor, harbour = harbours
    assert client.post(MERGE, two(harbour, harbor)).status_code == 403


def test_a_preview_names_no_article_that_the_reader_of_it_may_not_see(client, harbours):
    user = make_user(role="Writers")
    user.user_permissions.set(permissions("change_tag", "delete_tag"))
    client.force_login(user)
    harbor, harbour = harbours
    page = client.get(MERGE, two(harbour, harbor))
    assertContains(page, "1 article has both tags and gets one tag fewer")
    assertNotContains(page, "New quay")


# Renaming


def test_an_editor_renames_a_tag_and_the_old_address_leads_there(
    desk, editor, harbours
):
    harbor, _ = harbours
    desk.post(form(harbor), {"name": "Old  port", "slug": "old-port"})
    harbor.refresh_from_db()
    assert (harbor.name, harbor.slug) == ("Old port", "old-port")
    assert desk.get("/tags/harbor/").url == "/tags/old-port/"
    page = desk.get(form(harbor))
    assertContains(page, "renamed “Harbor”, whose address was “harbor”, to “Old port”")
    assertContains(page, "Edda Torres")


def test_a_new_tag_needs_a_name_and_gets_its_address(desk):
    desk.post(NEW, {"name": "Fish, chips & “peas” 🐟", "slug": ""})
    tag = Tag.objects.get()
    assert (tag.name, tag.slug) == ("Fish, chips & “peas” 🐟", "fish-chips-peas")


@pytest.mark.parametrize(
    ("name", "slug", "told"),
    [
        ("HARBOUR", "x", "The tag “Harbour” already exists"),
        ("Port", "harbour", "The address “harbour” belongs or belonged to another tag"),
        ("Port", "ünder!", "can contain only letters"),
        ("", "x", "required"),
        ("x" * 300, "x", "at most 100 characters"),
        ("Port", "x" * 300, "at most 100 characters"),
    ],
)
def test_what_cannot_be_comes_back_with_every_word(desk, harbours, name, slug, told):
    harbor, _ = harbours
    page = desk.post(form(harbor), {"name": name, "slug": slug}).content.decode()
    assert told in page.replace("&#x27;", "'")
    assert f'value="{slug}"' in page
    harbor.refresh_from_db()
    assert (harbor.name, harbor.slug) == ("Harbor", "harbor")


def test_an_empty_address_stays_what_it_was(desk, harbours):
    harbor, _ = harbours
    desk.post(form(harbor), {"name": "Port", "slug": ""})
    harbor.refresh_from_db()
    assert (harbor.name, harbor.slug) == ("Port", "harbor")


# Duplicates


def test_the_finder_shows_pairs_with_the_more_used_tag_first(desk, harbours):
    make_article(tags=["fish!"])
    page = desk.get(DUPLICATES).content.decode()
    assert "Nearly the same spelling" in page
    assert page.index("fish!") < page.index("Harbour")
    assert page.index(">Harbour<") < page.index(">Harbor<")
    harbor, harbour = harbours
    assert f"?stays={harbour.pk}&amp;goes={harbor.pk}" in page


def test_without_a_pair_the_finder_says_what_to_do(desk):
    assertContains(desk.get(DUPLICATES), "choose them in the list")


def test_the_finder_says_what_it_left_out(desk, harbours, monkeypatch):
    make_article(tags=["fish!", "fish?"])
    monkeypatch.setattr(module, "PAIRS_SHOWN", 1)
    assertContains(desk.get(DUPLICATES), "There are more")
    monkeypatch.setattr(module, "TAGS_COMPARED", 1)
    assertContains(desk.get(DUPLICATES), "Only the newest 1 tags are compared.")


APART, AGAIN = reverse("admin:articles_tag_apart"), reverse("admin:articles_tag_again")


def test_two_that_are_not_the_same_are_not_shown_again(desk, editor, harbours):
    harbor, harbour = harbours
    response = desk.post(APART, two(harbour, harbor), follow=True)
    assertContains(response, "are marked as different")
    assertContains(response, "No duplicates found.")
    assertContains(response, "Marked by <bdi>Edda Torres</bdi>")
    # Saying it again, in the other order, changes nothing.
    desk.post(APART, two(harbor, harbour))
    assert TagsApart.objects.count() == 1
    response = desk.post(AGAIN, two(harbor, harbour), follow=True)
    assertContains(response, "Nearly the same spelling")
    assert not TagsApart.objects.exists()


def test_a_tag_that_is_gone_is_kept_apart_from_nothing(desk, harbours):
    harbor, harbour = harbours
    gone = {"stays": harbour.pk, "goes": 10**17}
    assert desk.post(APART, gone).status_code == 302
    assert (
        desk.post(APART, {"stays": harbour.pk, "goes": harbour.pk}).status_code == 302
    )
    assert not TagsApart.objects.exists()


def test_who_may_not_merge_keeps_nothing_apart(client, writer, harbours):
    client.force_login(writer)
    for address in [APART, AGAIN]:
        assert client.post(address, two(*harbours)).status_code == 403
        assert client.get(address).status_code == 405
    assert not TagsApart.objects.exists()


def test_the_finder_asks_as_much_for_one_pair_as_for_many(desk, editor, harbours):
    numbers = set()
    for number in range(1, 7):
        one = Tag.objects.create(name=f"{'abcdefghij'[number]}arbour of the north")
        other = Tag.objects.create(name=f"{'abcdefghij'[number]}arbours of the north")
        TagsApart.objects.mark(one, other, by=editor)
        if number in {1, 6}:
            desk.get(DUPLICATES)
            with CaptureQueriesContext(connection) as queries:
                assertContains(desk.get(DUPLICATES), "Marked as different")
            numbers.add(len(queries))
    assert len(numbers) == 1


# Merging


def test_an_editor_sees_what_merging_changes_and_merges(desk, harbours):
    harbor, harbour = harbours
    page = desk.get(MERGE, two(harbour, harbor))
    assertContains(page, "New quay")
    assertContains(page, "Readers can see 2 of them")
    assertContains(page, "/tags/harbor/")
    assert Tag.objects.filter(pk=harbor.pk).exists()
    response = desk.post(MERGE, two(harbour, harbor))
    assert response.url == form(harbour)
    assert "was merged into" in said(response)
    assert not Tag.objects.filter(pk=harbor.pk).exists()
    page = desk.get(form(harbour))
    step = TagStep.objects.get()
    assertContains(page, f'href="{undo_of(step)}"')
    response = desk.post(undo_of(step))
    assert response.url == form(harbor)
    assert "is restored" in said(response)
    assertNotContains(desk.get(form(harbour)), "Undo…")
    assert Article.objects.filter(tags=harbor).count() == 2


def test_two_tags_of_the_list_are_merged_and_no_other_number(desk, harbours):
    harbor, harbour = harbours

    def act(*chosen):
        return desk.post(
            LIST,
            {"action": "merge_two", "_selected_action": [tag.pk for tag in chosen]},
        )

    assert act(harbor, harbour).url == (f"{MERGE}?stays={harbour.pk}&goes={harbor.pk}")
    for chosen in [[harbor], Tag.objects.all()]:
        assert "Choose the two tags" in said(act(*chosen))


def test_who_comes_second_reads_who_was_first(desk, editor, harbours):
    harbor, harbour = harbours
    tag_merge.merge(harbor, into=harbour, by=editor)
    for sent in [two(harbour, harbor), two(harbor, harbour)]:
        for response in [desk.post(MERGE, sent), desk.get(MERGE, sent)]:
            told = "Edda Torres merged “Harbor” into “Harbour”"
            assertContains(response, told, status_code=409)


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"stays": "1", "goes": ""},
        {"stays": "x", "goes": "y"},
        {"stays": "9" * 30, "goes": "²"},
        {"stays": "-1", "goes": "0"},
        {"stays": "999999", "goes": "999998"},
        {"stays": "1\x00", "goes": "<script>"},
    ],
)
def test_what_are_no_two_tags_is_told_so(desk, sent):
    for response in [desk.get(MERGE, sent), desk.post(MERGE, sent)]:
        assertContains(response, "Nothing was changed", status_code=409)
        assertNotContains(response, "<script>", status_code=409)


def test_one_tag_twice_is_told_so(desk, harbours):
    page = desk.post(MERGE, two(harbours[0], harbours[0]))
    assertContains(page, "merged into itself", status_code=409)


def test_a_merge_that_cannot_be_undone_says_why(desk, harbours):
    harbor, harbour = harbours
    step = tag_merge.merge(harbor, into=harbour)
    Article.objects.get(title="Old <quay>").tags.clear()
    assertContains(desk.post(undo_of(step)), "Old &lt;quay&gt;", status_code=409)
    assert desk.get(undo_of(TagStep(pk=10**6))).status_code == 404
    assert desk.get(f"{LIST}undo/{'9' * 30}/").status_code == 404


@pytest.mark.parametrize("address", ["x", "999999", "9" * 30, "merge", "undo"])
def test_a_tag_that_is_not_there_leads_on(desk, address):
    assert desk.get(f"{LIST}{address}/change/").status_code in {302, 404}


def test_the_record_of_tags_names_who_and_leads_to_the_undoing(desk, editor, harbours):
    harbor, harbour = harbours
    step = tag_merge.merge(harbor, into=harbour, by=editor)
    page = desk.get(STEPS)
    assertContains(page, "Edda Torres")
    assertContains(page, f'href="{undo_of(step)}"')
    address = reverse("admin:articles_tagstep_change", args=[step.pk])
    assertContains(desk.get(address), "merged “Harbor” into “Harbour”")
    assert desk.post(address, {"name": "x"}).status_code == 403
    tag_merge.undo_merge(step)
    assertNotContains(desk.get(STEPS), undo_of(step))


# In the article form


def test_a_form_that_was_open_while_tags_were_merged_does_not_bring_the_old_one_back(
    desk, harbours
):
    article = Article.objects.get(title="Old <quay>")
    sent = typed(article)
    tag_merge.merge(harbours[0], into=harbours[1])
    desk.post(form_of(article), sent)
    assert [tag.name for tag in article.tags.order_by("items__pk")] == [
        "Fish",
        "Harbour",
    ]
    assert not Tag.objects.filter(name="Harbor").exists()


def test_a_writer_may_type_the_old_name_of_a_tag(client, writer, harbours):
    tag_merge.merge(harbours[0], into=harbours[1])
    client.force_login(writer)
    client.post(ADD, typed(title="Mine", tags="harbor"))
    article = Article.objects.get(title="Mine")
    assert [tag.name for tag in article.tags.all()] == ["Harbour"]


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ('"Fish, chips", Peas', ["Fish, chips", "Peas"]),
        ('"Fish ""and"" chips, twice"', ['Fish "and" chips, twice']),
        ('"Weird Al" Yankovic, Pop', ['"Weird Al" Yankovic', "Pop"]),
        ('5" pipe, 🎉, “so”', ['5" pipe', "🎉", "“so”"]),
        (" , ,, Fish ,", ["Fish"]),
        ('"", Fish', ["Fish"]),
    ],
)
def test_tags_with_commas_quotes_and_emoji_are_read_and_written_again(
    desk, line, names
):
    desk.post(ADD, typed(tags=line))
    article = Article.objects.get()
    assert [tag.name for tag in article.tags.order_by("items__pk")] == names
    again = desk.get(form_of(article)).context["adminform"].form.initial["tags"]
    desk.post(form_of(article), typed(article, tags=again))
    assert [tag.name for tag in article.tags.order_by("items__pk")] == names


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("x" * 300, "is longer than 100 characters. Is a comma missing?"),
        ('"Fish, chips', "is not closed"),
        ('Peas, "Fish" and "chips, salt', "is not closed"),
    ],
)
def test_tags_that_cannot_be_come_back_with_a_clear_answer(desk, line, told):
    page = desk.post(ADD, typed(tags=line, title="Kept")).content.decode()
    assert told in page
    assert "Kept</textarea>" in page
    assert not Tag.objects.exists()
