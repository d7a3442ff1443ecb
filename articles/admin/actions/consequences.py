"""What the desk says before a step is taken: what will happen, and who links to the article."""

from dataclasses import dataclass, field

from django.conf import settings
from django.utils import timezone

from articles.content.part_names import PART_NAMES
from articles.content.snapshots import differing_parts, snapshot_of
from articles.core.moments import moment_in_words
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
        when = f"It appears by itself on {moment_in_words(until)}, when its embargo ends, and not before."
    else:
        when = "This puts it on the front page, in the feeds and on the pages of its tags now."
    return StepConsequences([when, _address(article.working_content()["slug"])])


def of_scheduling(article):
    until = article.embargo_until
    sentences = [
        "It appears by itself at the time you give here.",
        _address(article.working_content()["slug"]),
    ]
    if until and until > timezone.now():
        sentences.append(
            f"Its embargo ends on {moment_in_words(until)}; an earlier time counts as that."
        )
    return StepConsequences(sentences)


def of_changes(article):
    content = article.working_content()
    changed = differing_parts(content, snapshot_of(article))
    parts = ", ".join(PART_NAMES[part].in_sentence for part in changed)
    sentences = [f"Readers will see this changed: {parts}."]
    if article.is_scheduled:
        sentences = [f"This will be changed before it appears: {parts}."]
    if earlier := article.revisions.scheduled().for_listing().first():
        sentences.append(
            f"What was to go live by itself on {moment_in_words(earlier.publish_at)} does not any more: this takes its place."
        )
    if "slug" not in changed:
        return StepConsequences(sentences)
    sentences += [_address(content["slug"]), "The address until now leads there."]
    return StepConsequences(sentences, linking_to(article))


def of_scheduling_changes(article):
    changes = of_changes(article)
    when = "They go live by themselves at the time you give here. Until then readers see what they see now."
    return StepConsequences([when, *changes.sentences], changes.linking)


def of_withdrawing(article):
    return StepConsequences(linking=linking_to(article))


def _address(slug):
    return f"Its address is {settings.SITE_URL}/articles/{slug}/."
