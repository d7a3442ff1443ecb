import re
from html.parser import HTMLParser

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template
from django.test import RequestFactory

from comments.models import Thread
from tests.factories import (
    make_article,
    make_comment,
    make_shown_comment,
    make_user,
    make_visible_article,
)

PAGE = "{% load comments %}{% comment_count article as n %}{{ n }}|{% comment_thread article %}"


def shown_on_page(article, *, user=None):
    """The count and the conversation on an article page for this user."""
    article.refresh_from_db()
    request = RequestFactory().get(article.get_absolute_url())
    request.user = user or AnonymousUser()
    if user:
        request.COOKIES["sessionid"] = "theirs"
    context = Context({"request": request, "article": article, "csrf_token": "t0ken"})
    count, _, thread = Template(PAGE).render(context).partition("|")
    return int(count), thread


class Page(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.elements = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def by(self, name, value):
        return [attrs for _, attrs in self.elements if attrs.get(name) == value]

    def comments(self):
        return [
            attrs["id"]
            for tag, attrs in self.elements
            if tag == "article" and attrs["id"].startswith("comment-")
        ]


def test_readers_see_shown_comments_only(db):
    shown = make_shown_comment()
    for step in ["reject", "mark_spam", "withdraw"]:
        hidden = make_comment(article=shown.article, body=f"Hidden by {step}")
        getattr(hidden, step)()
    make_comment(article=shown.article, body="Hidden, waiting")
    count, html = shown_on_page(shown.article)
    assert count == 1
    assert Page(html).comments() == [f"comment-{shown.pk}"]
    assert shown.body in html
    assert "Hidden" not in html


def test_the_headings_can_be_linked_to(db):
    _, html = shown_on_page(make_shown_comment().article)
    headings = re.findall(r'<h2 id="([^"]+)">([^<]+)</h2>', html)
    assert headings == [("comments", "1 comment"), ("post-a-comment", "Post a Comment")]


def test_an_empty_conversation_invites(db):
    count, html = shown_on_page(make_visible_article())
    assert count == 0
    assert "No comments yet" in html
    assert 'href="#post-a-comment"' in html
    assert not Thread.objects.exists()


def test_an_answer_stands_under_its_root_and_quotes_whom_it_answers(db):
    root = make_shown_comment(name="Ana")
    reply = make_shown_comment(parent=root, name="Ben", body="B" * 200)
    make_shown_comment(parent=reply, name="Cleo")
    _, html = shown_on_page(root.article)
    assert html.count("comment__replies") == 1
    assert html.count("comment__answered") == 1
    assert f'To <a href="#comment-{reply.pk}"><bdi>Ben</bdi></a>' in html
    assert "B" * 79 + "…" in html


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ("withdraw", "Withdrawn by its author."),
        ("reject", "Removed by a moderator."),
    ],
)
def test_a_tombstone_has_a_place_and_no_words(db, step, words):
    root = make_shown_comment(name="Ana Ruiz", body="What was said.")
    make_shown_comment(parent=root)
    assert "What was said." in shown_on_page(root.article)[1]
    getattr(root, step)()
    _, html = shown_on_page(root.article)
    assert words in html
    assert f'id="comment-{root.pk}"' in html
    assert "What was said." not in html
    assert "Ana Ruiz" not in html


def test_the_email_address_stays_with_us(db):
    comment = make_shown_comment(email="secret@example.org")
    assert "secret@example.org" not in shown_on_page(comment.article)[1]


def test_names_and_words_are_text_and_nothing_else(db):
    attack = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>"
    root = make_shown_comment(name=attack, body=attack)
    make_shown_comment(parent=make_shown_comment(parent=root, name=attack))
    _, html = shown_on_page(root.article)
    page = Page(html)
    tags = {tag for tag, _ in page.elements}
    assert "img" not in tags
    ours = '<script type="module" src="/static/js/'
    assert html.count("<script") == html.count(ours)
    assert not any("onerror" in attrs for _, attrs in page.elements)
    assert html.count("&lt;script&gt;alert(1)") >= 3


def test_a_name_cannot_turn_the_line_it_stands_in(db):
    comment = make_shown_comment(name="\u202eroti\u2066dE")
    _, html = shown_on_page(comment.article)
    assert f'<bdi class="comment__name">{comment.name}</bdi>' in html


def test_a_closed_conversation_says_so_in_place_of_the_form(db):
    comment = make_shown_comment()
    Thread.objects.filter(article=comment.article).update(policy="closed")
    _, html = shown_on_page(comment.article)
    assert "This conversation is closed" in html
    assert comment.body in html
    assert "<form" not in html
    assert ">Reply<" not in html


def test_under_a_draft_nothing_can_be_said(db):
    _, html = shown_on_page(make_article())
    assert "<form" not in html
    assert "once the article is public" in html


def test_a_page_for_everybody_carries_no_token(db):
    article = make_visible_article()
    assert "t0ken" not in shown_on_page(article)[1]
    assert "t0ken" in shown_on_page(article, user=make_user())[1]


def test_the_form_asks_for_what_it_needs_and_says_what_becomes_of_it(db):
    article = make_visible_article()
    _, html = shown_on_page(article)
    page = Page(html)
    for name in ["name", "email", "body"]:
        [field] = page.by("name", name)
        assert page.by("for", field["id"])
        for described in field["aria-describedby"].split():
            assert page.by("id", described)
    assert f'action="/articles/{article.slug}/comments/"' in html
    assert 'href="/rules/"' in html
    assert 'name="preview"' in html


def test_no_person_gets_into_the_decoy(db):
    _, html = shown_on_page(make_visible_article())
    [decoy] = Page(html).by("name", "subject")
    assert decoy["tabindex"] == "-1"
    assert decoy["autocomplete"] == "off"
    assert re.search(r'<div class="decoy" aria-hidden="true">.*name="subject"', html)


def test_a_moderator_is_led_to_the_desk_and_others_are_not(db):
    comment = make_shown_comment()
    change = f"/admin/comments/comment/{comment.pk}/change/"
    moderator = make_user(role="Moderators")
    assert change in shown_on_page(comment.article, user=moderator)[1]
    assert "appears at once" in shown_on_page(comment.article, user=moderator)[1]
    for user in [None, make_user(), make_user(role="Writers")]:
        _, html = shown_on_page(comment.article, user=user)
        assert change not in html
        assert "appears at once" not in html


def test_what_the_newsroom_says_is_marked(db):
    comment = make_comment()
    comment.by = make_user(role="Moderators")
    comment.save()
    comment.approve()
    reader = make_shown_comment(article=comment.article)
    _, html = shown_on_page(comment.article)
    assert html.count("Newsroom staff") == 1
    assert html.index("Newsroom staff") < html.index(f"comment-{reader.pk}")


def test_four_queries_however_many_comments(db, django_assert_num_queries):
    article = make_visible_article()
    for _ in range(2):
        for _ in range(5):
            root = make_shown_comment(article=article)
            make_shown_comment(parent=make_shown_comment(parent=root))
        # The article loaded again by the test, the thread, the roots, the replies, the picks.
        with django_assert_num_queries(1 + 4):
            shown_on_page(article)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_neither_key_nor_screen_reader_nor_eye_finds_the_decoy(browser, live_server):
    article = make_visible_article()
    page = browser.new_page()
    page.goto(live_server.url + article.get_absolute_url())
    form = page.locator("form:has(textarea[name=body])")
    focused = []
    page.focus("#id_name")
    while page.evaluate("document.activeElement.closest('form')?.method") == "post":
        focused.append(page.evaluate("document.activeElement.name"))
        page.keyboard.press("Tab")
    assert focused == ["name", "email", "notify", "body", "", "", "preview"]
    assert "Comment" in form.aria_snapshot()
    assert "Leave this field empty" not in form.aria_snapshot()
    drawn = "e => e.parentElement.getBoundingClientRect().width"
    assert page.locator("#id_subject").evaluate(drawn) <= 1
    assert page.locator("#id_body").evaluate(drawn) > 100
    page.close()
