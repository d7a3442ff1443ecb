"""The names of permissions, which Django stores in English, in the language of the reader."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

# The permissions that every model has, by the first part of their code name.
_STANDARD = {
    # Translators: the names of permissions. %(name)s is what may be added, such as “article”.
    "add": _("Can add %(name)s"),
    "change": _("Can change %(name)s"),
    "delete": _("Can delete %(name)s"),
    "view": _("Can view %(name)s"),
}


def permission_in_words(permission):
    """As `str(permission)`: “Articles | article | Can add article”."""
    content_type = permission.content_type
    return f"{content_type.app_labeled_name} | {_name(permission, content_type)}"


def _name(permission, content_type):
    action, _underscore, model = permission.codename.partition("_")
    if action in _STANDARD and model == content_type.model:
        return _STANDARD[action] % {"name": content_type.name}
    return gettext(permission.name)
