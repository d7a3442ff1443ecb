from newsroom.models.security_event import SecurityEvent
from newsroom.models.sign_in import FailedSignIn
from newsroom.models.staff_mail import StaffMail
from newsroom.models.ticking import Ticking

__all__ = ["FailedSignIn", "SecurityEvent", "StaffMail", "Ticking"]
