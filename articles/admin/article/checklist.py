"""The checks before publishing beside the form, of what is typed there and not saved."""

from django.http import JsonResponse
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from articles.admin.article.autosave import is_too_long
from articles.admin.article.form import ArticleForm
from articles.admin.article.preview import TOO_LONG_TO_PREVIEW, PreviewMixin
from articles.publishing.preflight import contents_to_publish, problems_of_content


class ChecklistMixin(PreviewMixin):
    """For the admin of articles. Everybody who may edit an article can check it."""

    def get_urls(self):
        wrapped = self.admin_site.admin_view(self.checklist_view)
        return [
            path(
                "<path:object_id>/checklist/",
                wrapped,
                name="articles_article_checklist",
            ),
            *super().get_urls(),
        ]

    @method_decorator(require_POST)
    def checklist_view(self, request, object_id):
        """The problems of the article with the form's current values, as JSON. Nothing is saved."""
        if is_too_long(request):
            return JsonResponse({"sentence": str(TOO_LONG_TO_PREVIEW)}, status=413)
        article = self._article_to_preview(request, object_id)
        self._require_editing(request, article)
        # Before the form changes the article.
        stored = contents_to_publish([article])[article.pk]
        form = ArticleForm(request.POST, instance=article)
        form.may_make_tags = True
        problems = problems_of_content(article, stored | form.valid_parts())
        return JsonResponse(
            {
                "summary": _in_short(problems),
                "problems": [
                    {
                        "kind": problem.kind,
                        "sentence": problem.sentence,
                        "anchor": problem.anchor,
                    }
                    for problem in problems
                ],
            }
        )


def _in_short(problems):
    errors = sum(problem.is_error for problem in problems)
    warnings = len(problems) - errors
    counted = [
        ngettext("%(number)d error", "%(number)d errors", errors) % {"number": errors},
        ngettext("%(number)d warning", "%(number)d warnings", warnings)
        % {"number": warnings},
    ]
    return " · ".join(
        words
        for words, number in zip(counted, [errors, warnings], strict=True)
        if number
    )
