import time

import pytest
from django.test import Client
from django.urls import reverse

from newsroom.accounts import totp
from newsroom.accounts.passkeys import begin_registration, finish_registration
from tests.factories import make_user
from tests.newsroom.accounts.authenticator import Authenticator

PASSWORD = "correct horse battery"


@pytest.fixture
def editor(db):
    return make_user(role="Editors", username="edith", email="edith@news.example")


@pytest.fixture
def chief(db):
    return make_user(is_superuser=True, is_staff=True, username="chief")


@pytest.fixture
def type_password(client):
    """Takes the first step of signing in, with the password."""

    def type_it(user, *, password=PASSWORD, next_address="", client=client, **extra):
        return client.post(
            reverse("admin:login"),
            {
                "username": user.get_username(),
                "password": password,
                "next": next_address,
            },
            **extra,
        )

    return type_it


def give_app(user):
    """Gives the user an authenticator app. Returns its secret."""
    secret = totp.new_app_secret()
    totp.store_app(user, secret, 0)
    return secret


def code_of(secret, *, later=0):
    """The code that the app shows, this many seconds from now."""
    return totp.code_at(secret, time.time() + later)


def give_passkey(user, *, name="Phone", authenticator=None):
    """Gives the user a passkey. Returns the authenticator that holds it."""
    authenticator = authenticator or Authenticator()
    session = Client().session
    options = begin_registration(session, user)
    finish_registration(session, user, authenticator.make(options), name=name)
    return authenticator


def is_in(client):
    """Whether the browser is signed in at the desk."""
    return client.get(reverse("admin:index")).status_code == 200
