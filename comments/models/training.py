"""What the classifier has learnt, and what it learnt from which comment."""

from django.db import models, transaction
from django.db.models import CharField, F, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from comments.classifier.bayes import Count, Table
from comments.classifier.features import LONGEST_FEATURE, extract_features
from comments.classifier.measuring import Decided
from comments.models.decision import Decision, standing

# The names of the three rows of totals in `learnt_of`; no feature begins with “#”.
TOTALS = ["#comments", "#features", "#known"]


class Label(models.TextChoices):
    HONEST = "honest", _("Not spam")
    SPAM = "spam", _("Spam")


class ClassifierQuerySet(models.QuerySet):
    def held(self):
        """
        The one row, locked until the transaction ends.

        Lock it before changing any count: then one training waits for the other here and
        they cannot deadlock over features. Lock the threads that are needed before this.
        """
        self.get_or_create(pk=1)
        return self.select_for_update(no_key=True).get(pk=1)

    def act(self, how, *, by_name, precision):
        """
        Store what the classifier may do with its findings.

        `how` is a Classifier.Acts, `by_name` the moderator, `precision` (0 to 1) what was
        just measured.
        """
        self.get_or_create(pk=1)
        self.filter(pk=1).update(
            acts=how,
            chosen_by=by_name,
            chosen_at=timezone.now(),
            measured_precision=precision,
        )

    def now(self):
        """The one row, not locked; an unsaved empty one before anything was learnt."""
        return self.filter(pk=1).first() or Classifier(pk=1)


class Classifier(models.Model):
    """The one classifier: the totals of what it learnt, and what it may do with its findings."""

    class Acts(models.TextChoices):
        INFORM = "inform", _("Only inform moderators of what it finds")
        HOLD = "hold", _("Hold what it considers spam")
        MARK = "mark", _("Mark as spam what it considers spam")

    honest_comments = models.PositiveIntegerField(default=0, editable=False)
    spam_comments = models.PositiveIntegerField(default=0, editable=False)
    honest_features = models.PositiveBigIntegerField(default=0, editable=False)
    spam_features = models.PositiveBigIntegerField(default=0, editable=False)
    known_features = models.PositiveIntegerField(default=0, editable=False)
    acts = models.CharField(
        _("action"), max_length=6, choices=Acts, default=Acts.INFORM
    )
    # Who chose that, when, and the precision that was measured then.
    chosen_by = models.CharField(max_length=200, blank=True, editable=False)
    chosen_at = models.DateTimeField(null=True, editable=False)
    measured_precision = models.FloatField(null=True, editable=False)

    objects = ClassifierQuerySet.as_manager()

    class Meta:
        default_permissions = []
        verbose_name = _("spam classifier")
        verbose_name_plural = _("spam classifier")
        permissions = [
            ("let_classifier_act", gettext_noop("Can let the classifier act"))
        ]

    def __str__(self):
        return _(
            "Classifier trained on %(spam)s spam comments and %(honest)s others"
        ) % {"spam": self.spam_comments, "honest": self.honest_comments}


class FeatureCountQuerySet(models.QuerySet):
    def named(self, names):
        return self.filter(feature__in=names)

    def learnt_of(self, names):
        """
        The Table of these features with the totals, and what the classifier may do (Acts).

        One query.
        """
        rows = self.named(names).values_list("feature", "honest", "spam", _text(""))
        of_all = Classifier.objects.filter(pk=1)
        totals = [
            of_all.values_list(
                _text(TOTALS[0]), "honest_comments", "spam_comments", "acts"
            ),
            of_all.values_list(
                _text(TOTALS[1]), "honest_features", "spam_features", "acts"
            ),
            of_all.values_list(
                _text(TOTALS[2]), "known_features", "known_features", "acts"
            ),
        ]
        found = {
            name: (Count(honest, spam), acts)
            for name, honest, spam, acts in rows.union(*totals, all=True)
        }
        nothing = (Count(), Classifier.Acts.INFORM)
        (comments, acts), (features, _acts), (known, _acts) = (
            found.pop(total, nothing) for total in TOTALS
        )
        counts = {name: count for name, (count, _) in found.items()}
        return Table(comments, features, known.spam, counts), acts


class FeatureCount(models.Model):
    """How many honest and how many spam comments a feature occurs in, as moderators decided."""

    feature = models.CharField(max_length=LONGEST_FEATURE, unique=True)
    honest = models.PositiveIntegerField(default=0)
    spam = models.PositiveIntegerField(default=0)

    objects = FeatureCountQuerySet.as_manager()

    class Meta:
        default_permissions = []

    def __str__(self):
        return f"{self.feature}: {self.honest} honest, {self.spam} spam"


class TrainingManager(models.Manager):
    def retrain(self, comment):
        """Bring what was learnt from the comment into line with the decisions on it."""
        decision = _teaching_decision(comment.decisions.all())
        label = _label(decision)
        training = self.filter(comment=comment).first()
        revision = decision and decision.text_revision
        if training and (training.label, training.text_revision) == (label, revision):
            return
        with transaction.atomic():
            if training:
                training.unlearn()
            if label:
                self._learn(comment, label, decision)

    def newest_decided(self, most):
        """The newest `most` trainings as Decided, oldest first, for `measuring.measure`."""
        newest = self.order_by("-at", "-id").values_list(
            "comment_id", "label", "features"
        )
        return [
            Decided(key, label == Label.SPAM, features.split("\n") if features else [])
            for key, label, features in newest[:most]
        ][::-1]

    def forget(self, comment):
        """Unlearn everything that was learnt from the comment."""
        for training in self.filter(comment=comment):
            training.unlearn()

    def _learn(self, comment, label, decision):
        names = list(extract_features(comment.text_of(decision.text_revision)))
        Classifier.objects.held()
        known = FeatureCount.objects.named(names).values_list("feature", flat=True)
        new = set(names).difference(known)
        FeatureCount.objects.bulk_create(
            FeatureCount(feature=name) for name in sorted(new)
        )
        _count(label, names, by=1, known=len(new))
        self.create(
            comment=comment,
            label=label,
            text_revision=decision.text_revision,
            at=decision.at,
            features="\n".join(names),
        )


class Training(models.Model):
    """
    What the classifier learnt from one comment, kept so that it can be unlearnt exactly.

    The features stored here are those that were counted, even if feature extraction
    changes later.
    """

    comment = models.OneToOneField(
        "comments.Comment", on_delete=models.PROTECT, related_name="training"
    )
    label = models.CharField(max_length=6, choices=Label)
    text_revision = models.PositiveIntegerField()
    # When the moderator decided.
    at = models.DateTimeField(db_index=True)
    # One on each line.
    features = models.TextField()

    objects = TrainingManager()

    class Meta:
        default_permissions = []

    def __str__(self):
        return _("Training with comment %(number)s: %(label)s") % {
            "number": self.comment_id,
            "label": self.get_label_display(),
        }

    @property
    def names(self):
        return self.features.split("\n") if self.features else []

    def unlearn(self):
        """Take back the counts, and delete the features that no other comment has."""
        with transaction.atomic():
            Classifier.objects.held()
            _count(self.label, self.names, by=-1)
            gone = FeatureCount.objects.named(self.names).filter(honest=0, spam=0)
            number = gone.delete()[0]
            Classifier.objects.update(known_features=F("known_features") - number)
            self.delete()


def _count(label, names, *, by, known=0):
    """Add one comment to the counts and totals of the label (`by` 1), or remove it (-1)."""
    FeatureCount.objects.named(names).update(**{label: F(label) + by})
    comments, features = f"{label}_comments", f"{label}_features"
    Classifier.objects.update(
        **{comments: F(comments) + by, features: F(features) + by * len(names)},
        known_features=F("known_features") + known,
    )


def _teaching_decision(decisions):
    """The newest standing decision of a moderator that teaches something; newest come first."""
    return next(
        (
            decision
            for decision in standing(decisions)
            if decision.by_name and _label(decision) is not None
        ),
        None,
    )


def _label(decision):
    """
    What a decision teaches: a label, "" for nothing, None if an earlier decision counts.

    A comment rejected as spam or advertising counts as spam. One rejected for another
    reason is not spam, but must not be learnt as honest either, so it teaches nothing.
    """
    what = Decision.What
    if decision is None:
        return ""
    if decision.what not in {what.STATUS, what.KEEP}:
        return None
    if decision.to_status == "approved":
        return Label.HONEST
    if decision.to_status == "spam":
        return Label.SPAM
    if decision.what == what.KEEP:
        # It confirms the decision before it.
        return None
    is_spam = decision.reason in {Decision.Reason.SPAM, Decision.Reason.ADVERTISING}
    return Label.SPAM if is_spam else ""


def _text(text):
    return Value(text, output_field=CharField())
