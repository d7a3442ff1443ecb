"""Taking an article back from review, by its writer."""

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from articles.models import TransitionError


class RecallingMixin:
    """For the admin of articles."""

    def get_urls(self):
        wrapped = self.admin_site.admin_view(self.recall_view)
        return [
            path("<path:object_id>/recall/", wrapped, name="articles_article_recall"),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request, context, add=False, change=False, form_url="", obj=None
    ):
        if obj is not None:
            context["may_recall"] = obj.recallable_by(request.user)
        return super().render_change_form(request, context, add, change, form_url, obj)

    @method_decorator(require_POST)
    def recall_view(self, request, object_id):
        article = self.get_object(request, unquote(object_id))
        if article is None:
            raise Http404(gettext("You have no such article."))
        may_write = request.user.has_perm("articles.change_article")
        if not (article.is_by(request.user) and may_write):
            raise PermissionDenied
        try:
            article.recall(by=request.user)
        except TransitionError as refused:
            self.message_user(request, str(refused), messages.ERROR)
        else:
            self.message_user(
                request,
                gettext("“%(article)s” is your draft again.") % {"article": article},
                messages.SUCCESS,
            )
        return HttpResponseRedirect(self._form_url(request, article.pk))
