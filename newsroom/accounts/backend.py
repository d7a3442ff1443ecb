from django.contrib.auth.backends import ModelBackend

from newsroom.accounts import second_factor


class AccountBackend(ModelBackend):
    """Django's own, whose accounts of a session know whether they have a second factor, without another query."""

    def get_user(self, user_id):
        user = second_factor.accounts().filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None
