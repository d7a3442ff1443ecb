from comments.models.comment import Comment


class Queue(Comment):
    """What waits for a moderator: a page of the desk, and no table of its own."""

    class Meta:
        proxy = True
        default_permissions = []
        verbose_name = "queue"
        verbose_name_plural = "queue"
