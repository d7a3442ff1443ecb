"""What the desk says before a step is taken: what will happen, and who links to the article."""

from dataclasses import dataclass, field

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.content.part_names import PART_NAMES
from articles.content.snapshots import differing_parts, snapshot_of
from articles.core.moments import moment_in_words
from articles.core.text.word_list import word_list
from articles.models.article_addresses import slug_of_title
from articles.publishing.inbound_links import linking_to


@dataclass(frozen=True)
class StepConsequences:
    """What will happen, in sentences, and the articles that link to this one."""

    sentences: list = field(default_factory=list)
    # None: the address does not change, so nobody looked for links.
    linking: list | None = None


def of_nothing(article):
    return StepConsequences()


def of_publishing(article):
    until = article.embargo_until
    if until and until > timezone.now():
        when = _(
            "It appears automatically on %(time)s, when its embargo ends, and not before."
        ) % {"time": moment_in_words(until)}
    elif first := article.first_published_at:
        when = _(
            "It appears again now, dated %(time)s, at its former place in lists and feeds."
        ) % {"time": moment_in_words(first)}
    else:
        when = _(
            "It appears now on the front page, in the feeds and on the pages of its tags."
        )
    return StepConsequences([when, _address(_slug_when_published(article))])


def of_scheduling(article):
    until = article.embargo_until
    sentences = [
        _("It appears automatically at the time you enter here."),
        _address(_slug_when_published(article)),
    ]
    if until and until > timezone.now():
        sentences.append(
            _(
                "Its embargo ends on %(time)s; if you enter an earlier time, it appears then."
            )
            % {"time": moment_in_words(until)}
        )
    return StepConsequences(sentences)


def of_changes(article):
    content = article.working_content()
    changed = differing_parts(content, snapshot_of(article))
    parts = {"parts": word_list(PART_NAMES[part].label for part in changed)}
    sentences = [_("Readers will see changes in: %(parts)s.") % parts]
    if article.is_scheduled:
        sentences = [_("Changed before the article appears: %(parts)s.") % parts]
    if earlier := article.revisions.scheduled().for_listing().first():
        sentences.append(
            _("This replaces the changes that were scheduled for %(time)s.")
            % {"time": moment_in_words(earlier.publish_at)}
        )
    if "slug" not in changed:
        return StepConsequences(sentences)
    sentences += [
        _address(content["slug"]),
        _("The old address redirects there."),
    ]
    return StepConsequences(sentences, linking_to(article))


def of_scheduling_changes(article):
    changes = of_changes(article)
    when = _(
        "They are published automatically at the time you enter here. Until then, readers see no change."
    )
    return StepConsequences([when, *changes.sentences], changes.linking)


def of_withdrawing(article):
    return StepConsequences(linking=linking_to(article))


def _slug_when_published(article):
    if article.has_provisional_slug:
        return slug_of_title(article, article.title, article.language)
    return article.working_content()["slug"]


def _address(slug):
    return _("Its address: %(address)s") % {
        "address": f"{settings.SITE_URL}/articles/{slug}/"
    }
