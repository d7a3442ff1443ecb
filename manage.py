#!/usr/bin/env python
"""Newsroom's commands: `uv run manage.py demo`, and those that `help` lists."""

import os
import sys

from django.core.management import execute_from_command_line


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
