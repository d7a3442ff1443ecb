import re
from math import log2

from newsroom.accounts import recovery_codes
from newsroom.models import RecoveryCode
from tests.factories import make_user


def test_there_are_ten_codes_and_each_works_once(editor):
    codes = recovery_codes.replace_codes(editor)
    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"[2-9a-z]{4}(-[2-9a-z]{4}){5}", code) for code in codes)
    assert recovery_codes.use_recovery_code(editor, codes[0])
    assert not recovery_codes.use_recovery_code(editor, codes[0])
    assert recovery_codes.unused_codes(editor) == 9


def test_a_code_is_known_however_it_is_typed(editor):
    code = recovery_codes.replace_codes(editor)[3]
    assert recovery_codes.use_recovery_code(
        editor, f" {code.upper().replace('-', ' ')} "
    )


def test_new_codes_end_the_earlier_ones_and_nobody_else_has_them(editor):
    earlier = recovery_codes.replace_codes(editor)
    codes = recovery_codes.replace_codes(editor)
    assert not recovery_codes.use_recovery_code(editor, earlier[0])
    assert not recovery_codes.use_recovery_code(make_user(role="Writers"), codes[0])
    assert recovery_codes.unused_codes(editor) == 10


def test_codes_have_enough_bits_for_a_plain_hash():
    """ASVS 5.0, 6.5.2: at least 112, else it would have to be a slow one with a salt."""
    letters = len(recovery_codes.new_code().replace("-", ""))
    assert letters * log2(len(set(recovery_codes.ALPHABET))) >= 112


def test_codes_are_kept_as_hashes(editor):
    codes = recovery_codes.replace_codes(editor)
    kept = " ".join(RecoveryCode.objects.values_list("digest", flat=True))
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)
