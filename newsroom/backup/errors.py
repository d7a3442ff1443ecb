class BackupError(Exception):
    """Why no backup was made, or nothing was restored, in sentences for the operator."""
