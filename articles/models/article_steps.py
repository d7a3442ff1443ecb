"""
The steps of an article: what the desk does to it, with a record of who did it and why.

Each step works on the locked row. It is one guarded UPDATE in one transaction with its
record. `by` is the account that takes the step; None is the machine. A step that is not
possible raises TransitionError with a sentence for the person who tried it.

The functions are the methods of Article under the same names.
"""

from functools import partial

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.core import departures
from articles.core.append_only import name_of
from articles.core.moments import moment_in_words
from articles.core.stored_words import in_english
from articles.models.article_addresses import (
    change_slug,
    give_slug_of_title,
    hold_address,
)
from articles.models.article_status import Status, Withdrawal
from articles.models.article_working_copy import was_rewritten
from articles.models.held_row import on_held_row
from articles.models.revision import Revision
from articles.models.step import Step, TransitionError

# The fields that a step can change. They say where an article stands.
STANDING_FIELDS = [
    "status",
    "published_at",
    "withdrawal",
    "notice",
    "replaced_by_id",
    "on_top",
]


# Why a step is not possible. %(status)s is the status of the article in words.
_REFUSALS = {
    Step.What.SUBMIT: _(
        "“%(article)s” cannot be submitted for review. Its status: %(status)s."
    ),
    Step.What.RECALL: _("“%(article)s” cannot be recalled. Its status: %(status)s."),
    Step.What.RETURN: _(
        "“%(article)s” cannot be returned to draft. Its status: %(status)s."
    ),
    Step.What.PUBLISH: _("“%(article)s” cannot be published. Its status: %(status)s."),
    Step.What.SCHEDULE: _("“%(article)s” cannot be scheduled. Its status: %(status)s."),
    Step.What.REDATE: _(
        "The publication date of “%(article)s” cannot be changed. Its status: %(status)s."
    ),
    Step.What.WITHDRAW: _("“%(article)s” cannot be withdrawn. Its status: %(status)s."),
    Step.What.PUT_ON_TOP: _(
        "“%(article)s” cannot be put on top of the front page. Its status: %(status)s."
    ),
    Step.What.TAKE_OFF_TOP: _(
        "“%(article)s” cannot be taken off the top of the front page. Its status: %(status)s."
    ),
    Step.What.UNDO: _(
        "“%(article)s” cannot be put back to where it was. Its status: %(status)s."
    ),
}
_ALREADY = _("“%(article)s” already has this status: %(status)s.")
_MOVED_SINCE = _(
    "“%(article)s” was moved in the meantime, so it stays as it is. Its status: %(status)s."
)
# The standing (`Article.standing`) that a step leads to.
_RESULTING_STANDING = {
    Step.What.SUBMIT: "in_review",
    Step.What.RECALL: "draft",
    Step.What.RETURN: "draft",
    Step.What.PUBLISH: "published",
    Step.What.SCHEDULE: "scheduled",
    Step.What.WITHDRAW: "withdrawn",
}
# A past step, by whom and when.
_PAST_STEPS = {
    Step.What.SUBMIT: _("%(name)s submitted it for review on %(time)s."),
    Step.What.RECALL: _("%(name)s recalled it on %(time)s."),
    Step.What.RETURN: _("%(name)s returned it to draft on %(time)s."),
    Step.What.PUBLISH: _("%(name)s published it on %(time)s."),
    Step.What.SCHEDULE: _("%(name)s scheduled it on %(time)s."),
    Step.What.WITHDRAW: _("%(name)s withdrew it on %(time)s."),
    Step.What.UNDO: _("%(name)s put it back to where it was on %(time)s."),
}


# The steps after which readers may not see the article any more.
MAY_LEAVE = {
    Step.What.RETURN,
    Step.What.SCHEDULE,
    Step.What.WITHDRAW,
    Step.What.UNDO,
}


@on_held_row
def submit(article, *, by=None):
    """Submit the draft to the desk for review."""
    _move(
        article,
        Step.What.SUBMIT,
        by=by,
        from_=[Status.DRAFT],
        status=Status.IN_REVIEW,
    )


@on_held_row
def recall(article, *, by=None):
    """Take the article back from review, as its writer may until somebody has decided."""
    _move(
        article,
        Step.What.RECALL,
        by=by,
        from_=[Status.IN_REVIEW],
        status=Status.DRAFT,
    )


@on_held_row
def return_to_draft(article, *, note="", by=None):
    """Return the article to its writer, with a note. A scheduled article leaves the schedule."""
    _move(
        article,
        Step.What.RETURN,
        by=by,
        reason=note,
        from_=[Status.IN_REVIEW, Status.WITHDRAWN],
        or_scheduled=True,
        status=Status.DRAFT,
        published_at=None,
        on_top=False,
    )


@on_held_row
def publish(article, *, at=None, by=None):
    """
    Publish the article now, or schedule it for `at`. It never appears before its embargo ends.

    An article that readers knew before keeps its first date, unless `at` is given. A translation
    without an address of its own gets one made from its title. Neither the preflight nor four
    eyes is checked here: that is the desk’s work.
    """
    give_slug_of_title(article, by=by)
    now = timezone.now()
    at = at or first_published_at(article) or now
    at = max(filter(None, [at, article.embargo_until]))
    _move(
        article,
        Step.What.SCHEDULE if at > now else Step.What.PUBLISH,
        by=by,
        from_=[Status.DRAFT, Status.IN_REVIEW, Status.WITHDRAWN],
        status=Status.PUBLISHED,
        published_at=at,
        withdrawal="",
        notice="",
        replaced_by=None,
    )


def first_published_at(article):
    """The date under which readers knew the article before; None if they never did."""
    address = article.addresses.used().order_by("since").first()
    if address is None:
        return None
    return (article.is_withdrawn and article.published_at) or address.since


def tell_of_update(article, *, at=None):
    """Mark the article as updated for readers, now or at `at`. This leaves no record."""
    at = at or timezone.now()
    type(article).objects.filter(pk=article.pk).update(updated_at=at, modified_at=at)
    article.refresh_from_db(fields=["updated_at", "modified_at"])


@on_held_row
def lift_embargo(article, *, reason, until=None, by=None):
    """
    End the embargo now, or at the earlier time `until`. The publication date stays.

    Raises TransitionError when no embargo is in force, or when it ends earlier anyway.
    """
    now, ended = timezone.now(), article.embargo_until
    if ended is None or ended <= max(now, until or now):
        raise TransitionError(
            _("“%(article)s” has no embargo that this would end earlier.")
            % {"article": article}
        )
    type(article).objects.filter(pk=article.pk).update(
        embargo_until=until, modified_at=now
    )
    article.refresh_from_db(fields=["embargo_until", "modified_at"])
    hold_address(article)
    record_step(
        article,
        Step.What.LIFT_EMBARGO,
        by=by,
        reason=f"{reason} (embargo until {_stored(ended)})",
    )


@on_held_row
def redate(article, at, *, by=None):
    """
    Correct a publication date, or move a scheduled article to another time.

    Raises TransitionError without a date, and when a visible article would get a date in
    the future: such an article is withdrawn instead.
    """
    now = timezone.now()
    if at is None:
        raise TransitionError(_("Enter the date and time of publication."))
    if at > now and article.is_visible:
        raise TransitionError(
            _(
                "Readers can see “%(article)s”, so its date cannot be in the future. "
                "Withdraw the article to take it off the site."
            )
            % {"article": article}
        )
    at = max(filter(None, [at, article.embargo_until]))
    before = article.published_at
    _move(
        article,
        Step.What.REDATE,
        by=by,
        reason=f"from {_stored(before)} to {_stored(at)}" if before else "",
        from_=[Status.PUBLISHED],
        status=Status.PUBLISHED,
        published_at=at,
    )


@on_held_row
def withdraw(
    article, *, reason="", notice="", kind=Withdrawal.GONE, replaced_by=None, by=None
):
    """
    Take the article off the site. `reason` is internal; readers get the notice.

    With the kind REPLACED, the address redirects to `replaced_by`, which must be visible;
    TransitionError otherwise. Preview links to the article are revoked: outsiders are not
    to read what was withdrawn.
    """
    if kind == Withdrawal.REPLACED:
        _require_other(article, replaced_by)
    _move(
        article,
        Step.What.WITHDRAW,
        by=by,
        reason=reason,
        from_=[Status.PUBLISHED],
        status=Status.WITHDRAWN,
        withdrawal=Withdrawal(kind),
        notice=notice,
        replaced_by=replaced_by if kind == Withdrawal.REPLACED else None,
        on_top=False,
    )
    article.preview_links.open().update(revoked_at=timezone.now())


@on_held_row
def put_on_top(article, *, by=None):
    """
    Put this article first on the front page, in place of any other.

    When two editors do so at the same moment, the later one gets TransitionError.
    """
    for other in type(article).objects.on_top().exclude(pk=article.pk):
        other.take_off_top(by=by)
    _move(
        article,
        Step.What.PUT_ON_TOP,
        by=by,
        from_=[Status.PUBLISHED],
        status=Status.PUBLISHED,
        on_top=True,
    )


@on_held_row
def take_off_top(article, *, by=None):
    _move(
        article,
        Step.What.TAKE_OFF_TOP,
        by=by,
        from_=[Status.PUBLISHED],
        status=Status.PUBLISHED,
        on_top=False,
    )


@on_held_row
def put_back(article, before, *, still, reason="", by=None):
    """
    Undo a step: set the fields of STANDING_FIELDS in `before` back to their values before it.

    `still` maps fields of STANDING_FIELDS to the values that the step gave them. Raises
    TransitionError when
    - the article no longer has those values,
    - it would be published with a text that nobody has published,
    - readers see it and would see it again only later,
    - it would return to the top of the front page and another article is there.
    """
    is_republished = before.get("status") == Status.PUBLISHED
    if is_republished and was_rewritten(article):
        raise TransitionError(
            _(
                "“%(article)s” was changed in the meantime, so its text has not been reviewed. "
                "Publish or schedule it on its own."
            )
            % {"article": article}
        )
    published_at = before.get("published_at")
    if (
        before.get("status", article.status) == Status.PUBLISHED
        and published_at
        and published_at > timezone.now()
        and article.is_visible
    ):
        raise TransitionError(
            _(
                "Readers can already see “%(article)s”. Withdraw it to take it off the site."
            )
            % {"article": article}
        )
    if before.get("on_top") and (other := other_on_top(article)):
        raise TransitionError(
            _(
                "“%(other)s” is now on top of the front page, so “%(article)s” is not put back there."
            )
            % {"other": other, "article": article}
        )
    _move(
        article,
        Step.What.UNDO,
        by=by,
        reason=reason,
        from_=Status.values,
        still=still,
        **before,
    )


def other_on_top(article):
    """The article on top of the front page, if it is another one; else None."""
    return type(article).objects.on_top().exclude(pk=article.pk).first()


@on_held_row
def rename(article, slug, *, by=None):
    """
    Change the slug. An address that readers may know redirects here for ever.

    Raises TransitionError when the slug is invalid, or when another article has it or
    has ever been public under it.
    """
    before = article.slug
    if slug != before:
        change_slug(article, slug)
        article.refresh_from_db(fields=["slug", "modified_at"])
        record_step(article, Step.What.RENAME, by=by, reason=f"was {before}")


def _stored(moment):
    """The moment as it is stored in the reason of a step."""
    with in_english():
        return moment_in_words(moment)


def record_step(article, what, *, by, reason=""):
    """Write the record of a step. `by` is an account, or None for the machine."""
    Step.objects.create(
        article=article, what=what, by=by, by_name=name_of(by), reason=reason
    )
    if what in MAY_LEAVE:
        transaction.on_commit(partial(departures.note, article.get_absolute_url()))


def _move(
    article, what, *, by, from_, reason="", or_scheduled=False, still=None, **changes
):
    """
    Take the step on the locked row, in one guarded UPDATE, with its record and consequences.

    `from_` lists the statuses that allow the step; `or_scheduled` adds scheduled articles.
    `still` maps further fields to the values that they must still have. Only the fields in
    `changes` are written. Raises TransitionError when the row does not match.
    """
    allowed = Q(status__in=from_)
    if or_scheduled:
        allowed |= Q(pk__in=type(article).objects.scheduled().values("pk"))
    this_article = type(article).objects.filter(allowed, pk=article.pk, **(still or {}))
    copy = article.working_copy if article.keeps_changes_apart else None
    try:
        with transaction.atomic():
            updated = this_article.update(modified_at=timezone.now(), **changes)
    except IntegrityError as error:
        if not changes.get("on_top"):
            raise
        raise TransitionError(
            _(
                "Someone put another article on top of the front page at the same moment, so "
                "“%(article)s” is not there. Check the front page before you try again."
            )
            % {"article": article}
        ) from error
    if not updated:
        raise TransitionError(_refusal(article, what, still=still))
    article.refresh_from_db(fields=["modified_at", *changes])
    hold_address(article)
    record_step(article, what, by=by, reason=reason)
    if article.status != Status.PUBLISHED:
        # Scheduled changes have no public page left to change.
        article.revisions.take_off_schedule()
    if what in [Step.What.PUBLISH, Step.What.SCHEDULE]:
        article.keep_revision(kind=Revision.Kind.PUBLISHED, by=by)
    if copy and not article.keeps_changes_apart:
        _adopt_working_copy(article, copy, by=by)


def _adopt_working_copy(article, copy, *, by):
    """
    Copy the working copy into an article that has left the site.

    The form of such an article edits the article itself, no longer the working copy.
    """
    content = copy.content
    if not article.slug_free(content.get("slug", article.slug)):
        content = {name: content[name] for name in content if name != "slug"}
    article.write_snapshot(content, by=by)


def _require_other(article, other):
    if other is None or other.pk == article.pk or not _is_visible_now(other):
        raise TransitionError(
            _(
                "“%(article)s” can only be replaced by another article that readers can see."
            )
            % {"article": article}
        )


def _is_visible_now(article):
    """Ask the database: the object may have been loaded before it was withdrawn."""
    return type(article).objects.visible().filter(pk=article.pk).exists()


def _refusal(article, what, *, still=None):
    """Say why the step is not possible: the article’s status, and who moved it there and when."""
    if still:
        sentence = _MOVED_SINCE
    elif _RESULTING_STANDING.get(what) == article.standing:
        sentence = _ALREADY
    else:
        sentence = _REFUSALS[what]
    said = sentence % {"article": article, "status": article.status_in_words}
    last = article.steps.moves().first()
    if last is None:
        return said
    past = _PAST_STEPS[last.what] % {
        "name": last.who,
        "time": moment_in_words(last.at),
    }
    return f"{said} {past}"
