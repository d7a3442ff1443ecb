"""What the tests of the desk send and read."""

import re

from django.contrib.messages import get_messages
from django.core.exceptions import ValidationError
from django.urls import reverse

from articles.admin.article.fields import NamesField
from articles.content.bylines import read_credits

LIST = reverse("admin:articles_article_changelist")
ADD = reverse("admin:articles_article_add")

# The checkbox that publishes in spite of warnings.
ANYWAY = {"anyway": "on"}
# A time to schedule for, as the form sends it.
IN_2999 = {"at_0": "2999-01-01", "at_1": "10:00"}


def form_of(article):
    return reverse("admin:articles_article_change", args=[article.pk])


def typed(article=None, **fields):
    """
    The form's data as a browser sends them, with these fields changed.

    New tags and authors are confirmed, unless the test sends `tags_create` or `signed_by_create`.
    """
    data = {
        "title": "A title",
        "standfirst": "",
        "body": "<p>Words.</p>",
        "signed_by": "",
        "tags": "",
        "slug": "",
        "language": "en",
        "embargo_until_0": "",
        "embargo_until_1": "",
        "thread-TOTAL_FORMS": "0",
        "thread-INITIAL_FORMS": "0",
    }
    if article is not None:
        data |= {
            "title": article.title,
            "standfirst": article.standfirst,
            "body": article.body,
            "slug": article.slug,
            "language": article.language,
            "signed_by": ", ".join(person.name for person in article.people),
            "tags": ", ".join(tag.name for tag in article.tags.all()),
        }
    data |= fields
    for name in ["tags", "signed_by"]:
        data.setdefault(f"{name}_create", confirmed(data[name]))
    return data


def confirmed(line):
    """All names in a line of names, as their checkboxes send them."""
    try:
        names = NamesField(longest=1000, of="tag").clean(line)
    except ValidationError:
        return []
    return [*names, *(credit.name for credit in read_credits(names))]


def said(response):
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


def step_of(article, name):
    return reverse("admin:articles_article_step", args=[article.pk, name])


def buttons(page):
    return [step.name for step in page.context["steps"]]


def act(client, name, *articles, **answers):
    return client.post(
        LIST,
        {
            "action": f"{name}_articles",
            "_selected_action": [article.pk for article in articles],
        }
        | answers,
    )


def settle(page):
    """
    Waits until the editor has read where the caret is.

    It sets the caret back 20 ms after it gets the focus, and reads a move from an event;
    a timer of the page that starts later and runs longer ends after both.
    """
    page.evaluate("() => new Promise(done => setTimeout(done, 100))")


def place_caret(page, key, at=None):
    """Clicks into the editor or a part of it, and presses a key that moves the caret."""
    (at or page.get_by_role("textbox", name="Body", exact=True)).click()
    settle(page)
    page.keyboard.press(key)
    settle(page)


def save(page):
    """Saves the form of an article in place, and waits until it is saved."""
    page.get_by_role("button", name="Save", exact=True).click()
    wait_until_saved(page)


def wait_until_saved(page):
    page.locator(".editing__state", has_text=re.compile(r"^Saved\.")).wait_for()
