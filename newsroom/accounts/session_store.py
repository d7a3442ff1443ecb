"""
Sessions in the database that know their user and when they were last used.

This extends Django's engine as its documentation says (“Extending database-backed session
engines”). Sessions of another engine are not read: everybody signs in again.
"""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.utils import timezone

# The last use of a session is stored at most this often, so that reading pages writes little.
SEEN_EVERY = timedelta(minutes=5)

SIGNED_IN_AT = "signed_in_at"
AGENT = "agent"
EXPIRY = "_session_expiry"


class SessionStore(db.SessionStore):
    # The stored time of the last use, when the session was loaded.
    seen_at = None

    @classmethod
    def get_model_class(cls):
        # Django imports the engine before the models are loaded.
        from newsroom.models import StaffSession

        return StaffSession

    def load(self):
        session = self._get_session_from_db()
        if session is None:
            return {}
        self.seen_at = session.seen_at
        return self.decode(session.session_data)

    def create_model_instance(self, data):
        session = super().create_model_instance(data)
        session.user_id = data.get(SESSION_KEY)
        session.agent = data.get(AGENT, "")
        session.seen_at = self.seen_at = timezone.now()
        if at := data.get(SIGNED_IN_AT):
            session.started_at = datetime.fromtimestamp(at, tz=UTC)
        return session

    def get_expiry_date(self, **kwargs):
        """When an unused session ends; the browser may keep the cookie longer."""
        if EXPIRY in kwargs or EXPIRY in self:
            return super().get_expiry_date(**kwargs)
        return timezone.now() + timedelta(hours=settings.STAFF_SESSION_HOURS)

    def note_use(self):
        """
        Extend the session by the allowed idle time; stored at most every five minutes.

        One UPDATE that leaves the session data alone, because another request may be changing them.
        """
        now = timezone.now()
        if self.seen_at is None or self.seen_at >= now - SEEN_EVERY:
            return
        self.model.objects.filter(session_key=self.session_key).update(
            seen_at=now, expire_date=self.get_expiry_date()
        )
        self.seen_at = now
