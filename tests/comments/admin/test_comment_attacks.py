"""Whatever people write is shown as text, in the list and on the form."""

import json
from html.parser import HTMLParser

import pytest
from django.urls import reverse

from comments.admin import CommentAdmin
from comments.admin.columns import excerpt
from comments.models import Appeal, Comment
from comments.text.html import kept_line, kept_text
from tests.factories import make_comment, make_user, make_visible_article

# The elements that our own cells consist of.
OUR_TAGS = {"tr", "th", "td", "a", "bdi", "div", "span", "time", "input"}


class Part(HTMLParser):
    """Collects tags and attributes inside the element with this id or class, and some texts."""

    def __init__(self, inside, *, texts=()):
        super().__init__()
        self.inside, self.wanted = inside, texts
        self.depth, self.open = 0, []
        self.tags, self.attributes, self.texts = set(), set(), []

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        names = {values.get("id"), *(values.get("class") or "").split()}
        if self.inside in names and not self.open:
            self.open = [tag]
        elif self.open:
            self.tags.add(tag)
            self.attributes |= set(values)
            if tag in {"input", "br", "img"}:
                return
            self.open.append(tag)
            if names & set(self.wanted) or tag in self.wanted:
                self.texts.append("")
                self.depth = len(self.open)

    def handle_endtag(self, tag):
        if self.open and tag == self.open[-1]:
            self.open.pop()
            if len(self.open) < self.depth:
                self.depth = 0

    def handle_data(self, text):
        if self.depth:
            self.texts[-1] += text


def part(page, inside, texts):
    parser = Part(inside, texts=texts)
    parser.feed(page.text)
    return parser


@pytest.fixture
def attacks(samples):
    """Each line as the comment form would store it."""
    lines = (samples / "xss/xss-payload-list.txt").read_text().splitlines()
    lines += json.loads((samples / "unicode/blns.json").read_text())
    return [line for line in map(kept_text, lines) if line.strip()]


def packed(lines, length):
    """The lines joined into fewer texts, none longer than this unless a single line is."""
    texts = [""]
    for line in lines:
        if len(texts[-1]) + len(line) >= length:
            texts.append("")
        texts[-1] += f"{line}\n"
    return [text.strip() for text in texts if text.strip()]


def name_from(text):
    return kept_line(text)[:80].strip() or "-"


def test_no_attack_becomes_anything_but_text_in_the_list(
    client, moderator, attacks, monkeypatch
):
    bodies = packed(attacks, 600)
    monkeypatch.setattr(CommentAdmin, "list_per_page", len(bodies))
    article = make_visible_article()
    Comment.objects.bulk_create(
        Comment(article=article, name=name_from(body), body=body) for body in bodies
    )
    page = client.get(reverse("admin:comments_comment_changelist"))
    shown = part(page, "result_list", texts=["words"])
    assert shown.tags <= OUR_TAGS | {"thead", "tbody"}
    assert not {name for name in shown.attributes if name.startswith("on")}
    assert shown.texts == [excerpt(body, 600) for body in bodies]
    names = part(page, "result_list", texts=["bdi"])
    assert names.texts == [name_from(body) for body in bodies]


def test_no_attack_becomes_anything_but_text_on_the_form(client, moderator, attacks):
    for body in packed(attacks, 5000):
        parent = make_comment(name=name_from(body[2000:]), body=body[:500])
        comment = make_comment(parent=parent, name=name_from(body), body=body)
        page = client.get(reverse("admin:comments_comment_change", args=[comment.pk]))
        shown = part(page, "said", texts=["words"])
        assert shown.tags <= OUR_TAGS | {"p", "h2", "blockquote"}
        assert not {name for name in shown.attributes if name.startswith("on")}
        assert shown.texts[-1] == body


def test_no_attack_in_a_note_or_an_answer_gets_out_of_its_field(client, moderator):
    comment = make_comment()
    attack = "</textarea><script>alert(1)</script>"
    page = client.post(
        reverse("admin:comments_comment_change", args=[comment.pk]),
        {"step": "approve", "seen": 1, "note": attack, "answer": attack},
    )
    assert page.status_code == 422
    assert attack not in page.text
    assert page.text.count("&lt;/textarea&gt;&lt;script&gt;alert(1)") == 2


def test_no_attack_becomes_anything_but_text_in_a_message(client, moderator):
    comment = make_comment(name="<b>x</b>", body="<script>alert(1)</script>")
    address = reverse("admin:comments_comment_change", args=[comment.pk])
    page = client.post(address, {"step": "approve", "seen": 1}, follow=True)
    assert "&lt;b&gt;x&lt;/b&gt;" in page.text
    assert "<b>x</b>" not in page.text
    assert "<script>alert" not in page.text


def test_no_attack_in_what_was_said_of_a_comment_becomes_anything_but_text(
    client, moderator
):
    attack = '</details></div><script>alert(1)</script><img src=x onerror="alert(1)">'
    comment = make_comment(body=attack)
    comment.edit("Harmless.")
    comment.reject()
    staff = make_user(role="Editors", first_name=attack[:150], password=None)
    comment.reports.create(reason="abuse", sentence=attack, by=staff)
    comment.signals.create(text_revision=1, rule=attack[:40])
    comment.signals.create(text_revision=1, rule="look_alike_staff", words=attack)
    Appeal.objects.create(comment=comment, message=attack)
    Comment.objects.filter(pk=comment.pk).update(open_reports=1)
    page = client.get(reverse("admin:comments_comment_change", args=[comment.pk]))
    assert page.text.count("&lt;script&gt;alert(1)") >= 4
    assert "<script>alert" not in page.text
    assert "<img src=x" not in page.text
    shown = part(page, "moderation__screen", texts=["words"])
    assert shown.texts.count(attack) == 3
    assert not {name for name in shown.attributes if name.startswith("on")}
