"""Authentication that treats a session without its second factor as signed out."""

from asgiref.sync import sync_to_async
from django.contrib.auth.middleware import AuthenticationMiddleware, get_user
from django.contrib.auth.models import AnonymousUser
from django.utils.functional import SimpleLazyObject

from newsroom.accounts import second_factor, sessions


class StaffAuthenticationMiddleware(AuthenticationMiddleware):
    """
    Sets `request.user`: a user who is completely signed in, or AnonymousUser.

    This is the only place that refuses a session without its second factor. The admin, the parts of
    public pages for staff and all other views ask `request.user`.
    """

    def process_request(self, request):
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _user(request))
        request.auser = sync_to_async(lambda: _user(request))


def _user(request):
    user = get_user(request)
    if not user.is_authenticated:
        return user
    is_complete = second_factor.is_complete(request.session, user)
    if not is_complete or sessions.is_too_old(request.session):
        return AnonymousUser()
    request.session.note_use()
    return user
