"""The picture library at the desk: upload, describe, replace, take off the site, delete."""

from contextlib import suppress

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from articles.admin.images.forms import (
    FILES_AT_ONCE,
    ImageForm,
    TakeDownForm,
    UploadForm,
    form_of,
)
from articles.admin.images.picker import PickerMixin
from articles.core.admin.changelist import LongListMixin
from articles.core.admin.prev_next import NeighboursMixin
from articles.core.json_requests import wants_json
from articles.core.text.counting import shortened
from articles.images import library
from articles.images.library import ImageInUse, SamePicture
from articles.images.processing.validation import (
    LARGEST_FILE,
    PictureRefused,
    validate_picture,
)
from articles.models import Image, TransitionError
from articles.models.image import SEARCHED


class LibraryFilter(admin.SimpleListFilter):
    """Filters the list by methods of ImageQuerySet."""

    title = _("status")
    parameter_name = "pile"
    piles = {
        "no_alt": (_("No alt text"), lambda images, user: images.without_alt()),
        "no_credit": (_("No credit"), lambda images, user: images.without_credit()),
        "unused": (_("Unused"), lambda images, user: images.unused()),
        "off_site": (_("Off the site"), lambda images, user: images.taken_down()),
        "animated": (_("Animated"), lambda images, user: images.animated()),
        "mine": (_("Uploaded by me"), lambda images, user: images.uploaded_by(user)),
    }

    def lookups(self, request, model_admin):
        return [(name, label) for name, (label, _query) in self.piles.items()]

    def queryset(self, request, images):
        if self.value() not in self.piles:
            return images
        _label, word = self.piles[self.value()]
        return word(images, request.user)


@admin.register(Image)
class ImageAdmin(PickerMixin, LongListMixin, NeighboursMixin, admin.ModelAdmin):
    form = ImageForm
    list_display = ["shown", "named", "said", "whose", "facts"]
    list_display_links = ["named"]
    list_filter = [LibraryFilter]
    list_per_page = 48
    search_fields = SEARCHED
    search_help_text = _("Searches titles, alt texts, captions, credits and sources.")
    ordering = ["-id"]
    change_form_template = "admin/articles/image/change_form.html"
    change_list_template = "admin/articles/image/change_list.html"

    fieldsets = [
        (None, {"fields": ["alt", "decorative", "title", "caption"]}),
        (_("Rights"), {"fields": ["credit", "licence", "source"]}),
        (
            _("Focal point for cropping"),
            {"fields": ["focal_x", "focal_y"], "classes": ["focal-numbers"]},
        ),
        (_("File"), {"fields": ["replacement"]}),
    ]

    # Permissions

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (
            obj is None or obj.editable_by(request.user)
        )

    def get_actions(self, request, action_location=admin.ActionLocation.CHANGE_LIST):
        actions = super().get_actions(request, action_location)
        # Pictures are deleted one at a time, after seeing where they are used.
        actions.pop("delete_selected", None)
        return actions

    def get_fieldsets(self, request, obj=None):
        if obj is not None and not self.has_change_permission(request, obj):
            return self.fieldsets[:-1]
        return self.fieldsets

    # The list

    @admin.display(description=_("picture"))
    def shown(self, image):
        if not image.is_on_site:
            return format_html(
                '<span class="tile__none">{}</span>', gettext("Off the site")
            )
        return format_html(
            '<img class="tile__picture" src="{}" alt="" width="360" height="240" loading="lazy">',
            image.thumbnail,
        )

    @admin.display(description=_("title"), ordering="title")
    def named(self, image):
        return format_html("<bdi>{}</bdi>", shortened(str(image), 80))

    @admin.display(description=_("alt text"))
    def said(self, image):
        if image.needs_words:
            return format_html(
                '<span class="tile__missing">{}</span>', gettext("No alt text")
            )
        if image.decorative:
            return format_html('<span class="quiet">{}</span>', gettext("Decorative"))
        return shortened(image.alt, 100)

    @admin.display(description=_("credit"), ordering="credit")
    def whose(self, image):
        return image.credit or format_html(
            '<span class="tile__missing">{}</span>', gettext("No credit")
        )

    @admin.display(description=_("number and size"), ordering="id")
    def facts(self, image):
        return gettext("No. %(number)d, %(width)d × %(height)d") % {
            "number": image.pk,
            "width": image.width,
            "height": image.height,
        }

    # Uploading

    def add_view(self, request, form_url="", extra_context=None):
        """Accept any number of files; one that is refused does not affect the others."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = UploadForm(
            request.POST if request.method == "POST" else None,
            request.FILES if request.method == "POST" else None,
        )
        results = []
        if form.is_valid():
            results = [
                self.store_upload(request, file) for file in form.cleaned_data["files"]
            ]
        taken = [result for result in results if result["state"] == "taken"]
        failed = request.method == "POST" and not taken
        if wants_json(request):
            return JsonResponse(
                {
                    "results": results,
                    "problem": " ".join(form.errors.get("files", [])),
                },
                status=422 if failed else 200,
            )
        return self._library_page(
            request,
            "upload",
            {
                "title": gettext("Upload pictures"),
                "form": form,
                "results": results,
                "largest": LARGEST_FILE // 1024**2,
                "at_once": FILES_AT_ONCE,
            },
            status=422 if failed else 200,
        )

    def store_upload(self, request, file):
        """Store one file. Returns the result as a dict for the page and its script."""
        result = {"name": file.name, "state": "refused", "sentence": ""}
        try:
            image = library.upload(file, by=request.user)
        except PictureRefused as refused:
            return result | {"sentence": " ".join(refused.messages)}
        except SamePicture as same:
            return result | {
                "state": "there",
                "sentence": str(same),
                **self.about(same.image),
            }
        self.log_addition(request, image, f"Uploaded as “{file.name}”.")
        return result | {
            "state": "taken",
            "sentence": gettext("It is in the library. Describe what it shows."),
            **self.about(image),
        }

    # The form

    def save_model(self, request, image, form, change):
        library.update_image(
            image, file=form.cleaned_data.get("replacement"), **form.changed_words()
        )

    def changeform_view(self, request, object_id=None, *args, **kwargs):
        if request.method == "POST":
            self._decode_replacement(request, object_id)
        try:
            return super().changeform_view(request, object_id, *args, **kwargs)
        except SamePicture:
            # Somebody else uploaded the same file in the same instant. The form now finds it,
            # says so, and keeps what was typed.
            return super().changeform_view(request, object_id, *args, **kwargs)

    def _decode_replacement(self, request, object_id):
        """Decode the file before the form's transaction, which would block other writers."""
        file = request.FILES.get("replacement")
        image = file and self.get_object(request, unquote(object_id))
        if image and self.has_change_permission(request, image):
            # The file object remembers the result, and the form reports it.
            with suppress(PictureRefused):
                validate_picture(file)

    def render_change_form(
        self, request, context, add=False, change=False, form_url="", obj=None
    ):
        if obj is not None:
            context |= {
                "uses": library.articles_with(obj),
                "uses_shown": library.USES_SHOWN,
                "may_take_down": self.has_delete_permission(request, obj),
                "show_save_and_add_another": False,
            }
        return super().render_change_form(request, context, add, change, form_url, obj)

    # Off the site, and out of the library

    def get_urls(self):
        pages = [
            ("take-down/", self.take_down_view, "take_down"),
            ("bring-back/", self.bring_back_view, "bring_back"),
        ]
        return [
            path(
                f"<path:object_id>/{route}",
                self.admin_site.admin_view(view),
                name=f"articles_image_{name}",
            )
            for route, view, name in pages
        ] + super().get_urls()

    def take_down_view(self, request, object_id):
        """Ask for the reason, show where the picture is used, and take it off the site."""
        image = self._image_to_delete(request, object_id)
        form = TakeDownForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            reason = form.cleaned_data["reason"]
            if self._done_or_refused(
                request,
                lambda: library.take_down(image, reason=reason, by=request.user),
                gettext("“%(title)s” is off the site. All its sizes are deleted.")
                % {"title": image},
            ):
                self.log_change(request, image, f"Taken off the site: {reason}")
            return HttpResponseRedirect(form_of(image))
        return self._library_page(
            request,
            "take_down",
            {
                "title": gettext("Take “%(title)s” off the site?") % {"title": image},
                "image": image,
                "form": form,
                "uses": library.articles_with(image),
            },
            status=422 if form.errors else 200,
        )

    def bring_back_view(self, request, object_id):
        image = self._image_to_delete(request, object_id)
        if request.method != "POST":
            return self._library_page(
                request,
                "bring_back",
                {
                    "title": gettext("Restore “%(title)s”?") % {"title": image},
                    "image": image,
                },
            )
        if self._done_or_refused(
            request,
            lambda: library.bring_back(image, by=request.user),
            gettext("“%(title)s” is restored wherever it was used.") % {"title": image},
        ):
            self.log_change(request, image, "Brought back to the site.")
        return HttpResponseRedirect(form_of(image))

    def delete_view(self, request, object_id, extra_context=None):
        image = self.get_object(request, unquote(object_id))
        if image is not None and self.has_delete_permission(request, image):
            if uses := list(library.articles_with(image, exactly=True)):
                return self._in_use(request, image, uses)
            try:
                return super().delete_view(request, object_id, extra_context)
            except ImageInUse as error:
                # An article began to use it while the user confirmed.
                return self._in_use(request, image, error.articles)
        return super().delete_view(request, object_id, extra_context)

    def delete_model(self, request, image):
        library.delete(image)

    def _in_use(self, request, image, uses):
        return self._library_page(
            request,
            "in_use",
            {
                "title": gettext("“%(title)s” was not deleted") % {"title": image},
                "image": image,
                "uses": uses,
            },
            status=409,
        )

    def _image_to_delete(self, request, object_id):
        image = self.get_object(request, unquote(object_id))
        if image is None or not self.has_delete_permission(request, image):
            raise PermissionDenied
        return image

    def _done_or_refused(self, request, step, done):
        try:
            step()
        except TransitionError as error:
            self.message_user(request, str(error), messages.ERROR)
            return False
        self.message_user(request, done, messages.SUCCESS)
        return True

    def _library_page(self, request, name, context, *, status=200):
        request.current_app = self.admin_site.name
        return TemplateResponse(
            request,
            f"admin/articles/image/{name}.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "media": self.media,
                **context,
            },
            status=status,
        )
