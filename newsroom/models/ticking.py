import logging

from django.db import models, transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from newsroom.clock import Reading

logger = logging.getLogger(__name__)

# Readings of this many starts of machines are kept.
STARTS_KEPT = 20


class TickingQuerySet(models.QuerySet):
    def last_seen(self):
        """The record of the last tick; an empty one if there was none."""
        return self.first() or Ticking(at=None)

    def store_results(self, outcomes, *, at):
        """Store the result of each job by its name: an error message; empty if it went well."""
        with transaction.atomic():
            self.get_or_create(pk=Ticking.ONLY, defaults={"at": at})
            row = self.select_for_update(no_key=True).get(pk=Ticking.ONLY)
            for name, error in outcomes.items():
                row.jobs[name] = _after(row.jobs.get(name, {}), error, at)
            row.at = at
            row.save(update_fields=["jobs", "at"])

    def clock_is_steady(self, reading):
        """
        Whether the clock has agreed with the time of running for an hour; see newsroom.clock.

        `reading` is the present Reading. If it disagrees with the earlier one of this start
        of the machine, or there is none, it is stored, and the hour begins.
        """
        earlier = self.last_seen().clocks.get(reading.start)
        if earlier is None:
            self._keep_reading(reading)
            return False
        earlier = Reading.parse(reading.start, earlier)
        if not reading.agrees_with(earlier):
            logger.warning(
                "The clock of this machine was set by %s. Nothing is forgotten until it has "
                "been steady for an hour.",
                reading.jump_since(earlier),
            )
            self._keep_reading(reading)
            return False
        return reading.is_steady_since(earlier)

    def _keep_reading(self, reading):
        with transaction.atomic():
            self.get_or_create(pk=Ticking.ONLY, defaults={"at": None})
            row = self.select_for_update(no_key=True).get(pk=Ticking.ONLY)
            others = {
                start: kept
                for start, kept in row.clocks.items()
                if start != reading.start
            }
            # By their times, because PostgreSQL keeps the keys of a JSON object in its own order.
            by_time = sorted(others.items(), key=lambda item: item[1]["time"])
            newest = by_time[-(STARTS_KEPT - 1) :]
            row.clocks = {**dict(newest), reading.start: reading.as_json()}
            row.save(update_fields=["clocks"])


class Ticking(models.Model):
    """When `tick` last ran, and the result of each job. A single row, updated once per tick."""

    ONLY = 1

    at = models.DateTimeField(null=True)
    # By name of the job: done_at, failed_at, failing_since, failures in a row, error.
    jobs = models.JSONField(default=dict)
    # By start of a machine: the first Reading of its clock that all later ones agree with.
    clocks = models.JSONField(default=dict, db_default={})

    objects = TickingQuerySet.as_manager()

    class Meta:
        verbose_name = _("run of the background jobs")
        verbose_name_plural = _("runs of the background jobs")
        default_permissions = []

    def __str__(self):
        return str(self._meta.verbose_name)

    def of(self, name):
        """What is known of one job, as a dict; times are datetimes."""
        known = self.jobs.get(name, {})
        times = {
            time: parse_datetime(known[time]) if known.get(time) else None
            for time in ["done_at", "failing_since"]
        }
        return {
            **times,
            "failures": known.get("failures", 0),
            "error": known.get("error", ""),
        }

    @property
    def failing(self):
        """The names of the jobs whose last run failed."""
        return [name for name, known in self.jobs.items() if known.get("failures")]


def _after(known, error, at):
    if not error:
        return {"done_at": at.isoformat()}
    return known | {
        "failing_since": known.get("failing_since") or at.isoformat(),
        "failures": known.get("failures", 0) + 1,
        "error": error,
    }
