from comments.models.decision import Decision


class Numbers(Decision):
    """The moderation figures: a page of the desk without a table of its own."""

    class Meta:
        proxy = True
        default_permissions = []
        verbose_name = "numbers"
        verbose_name_plural = "numbers"
