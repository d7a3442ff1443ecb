from datetime import timedelta

from django.utils import timezone

from comments.models import NetworkKey
from comments.models.network import DAYS_KEPT


def test_each_day_has_a_key_of_its_own(db, time_machine):
    today = NetworkKey.objects.today()
    assert NetworkKey.objects.today().key == today.key
    time_machine.move_to(timezone.now() + timedelta(days=1))
    assert NetworkKey.objects.today().key != today.key


def test_a_key_is_forgotten_after_thirty_days(db, time_machine):
    NetworkKey.objects.today()
    time_machine.move_to(timezone.now() + timedelta(days=DAYS_KEPT))
    assert NetworkKey.objects.forget_old() == 0
    time_machine.move_to(timezone.now() + timedelta(days=1))
    assert NetworkKey.objects.forget_old() == 1
