from datetime import timedelta

import pytest
import time_machine
from django.core.signing import Signer, dumps
from django.utils import timezone

from comments.models import Comment, Mailbox
from comments.tokens import (
    browser_token,
    comment_of,
    comment_of_browser,
    confirm_address,
    data_address,
    mailbox_of_data,
    mailbox_to_confirm,
    mails_to_stop,
    private_address,
    request_address,
    request_of,
    stop_address,
    token_for,
)
from newsroom.logs import masked
from tests.factories import make_comment, make_mailbox, make_request


def test_a_token_leads_to_its_comment(db):
    comment = make_comment()
    assert comment_of(token_for(comment)) == comment


def test_the_token_is_the_same_each_time(db):
    comment = make_comment()
    assert token_for(comment) == token_for(Comment.objects.get(pk=comment.pk))


def test_forged_and_foreign_tokens_lead_nowhere(db):
    comment, other = make_comment(), make_comment()
    signature = token_for(comment).partition(":")[2]
    for token in [
        "",
        str(comment.pk),
        f"{comment.pk}:",
        f"{other.pk}:{signature}",
        f"{comment.pk}:{signature[:-1]}",
        token_for(comment).upper(),
        # Made by us, for another purpose.
        Signer().sign(comment.pk),
        Signer(salt="something.else").sign(comment.pk),
        dumps(comment.pk),
    ]:
        assert comment_of(token) is None, token


def test_a_token_for_no_comment_leads_nowhere(db):
    assert comment_of(token_for(Comment(pk=4711))) is None


def test_a_token_outlives_a_change_of_the_secret(db, settings):
    comment = make_comment()
    token = token_for(comment)
    settings.SECRET_KEY, old = "a new secret", settings.SECRET_KEY
    assert comment_of(token) is None
    settings.SECRET_KEY_FALLBACKS = [old]
    assert comment_of(token) == comment


@pytest.mark.parametrize("pk", [1, 2**62])
def test_a_token_needs_no_quoting_in_an_address(pk):
    assert private_address(Comment(pk=pk)).endswith(f"/{token_for(Comment(pk=pk))}/")


def test_the_log_does_not_tell_the_token(db):
    comment = make_comment()
    line = masked(f'"GET {private_address(comment)} HTTP/1.1" 200')
    assert token_for(comment) not in line
    assert line == '"GET /comments/mine/…/ HTTP/1.1" 200'


# The links in our mails


def in_address(address):
    """The token at the end of an address of ours."""
    return address.rstrip("/").rpartition("/")[2]


DATED = [
    pytest.param(confirm_address, mailbox_to_confirm, timedelta(days=30), id="confirm"),
    pytest.param(data_address, mailbox_of_data, timedelta(hours=24), id="data"),
]


@pytest.fixture
def clock():
    now = timezone.now().replace(microsecond=0)
    with time_machine.travel(now, tick=False) as clock:
        yield clock


@pytest.mark.parametrize(("address_for", "mailbox_in", "lasting"), DATED)
def test_a_dated_token_opens_until_its_time_is_over(
    db, clock, address_for, mailbox_in, lasting
):
    mailbox = make_mailbox()
    token = in_address(address_for(mailbox))
    assert mailbox_in(token) == mailbox
    clock.shift(lasting - timedelta(seconds=1))
    assert mailbox_in(token) == mailbox
    clock.shift(timedelta(seconds=1))
    assert mailbox_in(token) is None


@pytest.mark.parametrize(("address_for", "mailbox_in", "lasting"), DATED)
def test_a_token_from_the_future_opens_nothing(
    db, clock, address_for, mailbox_in, lasting
):
    clock.shift(timedelta(minutes=2))
    token = in_address(address_for(make_mailbox()))
    clock.shift(-timedelta(minutes=2))
    assert mailbox_in(token) is None


def test_a_token_to_stop_never_ends(db, clock):
    mailbox, comment = make_mailbox(), make_comment()
    token = in_address(stop_address(mailbox, comment))
    clock.shift(timedelta(days=5000))
    assert mails_to_stop(token) == (mailbox, comment)
    assert mails_to_stop(in_address(stop_address(mailbox))) == (mailbox, None)


def test_a_token_of_one_purpose_serves_no_other(db):
    mailbox, comment = make_mailbox(), make_comment()
    tokens = {
        mailbox_to_confirm: in_address(confirm_address(mailbox)),
        mailbox_of_data: in_address(data_address(mailbox)),
        mails_to_stop: in_address(stop_address(mailbox, comment)),
        comment_of: token_for(comment),
        request_of: in_address(request_address(make_request())),
    }
    for read, token in tokens.items():
        assert read(token) not in (None, (None, None))
        signed, _, signature = token.partition(":")
        forged = ["", ":", signed, f"{signed}:", f"{signed}:{signature[:-1]}"]
        foreign = [other for own, other in tokens.items() if own is not read]
        for wrong in [*forged, *foreign, f"9{token}", dumps(mailbox.pk), "1.2.3:x"]:
            assert read(wrong) in (None, (None, None)), (read, wrong)


def test_a_token_for_a_mailbox_that_was_forgotten_opens_nothing(db):
    mailbox, comment = make_mailbox(), make_comment()
    tokens = [confirm_address(mailbox), data_address(mailbox)]
    stop = in_address(stop_address(mailbox, comment))
    Mailbox.objects.all().delete()
    # The same address, known again: another mailbox.
    make_mailbox(address=mailbox.address)
    assert mailbox_to_confirm(in_address(tokens[0])) is None
    assert mailbox_of_data(in_address(tokens[1])) is None
    assert mails_to_stop(stop) == (None, None)


def test_a_mailed_token_outlives_a_change_of_the_secret(db, settings):
    mailbox = make_mailbox()
    token = in_address(confirm_address(mailbox))
    settings.SECRET_KEY, old = "a new secret", settings.SECRET_KEY
    assert mailbox_to_confirm(token) is None
    settings.SECRET_KEY_FALLBACKS = [old]
    assert mailbox_to_confirm(token) == mailbox


def test_the_log_does_not_tell_the_tokens_of_mails(db):
    mailbox, comment = make_mailbox(), make_comment()
    for address in [
        confirm_address(mailbox),
        data_address(mailbox),
        stop_address(mailbox, comment),
    ]:
        line = masked(f'"POST {address}?x=1 HTTP/1.1" 200')
        assert in_address(address).partition(":")[2] not in line
        assert "/…/?x=1" in line


def test_a_browser_is_known_by_its_comment_for_180_days(db, clock, settings):
    comment = make_comment()
    token = browser_token(comment)
    assert comment_of_browser(token) == comment.pk
    clock.shift(timedelta(days=180) - timedelta(seconds=1))
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new", [settings.SECRET_KEY]
    assert comment_of_browser(token) == comment.pk
    clock.shift(timedelta(seconds=1))
    assert comment_of_browser(token) is None


def test_a_browser_is_known_by_nothing_forged_or_foreign(db):
    comment, mailbox = make_comment(), make_mailbox()
    token = browser_token(comment)
    signed, _, signature = token.partition(":")
    for wrong in [
        "",
        ":",
        signed,
        f"9{token}",
        token[:-1],
        f"{signed}:{signature}x",
        token_for(comment),
        in_address(confirm_address(mailbox)),
        in_address(data_address(mailbox)),
        Signer(salt="of.another.site").sign(signed),
        Signer(key="of another site", salt="comments.browser").sign(signed),
        "\0",
        "\ud800",
        "9" * 10_000,
    ]:
        assert comment_of_browser(wrong) is None, wrong
    assert comment_of(token) is None
    assert mailbox_to_confirm(token) is None


def test_a_token_leads_to_its_own_request(db, settings):
    one, other = make_request(), make_request()
    assert request_of(in_address(request_address(one))) == one
    assert request_of(in_address(request_address(other))) == other
    token = in_address(request_address(one))
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new", [settings.SECRET_KEY]
    assert request_of(token) == one
    settings.SECRET_KEY_FALLBACKS = []
    assert request_of(token) is None


def test_no_other_token_opens_a_request(db):
    request = make_request()
    token = in_address(request_address(request))
    comment = make_comment(pk=request.pk)
    forged = [token_for(comment), "", "x", f"{request.pk}", token[:-1], token + "x"]
    forged.append(token.replace(str(request.pk), str(request.pk + 1), 1))
    forged.append("9" * 40 + token)
    assert [request_of(text) for text in forged] == [None] * len(forged)
