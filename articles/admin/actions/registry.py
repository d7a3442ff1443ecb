"""
The steps of an article at the desk: buttons on the form, and actions in the list.

The model says what a step does and when it may be taken, and articles.admin.actions.forms
what is asked before. This module says who may press the button and when it is shown.
"""

from collections.abc import Callable
from dataclasses import dataclass

from articles.admin.actions import consequences
from articles.admin.actions.forms import (
    AddPeopleForm,
    AddTagsForm,
    CorrectForm,
    LiftEmbargoForm,
    PublishChangesForm,
    PublishForm,
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
    done: str
    take: Callable
    # The form on a page of its own; None when the button alone is enough.
    form: type[StepForm] | None = None
    question: str = ""
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
        done = self.done.format(status=article.status_in_words.lower())
        return f"“{article}” {done}."

    def refusal_of(self, user, article):
        """Why the user cannot take the step on this article in bulk; empty when they can."""
        if not self.allowed(user, article):
            return not_yours(self, article)
        known = any(self.name in names for names in _SHOWN.values())
        if known and self.name not in _SHOWN[article.status_in_words]:
            return not_from_here(self, article)
        return ""

    def question_about(self, articles):
        """The question of the page, for one article or for many."""
        what = f"“{articles[0]}”" if len(articles) == 1 else f"{len(articles)} articles"
        return self.question.format(what)

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


IN_THE_WORKING_COPY = (
    "Each gets a new version in its history. What readers see of an article on the site "
    "changes when somebody publishes its changes."
)

ARTICLE_STEPS = {
    step.name: step
    for step in [
        DeskStep(
            "submit",
            "Submit for review",
            "is now {status}",
            Article.submit,
            for_writers=True,
        ),
        DeskStep(
            "publish",
            "Publish",
            "is now {status}",
            _as_seen(publish),
            PublishForm,
            "Publish {}?",
            "Readers will see it at once, on the front page, in the feeds and at its own address. "
            "Where an embargo is still to end, they will see it when it ends.",
            initial=seen_of,
            outlook=consequences.of_publishing,
            main=True,
        ),
        DeskStep(
            "schedule",
            "Schedule",
            "is now {status}",
            _as_seen(publish),
            ScheduleForm,
            "When should {} appear?",
            "It appears by itself at that time, and not before an embargo ends.",
            initial=seen_of,
            outlook=consequences.of_scheduling,
        ),
        DeskStep(
            "changes",
            "Publish changes",
            "shows readers what you see here",
            _as_seen(publish_changes),
            PublishChangesForm,
            "Publish the changes of {}?",
            initial=seen_of,
            outlook=consequences.of_changes,
            for_many=False,
            main=True,
        ),
        DeskStep(
            "schedule_changes",
            "Publish changes at a time",
            "shows readers what you see here from that time on",
            _as_seen(schedule_changes),
            ScheduleChangesForm,
            "When should the changes of {} go live?",
            initial=seen_of,
            outlook=consequences.of_scheduling_changes,
            for_many=False,
        ),
        DeskStep(
            "unschedule_changes",
            "Take changes off the schedule",
            "keeps its changes at the desk until somebody publishes them",
            unschedule_changes,
            for_many=False,
        ),
        DeskStep(
            "correct",
            "Publish a correction",
            "has a new correction",
            correct,
            CorrectForm,
            "Publish a correction of {}?",
            "It stands at the end of the article and on the page of corrections, for good: "
            "it can be neither changed nor taken back. Put the text of the article right first.",
            for_many=False,
        ),
        DeskStep(
            "redate",
            "Change the date",
            "has its new date",
            lambda article, at, by: article.redate(at, by=by),
            RedateForm,
            "Which date should {} have?",
            "A scheduled article appears at the new time: at once when that is past. "
            "An article that readers can see stays where they can see it.",
            initial=lambda article: {"at": article.published_at},
        ),
        DeskStep(
            "lift",
            "Lift the embargo",
            "has a new end of its embargo",
            Article.lift_embargo,
            LiftEmbargoForm,
            "Lift the embargo of {}?",
            "The reason is recorded. A scheduled article keeps its date: "
            "change the date afterwards to let it appear earlier.",
            for_many=False,
        ),
        DeskStep(
            "top",
            "Put on top",
            "is on top of the front page",
            Article.put_on_top,
        ),
        DeskStep(
            "off_top",
            "Take off top",
            "is not on top of the front page any more",
            Article.take_off_top,
        ),
        DeskStep(
            "return",
            "Return to draft",
            "is a draft again",
            return_to_writer,
            ReturnForm,
            "Return {} to draft?",
            "Its writer can work on it again. A scheduled article will not appear, "
            "and changes that are scheduled for it stay at the desk.",
        ),
        DeskStep(
            "tag",
            "Add tags",
            "has these tags",
            change_tags,
            AddTagsForm,
            "Which tags should {} have beside those that are there?",
            IN_THE_WORKING_COPY,
            for_writers=True,
        ),
        DeskStep(
            "untag",
            "Take tags away",
            "does not have these tags any more",
            lambda article, **how: change_tags(article, remove=True, **how),
            AddTagsForm,
            "Which tags should {} not have any more?",
            IN_THE_WORKING_COPY,
            for_writers=True,
        ),
        DeskStep(
            "sign",
            "Change the byline",
            "has this byline",
            change_byline,
            AddPeopleForm,
            "Who should stand in the byline of {}?",
            IN_THE_WORKING_COPY,
            for_writers=True,
        ),
        DeskStep(
            "withdraw",
            "Withdraw",
            "is now {status}",
            Article.withdraw,
            WithdrawForm,
            "Withdraw {}?",
            "It goes from every page, feed and sitemap at once, and its comments with it. "
            "Changes that are scheduled for it stay at the desk.",
            outlook=consequences.of_withdrawing,
            dangerous=True,
        ),
    ]
}

_CHANGES = ["changes", "schedule_changes", "unschedule_changes"]

# In the order of the buttons: the main one first, the dangerous one last.
_SHOWN = {
    "Draft": ["publish", "submit", "schedule", "lift"],
    "In review": ["publish", "schedule", "return", "lift"],
    "Scheduled": [*_CHANGES, "redate", "return", "lift"],
    "Published": [*_CHANGES, "correct", "redate", "top", "off_top", "withdraw"],
    "Withdrawn": ["publish", "schedule", "return", "lift"],
}


def steps_for(article, user):
    """The steps that the user can take on the article now; on an unsaved one, those of a draft."""
    word = article.status_in_words if article else "Draft"
    shown = [ARTICLE_STEPS[name] for name in _SHOWN[word]]
    if article and word == "Published":
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
    return f"You may not take the step “{step.label}” on “{article}”."


def not_from_here(step, article):
    if step.name == "changes" and article.status == Article.Status.PUBLISHED:
        return f"“{article}” says what readers see already, so there is nothing to publish."
    return (
        f"“{article}” is {article.standing_in_words} now, "
        f"so “{step.label}” is not possible."
    )
