"""The picker: one page to search the library, upload a picture and choose one."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from articles.admin.images.forms import DescribeForm
from articles.core.pagination import key_in
from articles.images import library
from articles.models import Image

PICTURES_PER_PAGE = 24


class PictureSearchForm(forms.Form):
    q = forms.CharField(
        required=False,
        max_length=200,
        label=_("Search"),
        widget=forms.TextInput(attrs={"type": "search"}),
    )


class PickerMixin:
    """For the admin of images. Everybody who sees the library can pick from it."""

    def get_urls(self):
        pages = [
            ("pick/", self.pick_view, "pick"),
            ("pick/<int:key>/", self.picked_view, "picked"),
            ("<path:object_id>/describe/", self.describe_view, "describe"),
        ]
        return [
            path(
                route,
                self.admin_site.admin_view(view),
                name=f"articles_image_{name}",
            )
            for route, view, name in pages
        ] + super().get_urls()

    def pick_view(self, request):
        """The newest pictures, or the results of a search, page by page."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = PictureSearchForm(request.GET)
        words = form.cleaned_data["q"] if form.is_valid() else ""
        found = Image.objects.on_site().looking_for(words).newest_first()
        before = key_in(request.GET.get("before"))
        if before:
            found = found.older_than(before)
        images = list(found[: PICTURES_PER_PAGE + 1])
        return self._library_page(
            request,
            "pick",
            {
                "title": gettext("Choose a picture"),
                "form": form,
                "words": words,
                "images": images[:PICTURES_PER_PAGE],
                "older": images[PICTURES_PER_PAGE - 1].pk
                if len(images) > PICTURES_PER_PAGE
                else None,
                "is_newest": before is None,
                "may_upload": self.has_add_permission(request),
            },
        )

    @method_decorator(never_cache)
    def picked_view(self, request, key):
        """What the editor shows of one picture, as JSON."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return JsonResponse(self.about(self._image_on_site(key)))

    @method_decorator(require_POST)
    def describe_view(self, request, object_id):
        """Store the credit, and the alt text of a picture that lacks one. Answers with JSON."""
        image = self._image_on_site(object_id)
        if not self.has_change_permission(request, image):
            raise PermissionDenied
        form = DescribeForm(request.POST)
        if not form.is_valid():
            return JsonResponse({"sentence": form.problem()}, status=400)
        if words := form.changes_to(image):
            library.update_image(image, **words)
            self.log_change(request, image, [{"changed": {"fields": [*words]}}])
        return JsonResponse(
            {"alt": image.alt, "credit": image.credit, "caption": image.caption}
        )

    def _image_on_site(self, key):
        key = key_in(key)
        image = key and Image.objects.on_site().filter(pk=key).first()
        if not image:
            raise Http404(
                gettext("This picture does not exist or was taken off the site.")
            )
        return image

    def about(self, image):
        """What the editor and the scripts of the library need to know of an image."""
        return {
            "key": image.pk,
            "title": str(image),
            "alt": image.alt,
            "decorative": image.decorative,
            "caption": image.caption,
            "credit": image.credit,
            "width": image.width,
            "height": image.height,
            "thumbnail": image.thumbnail,
            "src": reverse("articles:picture_for_the_desk", args=[image.pk]),
            "address": reverse("admin:articles_image_change", args=[image.pk]),
            "describe": reverse("admin:articles_image_describe", args=[image.pk]),
        }
