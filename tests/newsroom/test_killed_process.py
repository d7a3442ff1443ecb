"""What is left after the process that publishes was killed, as in a power failure."""

import json
import signal

BEGIN = """
import django; django.setup()
import os, signal
from articles.publishing import actions
from articles.models import Article, Step

def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)
"""

LEFT = """
import json
from articles.models import Article, Revision, Step
print(json.dumps({
    "visible": list(Article.objects.visible().values_list("title", flat=True)),
    "status": Article.objects.get().status,
    "title": Article.objects.get().title,
    "tags": [tag.name for tag in Article.objects.get().tags.all()],
    "steps": list(Step.objects.values_list("what", flat=True)),
    "published": Revision.objects.published().count(),
    "addresses": Article.objects.get().addresses.count(),
}))
"""


def killed(site, code):
    run = site.python(BEGIN + code)
    assert run.returncode == -signal.SIGKILL, run.stderr
    return json.loads(site.shell(LEFT))


def test_a_process_that_is_killed_while_it_publishes_leaves_a_draft(ready_site):
    left = killed(
        ready_site,
        """
article = Article.objects.create(title="Harbour", body="<p>Words.</p>")
actions.save(article, {"tags": ["Sea"]}, began_from=article.keep_revision().pk)
# The row says “published” by now, and its address is taken: the record comes after.
Step.objects.create = die
actions.publish(article)
""",
    )
    assert left == {
        "visible": [],
        "status": "draft",
        "title": "Harbour",
        "tags": ["Sea"],
        "steps": [],
        "published": 0,
        "addresses": 0,
    }


def test_changes_of_a_live_article_go_live_whole_or_not_at_all(ready_site):
    left = killed(
        ready_site,
        """
article = Article.objects.create(title="Before", body="<p>Words.</p>")
actions.publish(article)
actions.save(
    article, {"title": "After", "tags": ["Sea"]}, began_from=article.working_copy.pk
)
# Title, text and tags are written by now; the record and the commit come after.
Article.note_pictures = die
actions.publish_changes(article)
""",
    )
    assert left["visible"] == ["Before"]
    assert (left["title"], left["tags"], left["steps"]) == ("Before", [], ["publish"])
    assert left["published"] == 1


def test_after_that_the_next_press_publishes(ready_site):
    killed(
        ready_site,
        """
article = Article.objects.create(title="Harbour", body="<p>Words.</p>")
Step.objects.create = die
actions.publish(article)
""",
    )
    ready_site.shell(
        "from articles.publishing import actions; from articles.models import Article; "
        "actions.publish(Article.objects.get())"
    )
    assert json.loads(ready_site.shell(LEFT))["visible"] == ["Harbour"]
