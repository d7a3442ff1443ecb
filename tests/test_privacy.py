"""What no table may hold, searched in every column of every table, so that new ones count, too."""

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from comments.models import (
    Appeal,
    Comment,
    Commenter,
    FeatureCount,
    Mailbox,
    PendingMail,
    Report,
    Training,
)
from comments.moderation.reputation import confirm_mailbox
from comments.security.tokens import data_address, private_address
from tests.comments.views.sending import WORDS, address_of_thread
from tests.factories import DAY, make_comment, make_user, make_visible_article

ADDRESS, BROWSER = "203.0.113.77", "Browserosaurus"


def tables_with(*words):
    """The tables and columns, of any type, that contain one of the words."""
    found = set()
    models = [*apps.get_app_config("comments").get_models(), LogEntry]
    with connection.cursor() as cursor:
        for model in models:
            for field in model._meta.concrete_fields:
                table, column = model._meta.db_table, field.column
                quoted = map(connection.ops.quote_name, [column, table])
                cursor.execute("SELECT {} FROM {}".format(*quoted))
                if any(_holds(value, words) for (value,) in cursor.fetchall()):
                    found.add((table, column))
    return found


def _holds(value, words):
    kept = bytes(value) if isinstance(value, memoryview) else value
    return any(word.lower() in str(kept).lower() for word in words)


@pytest.fixture
def reader():
    return Client(REMOTE_ADDR=ADDRESS, headers={"User-Agent": f"{BROWSER}/1.0"})


def press(client, comment, button, **words):
    answer = client.post(private_address(comment), words | {button: "1"})
    assert answer.status_code == 303
    return answer


def test_no_table_keeps_where_a_reader_came_from_or_with_what(db, reader):
    article = make_visible_article()
    answer = reader.post(address_of_thread(article), WORDS)
    assert answer.status_code == 303
    comment = Comment.objects.get()
    press(reader, comment, "edit", body="Other words.")
    press(reader, comment, "notify")
    comment.refresh_from_db()
    comment.reject(by=make_user(), reason="abuse")
    press(reader, comment, "appeal", message="Look again.")
    reader.post("/comments/data/", {"email": WORDS["email"]})
    assert Appeal.objects.exists()
    assert Comment.objects.get().network
    assert tables_with(ADDRESS, ADDRESS.rpartition(".")[0], BROWSER) == set()


def test_an_erased_comment_is_in_no_table_any_more(db, client):
    """The data that a comment's author, or a report, can leave behind all hold the word first."""
    word, address = "Rumpelstilzchen", "rumpel@stilzchen.example"
    moderator = make_user(role="Moderators")
    comment = make_comment(name=word, body=f"{word}.", email=address, notify=True)
    comment.edit(f"{word}!")
    comment.approve(by=moderator)
    Report.objects.create(comment=comment, reason="abuse", sentence=f"“{word}”")
    comment.signals.create(text_revision=1, rule="x", words=word)
    desk = Client()
    desk.force_login(moderator)
    desk.post(
        reverse("admin:comments_comment_change", args=[comment.pk]),
        {"step": "reject", "seen": comment.version, "reason": "spam"},
    )
    comment.refresh_from_db()
    assert comment.status == "rejected"
    press(client, comment, "appeal", message=f"I am {word}.")
    mailbox = Mailbox.objects.of(address)
    PendingMail.objects.create(kind="reply", mailbox=mailbox, comment=comment)
    confirm_mailbox(mailbox, comment)
    person = Commenter.objects.get()
    person.notes.create(text=f"{word} again.", by=moderator, by_name="Ana")
    until = timezone.now() + DAY
    person.mute(until=until, reason=f"As {word}.", by=moderator)
    held = {table for table, _ in tables_with(word, address)}
    assert held >= {
        "comments_comment",
        "comments_training",
        "comments_featurecount",
        "comments_textrevision",
        "comments_appeal",
        "comments_report",
        "comments_signal",
        "comments_mailbox",
        "comments_mute",
        "comments_note",
    }
    answer = client.post(data_address(mailbox), {"erase": "on"})
    assert answer.status_code == 200
    assert tables_with(word, address) == set()
    # No fragments of it remain either.
    assert not FeatureCount.objects.exists()
    assert not Training.objects.exists()
    assert not PendingMail.objects.exists()
    assert not Commenter.objects.exists()
