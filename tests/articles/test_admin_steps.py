from datetime import UTC, datetime

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from articles.models import Article
from tests.articles.desk import ADD, LIST, form_of, said, typed
from tests.factories import DAY, make_article, make_user, make_visible_article


def step_of(article, name):
    return reverse("admin:articles_article_step", args=[article.pk, name])


@pytest.fixture
def editor(db):
    return make_user(role="Editors", first_name="Edda", last_name="Torres")


@pytest.fixture
def writer(db):
    return make_user(role="Writers")


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


def buttons(page):
    return [step.name for step in page.context["steps"]]


# Which are shown


def test_only_the_steps_that_are_possible_now_are_shown(desk):
    draft = make_article()
    review = make_article()
    review.submit()
    scheduled = make_article()
    scheduled.publish(at=timezone.now() + DAY)
    published, on_top = make_visible_article(), make_visible_article()
    on_top.put_on_top()
    withdrawn = make_visible_article()
    withdrawn.withdraw()
    shown = {
        draft: ["publish", "submit", "schedule"],
        review: ["publish", "schedule", "return"],
        scheduled: ["redate", "return"],
        published: ["redate", "top", "withdraw"],
        on_top: ["redate", "off_top", "withdraw"],
        withdrawn: ["publish", "schedule", "return"],
    }
    for article, names in shown.items():
        page = desk.get(form_of(article))
        assert buttons(page) == names
        for name in names:
            assert f'name="_step" value="{name}"' in page.content.decode()
    assert buttons(desk.get(ADD)) == shown[draft]


# From the form: save what was typed, ask, take the step


def test_publishing_saves_what_was_typed_and_asks_once_more(desk, editor):
    article = make_article()
    response = desk.post(
        form_of(article), typed(article, title="As typed", _step="publish")
    )
    assert response.url == step_of(article, "publish")
    article.refresh_from_db()
    assert (article.title, article.status) == ("As typed", "draft")
    page = desk.get(response.url).content.decode()
    assert "Publish “As typed”?" in page
    assert "Readers will see it at once" in page
    response = desk.post(step_of(article, "publish"))
    assert response.url == form_of(article)
    assert "“As typed” is now published." in said(response)
    article.refresh_from_db()
    assert article.is_visible
    assert (article.steps.get().what, article.steps.get().by) == ("publish", editor)


def test_a_new_article_can_be_submitted_without_being_saved_first(desk, editor):
    desk.post(ADD, typed(title="Straight", _step="submit"))
    article = Article.objects.get()
    assert (article.title, article.status) == ("Straight", "in_review")
    assert article.steps.get().by == editor


def test_a_form_with_a_mistake_takes_no_step_and_loses_nothing(desk):
    article = make_article()
    page = desk.post(
        form_of(article), typed(article, title="", body="<p>New</p>", _step="submit")
    )
    html = page.content.decode()
    assert "“Submit for review” was not done" in html
    assert page.context["adminform"].form["body"].value() == "<p>New</p>"
    article.refresh_from_db()
    assert article.status == "draft"


def test_a_step_that_somebody_else_took_first_keeps_the_text_and_says_who(desk):
    article = make_article()
    other = make_user(role="Editors", first_name="Ada", last_name="Okoro")
    desk.post(form_of(article), typed(article, title="Mine", _step="publish"))
    Article.objects.get(pk=article.pk).publish(by=other)
    response = desk.post(step_of(article, "publish"), follow=True)
    html = response.content.decode()
    assert "is published now" in html
    article.refresh_from_db()
    assert article.title == "Mine"
    assert article.steps.count() == 1


def test_the_loser_of_a_race_reads_who_won(desk, monkeypatch):
    article = make_article()
    other = make_user(role="Editors", first_name="Ada", last_name="Okoro")
    from articles.admin import article as module

    original = module.ArticleAdmin._take

    def after_the_other(self, request, one, step, answers):
        Article.objects.get(pk=one.pk).submit(by=other)
        return original(self, request, one, step, answers)

    monkeypatch.setattr(module.ArticleAdmin, "_take", after_the_other)
    response = desk.post(form_of(article), typed(article, title="Mine", _step="submit"))
    assert "Ada Okoro did that on" in said(response)
    article.refresh_from_db()
    assert (article.title, article.steps.count()) == ("Mine", 1)


@pytest.mark.parametrize(
    ("date", "time", "sentence"),
    [
        ("", "", "Give the date and the time."),
        ("2999-01-01", "", "an empty one does not mean now"),
        ("", "10:00", "an empty one does not mean today"),
        ("2020-01-01", "10:00", "That time is past"),
        ("soon", "10:00", "Write the date as"),
        ("2999-01-01", "noon", "Write the time as"),
        ("0001-01-01", "00:00", "Look at the year again"),
        ("9999-12-31", "23:59", "Look at the year again"),
    ],
)
def test_an_empty_date_never_means_now(desk, date, time, sentence):
    article = make_article()
    page = desk.post(step_of(article, "schedule"), {"at_0": date, "at_1": time})
    assert sentence in page.content.decode()
    assert f'value="{date}"' in page.content.decode() or not date
    article.refresh_from_db()
    assert article.status == "draft"


def test_scheduling_takes_the_hour_that_was_given(desk, settings):
    settings.TIME_ZONE = "Europe/Vienna"
    timezone.get_default_timezone.cache_clear()
    try:
        article = make_article()
        desk.post(step_of(article, "schedule"), {"at_0": "2999-01-01", "at_1": "10:00"})
        article.refresh_from_db()
        assert article.is_scheduled
        assert article.published_at == datetime(2999, 1, 1, 9, tzinfo=UTC)
    finally:
        timezone.get_default_timezone.cache_clear()


def test_a_date_is_put_right_from_what_it_is(desk):
    article = make_visible_article(published_at=datetime(2020, 3, 4, 5, 6, tzinfo=UTC))
    page = desk.get(step_of(article, "redate")).content.decode()
    assert 'value="2020-03-04"' in page
    assert 'value="05:06:00"' in page
    article.withdraw()
    assert 'value="2020' not in desk.get(step_of(article, "schedule")).content.decode()


def test_a_wrong_publication_date_can_be_put_right(desk):
    article = make_visible_article()
    desk.post(step_of(article, "redate"), {"at_0": "2020-01-01", "at_1": "10:00"})
    article.refresh_from_db()
    assert article.published_at == datetime(2020, 1, 1, 10, tzinfo=UTC)
    response = desk.post(
        step_of(article, "redate"), {"at_0": "2999-01-01", "at_1": "10:00"}
    )
    assert "cannot lie in the future" in said(response)


def test_a_story_is_put_on_top_and_taken_off(desk):
    article, other = make_visible_article(), make_visible_article()
    other.put_on_top()
    desk.post(form_of(article), typed(article, _step="top"))
    assert list(Article.objects.on_top()) == [article]
    desk.post(form_of(article), typed(article, _step="off_top"))
    assert not Article.objects.on_top().exists()


def test_withdrawing_keeps_the_reason_inside_and_shows_the_notice(desk):
    article = make_visible_article()
    page = desk.post(step_of(article, "withdraw"), {"kind": "gone", "notice": "Sorry"})
    assert "This field is required" in page.content.decode()
    assert "Sorry" in page.content.decode()
    article.refresh_from_db()
    assert article.is_visible
    desk.post(
        step_of(article, "withdraw"),
        {"kind": "vanished", "notice": "Sorry", "reason": "A lawyer wrote"},
    )
    article.refresh_from_db()
    assert (article.status, article.withdrawal, article.notice) == (
        "withdrawn",
        "vanished",
        "Sorry",
    )
    assert article.steps.get().reason == "A lawyer wrote"


# Returning


def test_a_returned_draft_carries_the_note_and_its_writer_gets_it_by_mail(
    desk, editor, writer, client, django_capture_on_commit_callbacks
):
    article = make_article(title="Harbour", created_by=writer)
    article.submit(by=writer)
    page = desk.post(step_of(article, "return"), {"note": ""})
    assert "This field is required" in page.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(step_of(article, "return"), {"note": "Check the third paragraph."})
    article.refresh_from_db()
    assert article.status == "draft"
    [message] = mail.outbox
    assert message.to == [writer.email]
    assert "Harbour" in message.subject
    assert "Check the third paragraph." in message.body
    assert form_of(article) in message.body
    client.force_login(writer)
    form = client.get(form_of(article)).content.decode()
    assert "Returned by Edda Torres" in form
    assert form.index("Check the third paragraph.") < form.index('name="title"')


def test_the_note_is_gone_when_the_draft_is_submitted_again(desk, writer):
    article = make_article(created_by=writer)
    article.submit(by=writer)
    article.return_to_draft(note="Once more.")
    article.submit(by=writer)
    form = desk.get(form_of(article))
    assert form.context["returned"] is None
    assert "Once more." in form.content.decode()  # among the steps


def test_a_mail_server_that_is_down_loses_nothing(
    desk, writer, settings, django_capture_on_commit_callbacks
):
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": 1, "timeout": 1},
        }
    }
    article = make_article(created_by=writer)
    article.submit()
    with django_capture_on_commit_callbacks(execute=True):
        response = desk.post(step_of(article, "return"), {"note": "Please shorten."})
    assert response.status_code == 302
    article.refresh_from_db()
    assert (article.status, article.last_return.reason) == ("draft", "Please shorten.")


def test_a_title_cannot_forge_a_line_of_the_mail(
    desk, writer, django_capture_on_commit_callbacks
):
    article = make_article(title="Harbour\nBcc: all@example.com", created_by=writer)
    article.submit()
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(step_of(article, "return"), {"note": "<b>&amp;</b>"})
    [message] = mail.outbox
    assert "\n" not in message.subject
    assert "<b>&amp;</b>" in message.body


# From the list


def act(client, name, *articles, **answers):
    return client.post(
        LIST,
        {
            "action": f"{name}_articles",
            "_selected_action": [article.pk for article in articles],
        }
        | answers,
    )


def test_the_list_submits_many_and_says_which_could_not_be(desk, editor):
    one, two, published = make_article(), make_article(), make_visible_article()
    response = act(desk, "submit", one, two, published, index="0")
    assert {article.status for article in Article.objects.in_review()} == {"in_review"}
    assert Article.objects.in_review().count() == 2
    assert f"“{published}” is published" in said(response)
    assert one.steps.get().by == editor


def test_the_list_publishes_after_asking(desk):
    one, two = make_article(), make_article()
    page = act(desk, "publish", one, two, index="0")
    assert "Publish 2 articles?" in page.content.decode()
    assert not Article.objects.visible().exists()
    act(desk, "publish", one, two, _confirmed="1")
    assert Article.objects.visible().count() == 2


def test_the_list_schedules_nothing_without_a_date(desk):
    article = make_article()
    page = act(desk, "schedule", article, index="0")
    assert "When should" in page.content.decode()
    page = act(desk, "schedule", article, _confirmed="1", at_0="", at_1="")
    assert "Give the date and the time." in page.content.decode()
    assert f'value="{article.pk}"' in page.content.decode()
    article.refresh_from_db()
    assert article.status == "draft"
    act(desk, "schedule", article, _confirmed="1", at_0="2999-01-01", at_1="10:00")
    article.refresh_from_db()
    assert article.is_scheduled


def test_the_list_returns_and_withdraws_with_words(desk):
    review, live = make_article(), make_visible_article()
    review.submit()
    act(desk, "return", review, _confirmed="1", note="Shorter.")
    act(desk, "withdraw", live, _confirmed="1", reason="Wrong", kind="gone")
    review.refresh_from_db()
    live.refresh_from_db()
    assert (review.status, review.last_return.reason) == ("draft", "Shorter.")
    assert (live.status, live.steps.first().reason) == ("withdrawn", "Wrong")


def test_too_many_at_once_are_refused(desk, monkeypatch):
    monkeypatch.setattr("articles.admin.article.AT_ONCE", 2)
    articles = [make_article() for _ in range(3)]
    response = act(desk, "submit", *articles, index="0")
    assert "more than 2 articles" in said(response)
    assert not Article.objects.in_review().exists()


# Who may what

PUBLISHING = ["publish", "schedule", "redate", "top", "off_top", "return", "withdraw"]
ANSWERS = {
    "at_0": "2020-01-01",
    "at_1": "10:00",
    "note": "n",
    "reason": "r",
    "kind": "gone",
}


def article_for(step, created_by):
    article = make_article(created_by=created_by)
    if step in {"return"}:
        article.submit()
    if step in {"redate", "top", "off_top", "withdraw"}:
        article.publish()
    return article


def state(article):
    article = Article.objects.get(pk=article.pk)
    return article.title, article.status, article.on_top, article.steps.count()


@pytest.mark.parametrize("role", ["Writers", "Moderators"])
@pytest.mark.parametrize("step", PUBLISHING)
def test_only_editors_publish_return_and_withdraw(db, client, role, step):
    user = make_user(role=role)
    article = article_for(step, user)
    before = state(article)
    client.force_login(user)
    assert step not in buttons(client.get(form_of(article)))
    client.post(form_of(article), typed(article, _step=step))
    # A step without a page of its own has nothing at that address.
    refusal = 302 if step in {"top", "off_top"} else 403
    assert client.get(step_of(article, step)).status_code == refusal
    assert client.post(step_of(article, step), ANSWERS).status_code == refusal
    act(client, step, article, index="0")
    act(client, step, article, _confirmed="1", **ANSWERS)
    assert state(article) == before


def test_a_writer_who_posts_publish_by_hand_keeps_the_text_and_is_told(client, writer):
    article = make_article(created_by=writer)
    client.force_login(writer)
    response = client.post(
        form_of(article), typed(article, title="Mine", _step="publish")
    )
    assert "What you typed is saved. You may not" in said(response)
    assert state(article)[:2] == ("Mine", "draft")


def test_a_writer_writes_and_submits_an_own_draft_and_then_only_reads_it(
    client, writer
):
    client.force_login(writer)
    client.post(ADD, typed(title="Mine", _step="submit"))
    article = Article.objects.get()
    assert (article.created_by, article.status) == (writer, "in_review")
    page = client.get(form_of(article))
    assert page.status_code == 200
    assert 'name="title"' not in page.content.decode()
    assert buttons(page) == []
    assert client.post(form_of(article), typed(article, title="x")).status_code == 403
    assert state(article)[0] == "Mine"


def test_a_writer_keeps_the_words_when_the_article_went_on_meanwhile(client, writer):
    article = make_article(title="As it was", created_by=writer)
    client.force_login(writer)
    sent = typed(article, title="My <title>", body="<p>New words.</p>")
    article.publish()
    page = client.post(form_of(article), sent)
    assertContains(page, "“As it was” is published now", status_code=403)
    assertContains(page, "My &lt;title&gt;", status_code=403)
    assertContains(page, "&lt;p&gt;New words.&lt;/p&gt;", status_code=403)
    assert state(article)[0] == "As it was"


def test_words_for_an_article_that_is_not_there_are_shown_back(client, writer):
    other = make_article(title="Other draft", created_by=make_user(role="Writers"))
    client.force_login(writer)
    page = client.post(form_of(other), typed(body="<p>New words.</p>"))
    assertContains(page, "New words.", status_code=404)
    assertNotContains(page, "Other draft", status_code=404)


def test_a_writer_finds_nobody_elses_article(client, writer):
    mine = make_article(created_by=writer)
    other = make_article(title="Other draft", created_by=make_user(role="Writers"))
    seen = make_visible_article()
    client.force_login(writer)
    assert list(client.get(LIST).context["cl"].result_list) == [mine]
    for article in (other, seen):
        for address in (
            form_of(article),
            step_of(article, "publish"),
            reverse("admin:articles_article_history", args=[article.pk]),
            reverse("admin:articles_article_delete", args=[article.pk]),
        ):
            page = client.get(address, follow=True)
            assert article.title not in page.content.decode()
        client.post(form_of(article), typed(article, title="Taken"))
        act(client, "submit", article, index="0")
        assert state(article)[0] != "Taken"
        assert state(article)[3] == 0


def test_a_moderator_reads_every_article_and_changes_none(db, client):
    user = make_user(role="Moderators")
    draft = make_article(body="<p>Read <em>this</em></p>")
    client.force_login(user)
    page = client.get(form_of(draft)).content.decode()
    assert "<p>Read <em>this</em></p>" in page
    assert 'name="title"' not in page
    assert '<button class="steps__button' not in page
    assert client.get(ADD).status_code == 403
    assert client.post(ADD, typed()).status_code == 403
    assert client.post(form_of(draft), typed(draft, title="x")).status_code == 403
    assert state(draft) == (draft.title, "draft", False, 0)


@pytest.mark.parametrize("role", ["Writers", "Editors", "Moderators"])
def test_the_record_of_steps_is_never_changed(db, client, role):
    article = make_article()
    article.submit()
    step = article.steps.get()
    client.force_login(make_user(role=role))
    address = reverse("admin:articles_step_change", args=[step.pk])
    page = client.get(address)
    assert page.status_code == (200 if role == "Editors" else 403)
    assert client.post(address, {"reason": "x"}).status_code == 403
    assert client.get(reverse("admin:articles_step_add")).status_code == 403
    delete = reverse("admin:articles_step_delete", args=[step.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403
    assert article.steps.count() == 1


@pytest.mark.parametrize(
    "step", ["publish", "schedule", "return", "nonsense", "submit"]
)
def test_nobody_signed_out_reaches_a_step(client, db, step):
    article = make_article()
    address = f"/admin/articles/article/{article.pk}/steps/{step}/"
    assert "/admin/login/" in client.get(address).url
    assert "/admin/login/" in client.post(address, ANSWERS).url
    assert state(article)[1] == "draft"


@pytest.mark.parametrize("step", ["nonsense", "submit"])
def test_a_step_without_a_page_leads_back(desk, step):
    article = make_article()
    address = f"/admin/articles/article/{article.pk}/steps/{step}/"
    assert desk.get(address).status_code == 302
    assert desk.get("/admin/articles/article/999/steps/publish/").status_code == 302
    assert desk.get("/admin/articles/article/x/steps/publish/").status_code == 302


# What was done


def test_the_form_shows_who_did_what_when_and_why(desk, editor):
    article = make_visible_article()
    article.withdraw(by=editor, reason="A wrong <name>")
    page = desk.get(form_of(article)).content.decode()
    assert "<strong>Edda Torres</strong>: withdrawn" in page
    assert "A wrong &lt;name&gt;" in page


@pytest.mark.parametrize(
    ("role", "offered"),
    [
        ("Editors", ["submit", *PUBLISHING]),
        ("Writers", ["submit"]),
        ("Moderators", []),
    ],
)
def test_the_list_offers_what_the_role_may_do(db, client, role, offered):
    user = make_user(role=role)
    make_article(created_by=user)
    client.force_login(user)
    page = client.get(LIST).content.decode()
    for step in ["submit", *PUBLISHING]:
        assert (f'value="{step}_articles"' in page) == (step in offered)
