"""After restoring an older database, keys are assigned again; no link opens a stranger's row."""

import json
import os
import shutil

import pytest

pytestmark = pytest.mark.skipif(
    "DATABASE_URL" in os.environ,
    reason="copies a file; what the rows do on both databases is in comments/test_tokens.py",
)

# Posts a comment, reports an error, and opens some addresses; as JSON.
VISIT = """
import json, sys
import django; django.setup()
from django.conf import settings
settings.ALLOWED_HOSTS = ["testserver"]
from django.test import Client
from articles.models import Article
from comments.models import Comment, Mailbox
from comments.security.tokens import browser_token, confirm_address, data_address, stop_address
word, links, browser = json.loads(sys.argv[1])
article = Article.objects.first() or Article(title="A", body="<p>B</p>")
if article.pk is None:
    article.save()
    article.publish()
client = Client()
opened = {}
for name, address in links.items():
    pages = [client.get(address), client.post(address, {"withdraw": 1, "download": 1, "answer": "yes", "mails": "all"})]
    opened[name] = [[page.status_code, page.content.decode()] for page in pages]
words = {"name": word, "email": f"{word}@example.org", "notify": "on", "body": word, "browser": browser}
page = article.get_absolute_url()
sent = client.post(f"{page}comments/", words)
told = client.post(f"{page}report-error/", {"text": f"{word} is wrong."})
comment = Comment.objects.latest("pk")
mailbox = Mailbox.objects.of(comment.email)
print(json.dumps({
    "opened": opened,
    "numbers": [comment.pk, mailbox.pk],
    "person": comment.commenter_id,
    "browser": browser_token(comment),
    "links": {
        "private page": sent["Location"],
        "correction request": told["Location"],
        "confirm": confirm_address(mailbox, comment),
        "data": data_address(mailbox),
        "stop all": stop_address(mailbox),
        "stop one": stop_address(mailbox, comment),
    },
}))
"""


def visit(site, word, links, browser=""):
    run = site.python(
        f"import sys; sys.argv.append({json.dumps(json.dumps([word, links, browser]))})\n{VISIT}"
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout.splitlines()[-1])


def test_no_link_of_before_opens_anything_of_those_who_came_after(ready_site):
    database = ready_site.folder / "newsroom.sqlite3"
    copy = ready_site.folder / "copy.sqlite3"
    shutil.copy(database, copy)
    first = visit(ready_site, "Prudence", {})
    shutil.copy(copy, database)
    second = visit(ready_site, "Rumpel", {})
    assert second["numbers"] == first["numbers"]
    own = {"own": second["links"]["private page"]}
    third = visit(ready_site, "Third", first["links"] | own, first["browser"])
    [[status, page], _] = third["opened"].pop("own")
    assert status == 200
    # The buttons of the others' links had no effect on it.
    assert "is waiting for a moderator" in page
    assert "Rumpel" in page
    for name, pages in third["opened"].items():
        assert pages[0][0] == 404, name
        assert pages[1][0] in {404, 405}, name
        assert "rumpel" not in str(pages).lower(), name
    assert third["person"] is None
