import re
import time
from datetime import timedelta

import pytest
import time_machine
from django.core.signing import Signer, dumps
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.models import CorrectionRequest
from comments.mail.one_click import ONE_CLICK_STEPS, decision_address, link_to_decide
from comments.models import Comment, Digest, Mailbox
from comments.security.tokens import (
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
from tests.factories import (
    digest_of,
    make_comment,
    make_mailbox,
    make_request,
    make_user,
)


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
        # A valid signature for another purpose.
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
    comment = Comment(pk=pk)
    assert private_address(comment).endswith(f"/{token_for(comment)}/")


def test_the_log_does_not_tell_the_token(db):
    comment = make_comment()
    line = masked(f'"GET {private_address(comment)} HTTP/1.1" 200')
    assert token_for(comment) not in line
    assert line == '"GET /comments/mine/…/ HTTP/1.1" 200'


# The links in our mails


def in_address(address):
    """The token at the end of one of our addresses."""
    return address.rstrip("/").rpartition("/")[2]


def mailbox_confirmed_by(token):
    return mailbox_to_confirm(token)[0]


DATED = [
    pytest.param(
        confirm_address, mailbox_confirmed_by, timedelta(days=30), id="confirm"
    ),
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
    clock.shift(lasting)
    assert mailbox_in(token) == mailbox
    clock.shift(timedelta(seconds=1))
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
        mailbox_confirmed_by: in_address(confirm_address(mailbox)),
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
    # The same address again is another mailbox.
    make_mailbox(address=mailbox.address)
    assert mailbox_confirmed_by(in_address(tokens[0])) is None
    assert mailbox_of_data(in_address(tokens[1])) is None
    assert mails_to_stop(stop) == (None, None)


def test_a_mailed_token_outlives_a_change_of_the_secret(db, settings):
    mailbox = make_mailbox()
    token = in_address(confirm_address(mailbox))
    settings.SECRET_KEY, old = "a new secret", settings.SECRET_KEY
    assert mailbox_confirmed_by(token) is None
    settings.SECRET_KEY_FALLBACKS = [old]
    assert mailbox_confirmed_by(token) == mailbox


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
    clock.shift(timedelta(days=180))
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
    assert mailbox_confirmed_by(token) is None


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


# The links in the digest


@pytest.fixture
def decides(db):
    """The token of a step on a comment for a moderator."""
    comment, moderator = make_comment(), make_user(role="Moderators")

    def token(step="approve", *, comment=comment, moderator=moderator):
        return in_address(decision_address(comment, step, digest_of(moderator)))

    token.comment, token.moderator = comment, moderator
    return token


@pytest.mark.parametrize("step", ONE_CLICK_STEPS)
def test_a_token_to_decide_says_all_that_it_was_signed_for(decides, step):
    link = link_to_decide(decides(step))
    assert (link.comment, link.step, link.moderator) == (
        decides.comment,
        step,
        decides.moderator,
    )
    assert (link.version, link.text_revision) == (1, 1)
    assert not link.has_ended


def test_every_step_comment_state_and_moderator_has_a_token_of_its_own(decides):
    tokens = {decides(step) for step in ONE_CLICK_STEPS}
    tokens.add(decides(comment=make_comment()))
    tokens.add(decides(moderator=make_user(role="Moderators")))
    decides.comment.edit("Other words.")
    tokens.add(decides())
    assert len(tokens) == len(ONE_CLICK_STEPS) + 3
    assert {len(token.rpartition(":")[2]) for token in tokens} == {43}


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_no_token_to_decide_that_was_altered_opens_anything(decides, data):
    token = decides()
    place = data.draw(st.integers(0, len(token) - 1))
    length = data.draw(st.integers(0, 3))
    words = data.draw(
        st.one_of(
            st.text(alphabet="0123456789.:", max_size=3),
            st.text(max_size=3),
        )
    )
    altered = token[:place] + words + token[place + length :]
    assert altered == token or link_to_decide(altered) is None


@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    place=st.integers(0, 6),
    number=st.integers(0, 2**63),
)
def test_no_other_number_fits_the_signature(decides, place, number):
    """Another comment, key, version, revision, step or moderator."""
    signed, _, signature = decides().partition(":")
    numbers = signed.split(".")
    numbers[place] = str(number)
    altered = f"{'.'.join(numbers)}:{signature}"
    assert altered == decides() or link_to_decide(altered) is None


def test_no_token_of_another_purpose_decides(decides):
    mailbox, comment = make_mailbox(), decides.comment
    for token in [
        token_for(comment),
        in_address(confirm_address(mailbox)),
        in_address(stop_address(mailbox, comment)),
        in_address(data_address(mailbox)),
        Signer().sign(decides().partition(":")[0]),
    ]:
        assert link_to_decide(token) is None
    assert comment_of(decides()) is None
    assert mails_to_stop(decides()) == (None, None)


def test_a_token_to_decide_outlives_a_change_of_the_secret(decides, settings):
    token = decides()
    settings.SECRET_KEY, old = "a new secret", settings.SECRET_KEY
    assert link_to_decide(token) is None
    settings.SECRET_KEY_FALLBACKS = [old]
    assert link_to_decide(token).comment == decides.comment


def test_a_token_to_decide_ends_after_three_days(clock, decides):
    token = decides()
    clock.shift(timedelta(days=3))
    assert not link_to_decide(token).has_ended
    clock.shift(timedelta(seconds=1))
    assert link_to_decide(token).has_ended


def test_a_token_of_an_account_that_is_gone_names_nobody(decides):
    token = decides()
    decides.moderator.delete()
    make_user(role="Moderators")
    assert link_to_decide(token).moderator is None


def test_the_log_does_not_tell_the_token_to_decide(decides):
    line = masked(f'"POST /comments/decide/{decides()}/?x=1 HTTP/1.1" 303')
    assert line == '"POST /comments/decide/…/?x=1 HTTP/1.1" 303'


# Reused ids, as after an old backup was restored


def decide_on(comment):
    return decision_address(comment, "approve", digest_of(make_user(role="Moderators")))


def decide_as(digest):
    return decision_address(make_comment(), "approve", digest)


def make_digest(**fields):
    return Digest.objects.create(moderator=make_user(role="Moderators"), **fields)


# For each token: how to make a row, the address of a link to it, and how to open a token.
KINDS = {
    "private page": (make_comment, private_address, comment_of),
    "correction request": (make_request, request_address, request_of),
    "confirm": (make_mailbox, confirm_address, mailbox_confirmed_by),
    "comment to confirm": (
        make_comment,
        lambda comment: confirm_address(make_mailbox(), comment),
        lambda token: mailbox_to_confirm(token)[1],
    ),
    "data": (make_mailbox, data_address, mailbox_of_data),
    "stop all": (make_mailbox, stop_address, lambda token: mails_to_stop(token)[0]),
    "stop one": (
        make_comment,
        lambda comment: stop_address(make_mailbox(), comment),
        lambda token: mails_to_stop(token)[1],
    ),
    "browser": (
        make_comment,
        lambda comment: f"/{browser_token(comment)}/",
        lambda token: Comment.objects.filter(pk=comment_of_browser(token)).first(),
    ),
    "decide on a comment": (
        make_comment,
        decide_on,
        lambda token: (link := link_to_decide(token)) and link.comment,
    ),
    "decide as a moderator": (
        make_digest,
        decide_as,
        lambda token: Digest.objects.filter(
            moderator=link_to_decide(token).moderator
        ).first(),
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_link_does_not_open_what_came_later_under_the_same_number(db, kind):
    make, address_for, opened_by = KINDS[kind]
    first = make()
    token, number = in_address(address_for(first)), first.pk
    assert opened_by(token) == first
    type(first).objects.filter(pk=number).delete()
    second = make(pk=number)
    assert opened_by(token) is None
    assert opened_by(in_address(address_for(second))) == second


def of_an_earlier_release(kind, row):
    """A token as signed before rows had keys."""
    now = int(time.time())
    purpose, signed = {
        "private page": ("mine", [row.pk]),
        "correction request": ("correction_request", [row.pk]),
        "confirm": ("mail.confirm", [row.pk, now]),
        "data": ("mail.data", [row.pk, now]),
        "stop all": ("mail.stop", [row.pk, 0]),
        "stop one": ("mail.stop", [make_mailbox(takes_old_links=True).pk, row.pk]),
        "browser": ("browser", [row.pk, now]),
        "decide on a comment": (
            "decide",
            [row.pk, 1, 1, 0, make_digest(takes_old_links=True).moderator_id, now],
        ),
        "decide as a moderator": (
            "decide",
            [make_comment(takes_old_links=True).pk, 1, 1, 0]
            + [getattr(row, "moderator_id", None), now],
        ),
    }[kind]
    return Signer(salt=f"comments.{purpose}").sign(".".join(map(str, signed)))


@pytest.mark.parametrize("kind", [one for one in KINDS if one != "comment to confirm"])
def test_a_link_of_an_earlier_release_opens_what_was_there_then_and_nothing_newer(
    db, kind
):
    make, _, opened_by = KINDS[kind]
    old = make(takes_old_links=True)
    assert opened_by(of_an_earlier_release(kind, old)) == old
    assert opened_by(of_an_earlier_release(kind, make())) is None


@pytest.mark.parametrize(
    ("kind", "lasting"),
    [("confirm", 30), ("data", 1), ("browser", 180)],
)
def test_a_link_of_an_earlier_release_ends_when_it_always_did(db, clock, kind, lasting):
    make, _, opened_by = KINDS[kind]
    old = make(takes_old_links=True)
    token = of_an_earlier_release(kind, old)
    clock.shift(timedelta(days=lasting, seconds=-1))
    assert opened_by(token) == old
    clock.shift(timedelta(seconds=1))
    assert opened_by(token) is None


@pytest.mark.parametrize("model", [Comment, CorrectionRequest, Digest, Mailbox])
def test_a_row_that_the_release_before_writes_has_a_key_and_takes_old_links(db, model):
    make = {Comment: make_comment, CorrectionRequest: make_request}
    make |= {Digest: make_digest, Mailbox: make_mailbox}
    keys = set()
    for _ in range(2):
        row = make[model]()
        assert not row.takes_old_links
        table, names = model._meta.db_table, {"id", "link_key", "takes_old_links"}
        copied = {
            field.column: f"'{n}'" if field.unique and not field.is_relation else column
            for n, field in enumerate(model._meta.concrete_fields)
            if (column := field.column) not in names and not field.generated
        }
        copied |= {"moderator_id": str(make_user().pk)} if model is Digest else {}
        # Like an INSERT of an earlier release, which does not know the columns.
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} ({', '.join(copied)}) "
                f"SELECT {', '.join(copied.values())} FROM {table} WHERE id = %s",
                [row.pk],
            )
        copy = model.objects.latest("pk")
        assert copy.takes_old_links
        keys |= {row.link_key, copy.link_key}
        model.objects.exclude(pk=row.pk).delete()
        row.delete()
    assert len(keys) == 4
    assert all(re.fullmatch("[0-9a-f]{32}", key) for key in keys)
