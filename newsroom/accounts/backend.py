from django.contrib.auth.backends import ModelBackend

from newsroom.accounts import second_factor


class AccountBackend(ModelBackend):
    """Django's backend; loads the user of a session with what each request at the desk needs."""

    def get_user(self, user_id):
        user = second_factor.accounts().filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None
