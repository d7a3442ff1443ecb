#!/usr/bin/env python
"""Newsroom's commands: `uv run manage.py demo`, and those that `help` lists."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        # Whoever sets a setting needs the sentence, not the way to it.
        if "--traceback" in sys.argv:
            raise
        sys.exit(str(error))
    except KeyboardInterrupt:
        # 128 and the number of SIGINT, as shells count.
        sys.exit(130)


if __name__ == "__main__":
    main()
