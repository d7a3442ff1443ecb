from comments.models.decision import Decision


class Numbers(Decision):
    """The figures of moderating: a page of the desk, and no table of its own."""

    class Meta:
        proxy = True
        default_permissions = []
        verbose_name = "numbers"
        verbose_name_plural = "numbers"
