"""
The steps of an article at the desk: buttons on the form, and actions in the list.

The model says what a step does and when it may be taken, and articles.admin.actions.forms
what is asked before. This module says who may press the button and when it is shown.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from articles.admin.actions import consequences
from articles.admin.actions.forms import (
    AddPeopleForm,
    AddTagsForm,
    CorrectForm,
    LiftEmbargoForm,
    PublishChangesForm,
    PublishNowForm,
    RedateForm,
    ReturnForm,
    ScheduleChangesForm,
    ScheduleForm,
    StepForm,
    WithdrawForm,
    seen_of,
)
from articles.models import Article, Revision
from articles.publishing.actions import (
    change_byline,
    change_tags,
    correct,
    publish,
    publish_changes,
    return_to_writer,
    schedule_changes,
    unschedule_changes,
)


@dataclass(frozen=True)
class DeskStep:
    """One step: its words, the form before it, and the method that takes it."""

    name: str
    label: str
    take: Callable
    # The message after the step; empty: the status that the article has then.
    done: str = ""
    # The form on a page of its own; None when the button alone is enough.
    form: type[StepForm] | None = None
    question: str = ""
    # Filled in with `number`.
    question_for_many: str = ""
    explanation: str = ""
    # The initial values of the form, from the article.
    initial: Callable = lambda article: {}
    # What the page says beforehand about one article.
    outlook: Callable = consequences.of_nothing
    # Whether everybody who may edit the article may take it, or editors only.
    for_writers: bool = False
    # Whether it can be taken as a bulk action.
    for_many: bool = True
    main: bool = False
    dangerous: bool = False

    def form_for(self, articles, data=None, **initial):
        """The form; for a single article, filled in with what is known of it."""
        if len(articles) == 1:
            initial = self.initial(articles[0]) | initial
        return self.form(data, initial=initial, articles=articles)

    @property
    def asks(self):
        """Whether the step has a form. A template would call `form` itself."""
        return self.form is not None

    def done_to(self, article):
        """The message after the step was taken."""
        return (self.done or _NOW[article.standing]) % {"article": article}

    def refusal_of(self, user, article):
        """Why the user cannot take the step on this article in bulk; empty when they can."""
        if not self.allowed(user, article):
            return not_yours(self, article)
        known = any(self.name in names for names in _SHOWN.values())
        if known and self.name not in _SHOWN[article.standing]:
            return not_from_here(self, article)
        return ""

    def question_about(self, articles):
        """The question that the page asks, about one article or several."""
        if len(articles) == 1:
            return self.question % {"article": articles[0]}
        return self.question_for_many % {"number": len(articles)}

    def allowed(self, user, article=None):
        """Whether the user may take this step: on this article, or on any article."""
        if not self.for_writers:
            return user.has_perm("articles.publish_article")
        if article is None:
            return user.has_perm("articles.change_article")
        return article.editable_by(user)


def _as_seen(step):
    """
    The step, taken only if the revision on the screen is still the newest.

    Without `seen` the form did not say which revision that was, and nothing is compared.
    """

    def take(article, *, seen=None, **how):
        revision = None if seen is None else Revision(pk=seen)
        step(article, revision=revision, **how)

    return take


IN_THE_WORKING_COPY = _(
    "Each article gets a new version in its history. Readers see the change in a published "
    "article when its changes are published."
)

# After a step that changes the status, by the standing that the article has then.
_NOW = {
    "draft": _("“%(article)s” is a draft again."),
    "in_review": _("“%(article)s” is now in review."),
    "scheduled": _("“%(article)s” is now scheduled."),
    "published": _("“%(article)s” is now published."),
    "withdrawn": _("“%(article)s” is now withdrawn."),
}

ARTICLE_STEPS = {
    step.name: step
    for step in [
        DeskStep(
            "submit",
            _("Submit for review"),
            Article.submit,
            for_writers=True,
        ),
        DeskStep(
            "publish",
            _("Publish"),
            _as_seen(publish),
            form=PublishNowForm,
            question=_("Publish “%(article)s”?"),
            question_for_many=ngettext_lazy(
                "Publish %(number)d article?", "Publish %(number)d articles?", "number"
            ),
            explanation=_(
                "Readers will see it at once, on the front page, in the feeds and at its own address. "
                "If an embargo is in force, they will see it when the embargo ends."
            ),
            initial=seen_of,
            outlook=consequences.of_publishing,
            main=True,
        ),
        DeskStep(
            "schedule",
            _("Schedule"),
            _as_seen(publish),
            form=ScheduleForm,
            question=_("When should “%(article)s” appear?"),
            question_for_many=ngettext_lazy(
                "When should %(number)d article appear?",
                "When should %(number)d articles appear?",
                "number",
            ),
            explanation=_(
                "It appears automatically at that time, but not before an embargo ends."
            ),
            initial=seen_of,
            outlook=consequences.of_scheduling,
        ),
        DeskStep(
            "changes",
            _("Publish changes"),
            _as_seen(publish_changes),
            done=_("The changes of “%(article)s” are published."),
            form=PublishChangesForm,
            question=_("Publish the changes of “%(article)s”?"),
            initial=seen_of,
            outlook=consequences.of_changes,
            for_many=False,
            main=True,
        ),
        DeskStep(
            "schedule_changes",
            _("Schedule changes"),
            _as_seen(schedule_changes),
            done=_("The changes of “%(article)s” are scheduled."),
            form=ScheduleChangesForm,
            question=_("When should the changes of “%(article)s” be published?"),
            initial=seen_of,
            outlook=consequences.of_scheduling_changes,
            for_many=False,
        ),
        DeskStep(
            "unschedule_changes",
            _("Cancel scheduled changes"),
            unschedule_changes,
            done=_(
                "The changes of “%(article)s” are no longer scheduled. They are kept, unpublished."
            ),
            for_many=False,
        ),
        DeskStep(
            "correct",
            _("Publish a correction"),
            correct,
            done=_("The correction of “%(article)s” is published."),
            form=CorrectForm,
            question=_("Publish a correction of “%(article)s”?"),
            explanation=_(
                "It appears at the end of the article and on the page of corrections. "
                "It can be neither changed nor removed later. Correct the text of the article first."
            ),
            for_many=False,
        ),
        DeskStep(
            "redate",
            _("Change the date"),
            lambda article, at, by: article.redate(at, by=by),
            done=_("The date of “%(article)s” is changed."),
            form=RedateForm,
            question=_("Which date should “%(article)s” have?"),
            question_for_many=ngettext_lazy(
                "Which date should %(number)d article have?",
                "Which date should %(number)d articles have?",
                "number",
            ),
            explanation=_(
                "A scheduled article appears at the new time, or at once if that time is past. "
                "An article that readers can see stays visible."
            ),
            initial=lambda article: {"at": article.published_at},
        ),
        DeskStep(
            "lift",
            _("Lift the embargo"),
            Article.lift_embargo,
            done=_("The embargo of “%(article)s” is changed."),
            form=LiftEmbargoForm,
            question=_("Lift the embargo of “%(article)s”?"),
            explanation=_(
                "The reason is recorded. A scheduled article keeps its date: "
                "change the date afterwards to let it appear earlier."
            ),
            for_many=False,
        ),
        DeskStep(
            "top",
            _("Put on top"),
            Article.put_on_top,
            done=_("“%(article)s” is on top of the front page."),
        ),
        DeskStep(
            "off_top",
            _("Take off top"),
            Article.take_off_top,
            done=_("“%(article)s” is no longer on top of the front page."),
        ),
        DeskStep(
            "return",
            _("Return to draft"),
            return_to_writer,
            form=ReturnForm,
            question=_("Return “%(article)s” to draft?"),
            question_for_many=ngettext_lazy(
                "Return %(number)d article to draft?",
                "Return %(number)d articles to draft?",
                "number",
            ),
            explanation=_(
                "The writer can work on it again. A scheduled article will not appear, "
                "and its scheduled changes are kept unpublished."
            ),
        ),
        DeskStep(
            "tag",
            _("Add tags"),
            change_tags,
            done=_("The tags are added to “%(article)s”."),
            form=AddTagsForm,
            question=_("Which tags should be added to “%(article)s”?"),
            question_for_many=ngettext_lazy(
                "Which tags should be added to %(number)d article?",
                "Which tags should be added to %(number)d articles?",
                "number",
            ),
            explanation=IN_THE_WORKING_COPY,
            for_writers=True,
        ),
        DeskStep(
            "untag",
            _("Remove tags"),
            lambda article, **how: change_tags(article, remove=True, **how),
            done=_("The tags are removed from “%(article)s”."),
            form=AddTagsForm,
            question=_("Which tags should be removed from “%(article)s”?"),
            question_for_many=ngettext_lazy(
                "Which tags should be removed from %(number)d article?",
                "Which tags should be removed from %(number)d articles?",
                "number",
            ),
            explanation=IN_THE_WORKING_COPY,
            for_writers=True,
        ),
        DeskStep(
            "sign",
            _("Change the byline"),
            change_byline,
            done=_("The byline of “%(article)s” is changed."),
            form=AddPeopleForm,
            question=_("Who should be in the byline of “%(article)s”?"),
            question_for_many=ngettext_lazy(
                "Who should be in the byline of %(number)d article?",
                "Who should be in the byline of %(number)d articles?",
                "number",
            ),
            explanation=IN_THE_WORKING_COPY,
            for_writers=True,
        ),
        DeskStep(
            "withdraw",
            _("Withdraw"),
            Article.withdraw,
            form=WithdrawForm,
            question=_("Withdraw “%(article)s”?"),
            question_for_many=ngettext_lazy(
                "Withdraw %(number)d article?",
                "Withdraw %(number)d articles?",
                "number",
            ),
            explanation=_(
                "It disappears from every page, feed and sitemap at once, together with its comments. "
                "Its scheduled changes are kept unpublished."
            ),
            outlook=consequences.of_withdrawing,
            dangerous=True,
        ),
    ]
}

_CHANGES = ["changes", "schedule_changes", "unschedule_changes"]

# In the order of the buttons: the main one first, the dangerous one last.
_SHOWN = {
    "draft": ["publish", "submit", "schedule", "lift"],
    "in_review": ["publish", "schedule", "return", "lift"],
    "scheduled": [*_CHANGES, "redate", "return", "lift"],
    "published": [*_CHANGES, "correct", "redate", "top", "off_top", "withdraw"],
    "withdrawn": ["publish", "schedule", "return", "lift"],
}


def steps_for(article, user):
    """The steps that the user can take on the article now; on an unsaved one, those of a draft."""
    standing = article.standing if article else "draft"
    shown = [ARTICLE_STEPS[name] for name in _SHOWN[standing]]
    if article and standing == "published":
        shown.remove(ARTICLE_STEPS["top" if article.on_top else "off_top"])
    if ARTICLE_STEPS["lift"] in shown and not (article and article.is_under_embargo):
        shown.remove(ARTICLE_STEPS["lift"])
    if ARTICLE_STEPS["changes"] in shown:
        shown = [step for step in shown if step.name not in _no_change_for(article)]
    return [step for step in shown if step.allowed(user, article)]


def buttons_for(article, user):
    """
    The steps with a button on the form.

    Those of `steps_for`, and publishing the changes that the user is about to type.
    """
    shown, changes = steps_for(article, user), ARTICLE_STEPS["changes"]
    if article and article.keeps_changes_apart and not article.is_withdrawn:
        first = [changes] if changes.allowed(user, article) else []
        shown = [*first, *(step for step in shown if step != changes)]
    return shown


def _no_change_for(article):
    """The steps about changes that cannot be taken, because there are none or none is scheduled."""
    waiting = ["changes", "schedule_changes"]
    without = [] if article.has_unpublished_changes else waiting
    if not article.revisions.scheduled().exists():
        without = [*without, "unschedule_changes"]
    return without


def not_yours(step, article):
    return gettext("You do not have permission for “%(step)s” on “%(article)s”.") % {
        "step": step.label,
        "article": article,
    }


def not_from_here(step, article):
    if step.name == "changes" and article.status == Article.Status.PUBLISHED:
        return gettext("“%(article)s” has no unpublished changes.") % {
            "article": article
        }
    return gettext(
        "“%(step)s” is not possible for “%(article)s”. Its status: %(status)s."
    ) % {
        "step": step.label,
        "article": article,
        "status": article.status_in_words,
    }
