"""
The formats that articles can be moved in from, one module for each.

An importer is a module with two things: `SUFFIXES`, the endings of the file
names that are its own, and `read(path)`, which yields every `ImportedArticle`
of the file or raises `ImportRefused`. It reads; `saving` saves.
"""

from articles.importers import text

FORMATS = {"text": text}
