"""Steps of an article that touch more than its own row: revisions, corrections, mails."""

import logging

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.content.snapshots import (
    byline_of,
    differing_parts,
    snapshot_of,
    three_way_merge,
)
from articles.core.append_only import name_of
from articles.core.moments import moment_in_words
from articles.core.stored_words import in_english
from articles.models import (
    Article,
    Correction,
    Image,
    Revision,
    Step,
    TransitionError,
)
from articles.models.article_addresses import (
    change_slug,
    is_made_from,
    slug_of_title,
)
from articles.models.article_steps import record_step
from articles.models.held_row import on_held_row
from articles.publishing.notifications import tell_writer_of_return

logger = logging.getLogger(__name__)

# Passed as the revision on the screen when the article had none yet.
NO_REVISION = Revision(pk=0)


class DueChangesFailed(Exception):
    """Some scheduled changes could not be published."""

    def __init__(self, revisions):
        articles = ", ".join(str(revision.article_id) for revision in revisions)
        super().__init__(f"Scheduled changes failed for the articles {articles}.")


class EditConflict(Exception):
    """
    Others have changed the same parts differently since the form was opened. Nothing is saved.

    `parts` are the names of the parts in conflict, `newest` is the newest revision, and `base`
    the one from which both began, None if it is gone.
    """

    def __init__(self, parts, newest, content, base):
        super().__init__(f"Changed by others: {', '.join(parts)}.")
        self.parts = parts
        self.newest = newest
        self.base = base
        # The merged content: theirs where only they changed a part, mine in a conflict.
        self.content = content


@on_held_row
def save(article, content, *, by=None, began_from=None, note=""):
    """
    Save the snapshot `content` as a revision, and return the revision.

    An article that was never on the site is changed itself as well. `began_from` is the
    key of the revision that was on the screen, None when there was none. Changes that
    others have saved since are merged in, bodies by block. Until the article is first public
    its slug follows the title, unless somebody typed another one. Raises EditConflict when both changed the same
    part, and TransitionError when the slug belongs to another article.
    """
    newest = make_working_copy(article)
    content = newest.content | content
    if began_from != newest.pk:
        base = _base(article, began_from)
        began = base.content if base else {}
        content, parts = three_way_merge(began, content, newest.content)
        if parts:
            raise EditConflict(parts, newest, content, base)
    followed = _slug_that_follows(article, content, newest.content)
    if followed:
        content = content | {"slug": followed}
    revision = _store_revision(article, content, newest, by=by, note=note)
    if revision == newest and not _differs(article, content):
        return revision
    if article.keeps_changes_apart:
        Article.objects.filter(pk=article.pk).update(modified_at=timezone.now())
        article.refresh_from_db(fields=["modified_at"])
        article.note_pictures()
    else:
        if followed:
            # Nobody knows the address yet, so the change is no step.
            change_slug(article, followed)
        article.write_snapshot(content, by=by)
    return revision


def _slug_that_follows(article, content, before):
    """The slug for a new title; None if the slug does not follow the title, or need not change."""
    if content["slug"] != before["slug"] or content["title"] == before["title"]:
        return None
    is_made = is_made_from(article, before["slug"], before["title"], before["language"])
    if not is_made or article.was_public:
        return None
    return slug_of_title(article, content["title"], content["language"])


def _differs(article, content):
    """Whether the article itself would change; its working copy holds the content."""
    return not article.keeps_changes_apart and bool(
        differing_parts(content, snapshot_of(article))
    )


@on_held_row
def change_dates(article, dates, *, instead_of, by=None):
    """
    Change `planned_for` or `embargo_until`.

    `dates` maps these field names to new values, `instead_of` to those on the screen. A
    longer embargo also delays a scheduled article. Raises TransitionError when somebody
    has changed one of the dates since, and for an embargo on a visible article.
    """
    if any(getattr(article, name) != instead_of[name] for name in dates):
        raise TransitionError(
            _(
                "Someone changed the dates of “%(article)s” at the same moment. Check them again."
            )
            % {"article": article}
        )
    was_visible = article.is_visible
    for name, date in dates.items():
        setattr(article, name, date)
    if was_visible and article.is_under_embargo:
        raise TransitionError(
            _("Readers can already see “%(article)s”, so an embargo has no effect.")
            % {"article": article}
        )
    article.save(update_fields=[*dates, "modified_at"])
    if "embargo_until" in dates and article.is_scheduled:
        article.redate(article.published_at, by=by)


@on_held_row
def restore(article, revision, *, by=None, began_from=None):
    """
    Save the content of an old revision as a new one. Parts that it lacks stay as they are.

    Raises as `save` does, and TransitionError when nothing would change.
    """
    content = {**revision.content}
    if lead_is_lost(revision):
        content["lead_image"] = None
    if not differing_parts(content, article.working_content()):
        raise TransitionError(
            _(
                "The working copy of “%(article)s” is already the same. Nothing to restore."
            )
            % {"article": article}
        )
    with in_english():
        note = f"Restored from {revision.in_words}."
    return save(article, content, by=by, began_from=began_from, note=note)


def lead_is_lost(revision):
    """Whether the lead image of the revision has been deleted from the library."""
    lead = revision.content.get("lead_image")
    return bool(lead) and not Image.objects.filter(pk=lead["image"]).exists()


def change_tags(article, *, tags, remove=False, by=None):
    """Add tags, a list of names, to the working copy, or remove them."""
    named = {name.lower() for name in tags}

    def changed(content):
        others = [name for name in content["tags"] if name.lower() not in named]
        if remove:
            return {"tags": others}
        there = {name.lower() for name in content["tags"]}
        new = [name for name in tags if name.lower() not in there]
        return {"tags": [*content["tags"], *new]}

    words = f"Tags {'removed' if remove else 'added'}: {', '.join(tags)}."
    _change(article, changed, by=by, note=words)


def change_byline(article, *, credits, in_place=False, by=None):
    """
    Add people to the byline of the working copy, or with `in_place` replace the byline.

    `credits` are pairs of a person and a role. New people are saved.
    """
    for person, _role in credits:
        if person.pk is None:
            person.save()
    new = byline_of(credits)

    def changed(content):
        there = [] if in_place else content["byline"]
        known = {(one["person"], one["role"]) for one in there}
        others = [one for one in new if (one["person"], one["role"]) not in known]
        return {"byline": [*there, *others]}

    _change(article, changed, by=by, note="Byline changed.")


@on_held_row
def publish(article, *, at=None, revision=None, by=None):
    """
    Publish the working copy, now or at a later time.

    `revision` is the one that was on the screen, NO_REVISION when there was none; None skips
    this check. Raises TransitionError when a newer one was saved since, when the status
    does not allow it, and under FOUR_EYES when `by` wrote the last change.
    """
    _require_other_eyes(article, by)
    if copy := article.working_copy:
        _require_seen(article, copy, revision)
        article.write_snapshot(copy.content, by=by)
    article.publish(at=at, by=by)


@on_held_row
def publish_changes(article, *, revision=None, tell_readers=False, by=None):
    """
    Publish the working copy of a published article.

    `revision` is the one that was on the screen; `tell_readers` marks the article “Updated”.
    Scheduled changes are unscheduled, so that they do not overwrite these later. Raises
    TransitionError as `publish` does, and when the article is no longer published.
    """
    copy = _copy_to_publish(article, revision)
    _require_other_eyes(article, by)
    article.revisions.take_off_schedule()
    _go_live(article, copy, tell_readers=tell_readers, by=by)


@on_held_row
def schedule_changes(article, *, at, revision=None, tell_readers=False, by=None):
    """
    Schedule the changes of the working copy for `at`. Until then readers see the old text.

    They replace changes that were scheduled before. Raises as `publish_changes` does.
    """
    copy = _copy_to_publish(article, revision)
    _require_other_eyes(article, by)
    article.revisions.take_off_schedule()
    Revision.objects.filter(pk=copy.pk).update(
        kind=Revision.Kind.SCHEDULED, publish_at=at, tells_readers=tell_readers
    )
    with in_english():
        reason = f"for {moment_in_words(at)}"
    record_step(article, Step.What.SCHEDULE_CHANGES, by=by, reason=reason)


@on_held_row
def unschedule_changes(article, *, by=None):
    """Unschedule changes; the working copy keeps them. Raises TransitionError without any."""
    if not article.revisions.take_off_schedule():
        raise TransitionError(
            _("No changes of “%(article)s” are scheduled.") % {"article": article}
        )
    record_step(article, Step.What.UNSCHEDULE_CHANGES, by=by)


def publish_due_changes():
    """
    Publish all scheduled changes whose time has come, each in its own transaction.

    Failures are logged and retried by the next call. Raises DueChangesFailed after all were
    tried, so that a monitor of the jobs notices.
    """
    failed = [
        revision for revision in Revision.objects.due() if not _publish_due(revision)
    ]
    if failed:
        raise DueChangesFailed(failed)


def make_working_copy(article):
    """
    Return the newest revision, and make one if necessary.

    That is when there is none, and when an article that is not on the site was changed
    without a revision.
    """
    copy = article.working_copy
    if article.keeps_changes_apart:
        return copy or article.keep_revision(
            kind=Revision.Kind.PUBLISHED, at=article.modified_at
        )
    return article.keep_revision(at=article.modified_at)


@on_held_row
def _change(article, changed, *, by, note):
    """Save the parts that `changed` returns for the working copy, if they differ from it."""
    copy = make_working_copy(article)
    parts = changed(copy.content)
    if differing_parts(parts, copy.content):
        save(article, parts, by=by, began_from=copy.pk, note=note)


def _publish_due(due):
    """Publish one due revision; whether that succeeded."""
    try:
        with transaction.atomic():
            held = Article.objects.held(due.article_id)
            # Checked again under the lock: it may have been unscheduled or published.
            still_due = Revision.objects.due().filter(pk=due.pk).first()
            if still_due is not None:
                _require_published(held)
                _go_live(held, still_due, tell_readers=still_due.tells_readers, by=None)
    except Exception:
        logger.exception("The scheduled changes of article %s failed.", due.article_id)
        return False
    return True


def _copy_to_publish(held, seen):
    _require_published(held)
    if copy := held.working_copy:
        _require_seen(held, copy, seen)
    return make_working_copy(held)


def _require_seen(held, copy, seen):
    if seen is not None and seen.pk != copy.pk:
        raise TransitionError(
            _(
                "%(name)s has saved “%(article)s” since. Look at it again before you publish."
            )
            % {"name": copy.who, "article": held}
        )


def _require_other_eyes(held, by):
    """With the setting FOUR_EYES, nobody publishes their own last change."""
    if settings.FOUR_EYES and by is not None and by.pk == _last_writer(held):
        raise TransitionError(
            _(
                "You made the last change to “%(article)s”, so someone else must review and publish it."
            )
            % {"article": held}
        )


def _last_writer(held):
    copy = held.working_copy
    return copy.by_id if copy and copy.by_name else held.created_by_id


def _require_published(held):
    if held.status != Article.Status.PUBLISHED:
        raise TransitionError(
            _(
                "“%(article)s” is not published, so there is no page to change. Its status: %(status)s."
            )
            % {"article": held, "status": held.status_in_words}
        )


def _go_live(held, revision, *, tell_readers, by):
    held.write_snapshot(revision.content, by=by)
    Revision.objects.filter(pk=revision.pk).update(
        kind=Revision.Kind.PUBLISHED, published_at=timezone.now(), publish_at=None
    )
    record_step(held, Step.What.CHANGE, by=by)
    if tell_readers:
        held.tell_of_update()


def _base(article, began_from):
    """The revision that was on the screen: this one, or the first if there was none."""
    if began_from is None:
        return article.revisions.working().last()
    return article.revisions.filter(pk=began_from).first()


def _store_revision(article, content, newest, *, by, note):
    if newest.content == content and not note:
        return newest
    revision = article.revisions.create(
        content=content, began_from=newest, by=by, by_name=name_of(by), note=note
    )
    article.revisions.prune(fewest=settings.REVISIONS_KEPT)
    return revision


@on_held_row
def return_to_writer(article, *, note="", by=None):
    """Return the article to its writer with a note, which is also mailed."""
    article.return_to_draft(note=note, by=by)
    tell_writer_of_return(article, note=note, by=by)


@on_held_row
def correct(article, *, kind, text, by=None, answers=()):
    """
    Publish a correction of the article and close the requests `answers` with it.

    Raises TransitionError, and does nothing, for an article that was never public, and when
    one of the requests is already closed.
    """
    if not article.was_public:
        raise TransitionError(
            _("Readers have not seen “%(article)s”. Change the article itself.")
            % {"article": article}
        )
    correction = Correction.objects.create(
        article=article, kind=kind, text=text, by=by, by_name=name_of(by)
    )
    article.tell_of_update(at=correction.at)
    for request in answers:
        request.answer_with(correction)
    return correction
