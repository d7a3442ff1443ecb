from newsroom.models.desk_preferences import DeskPreferences
from newsroom.models.saved_filter import SavedFilter
from newsroom.models.second_factor import AuthenticatorApp, Passkey, RecoveryCode
from newsroom.models.security_event import SecurityEvent
from newsroom.models.sign_in import FailedSignIn
from newsroom.models.staff_mail import StaffMail
from newsroom.models.staff_session import StaffSession
from newsroom.models.ticking import Ticking

__all__ = [
    "AuthenticatorApp",
    "DeskPreferences",
    "FailedSignIn",
    "Passkey",
    "RecoveryCode",
    "SavedFilter",
    "SecurityEvent",
    "StaffMail",
    "StaffSession",
    "Ticking",
]
