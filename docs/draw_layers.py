"""
Draw the layers of the house from the imports, into docs/architecture.md.

    uv run docs/draw_layers.py

An arrow says that a package imports from another; those of one app that skip a layer are
left out where a longer way says the same.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.test_layers import LAYERS, imports, modules, package_of  # noqa: E402

PAGE = ROOT / "docs" / "architecture.md"
BEGIN, END = "<!-- layers: begin -->", "<!-- layers: end -->"


def arrows():
    """Pairs of packages of one app of which the first imports from the second."""
    found = set()
    for name in modules():
        app, package = package_of(name)
        for imported, _ in imports(name):
            other_app, other = package_of(imported)
            if app == other_app and package and other and package != other:
                found.add(((app, package), (app, other)))
    return found


def reduced(found):
    """The arrows without those that a longer way makes needless (transitive reduction)."""
    below = {}
    for start, end in found:
        below.setdefault(start, set()).add(end)

    def reaches(start, end, *, skip):
        steps = [each for each in below.get(start, ()) if (start, each) != skip]
        return any(each == end or reaches(each, end, skip=skip) for each in steps)

    return {arrow for arrow in found if not reaches(*arrow, skip=arrow)}


def mermaid():
    lines = ["```mermaid", "flowchart BT"]
    for app, layers in LAYERS.items():
        lines.append(f"  subgraph {app}")
        lines += [
            f"    {app}.{package}[{package}]" for layer in layers for package in layer
        ]
        lines.append("  end")
    lines += [
        f"  {'.'.join(start)} --> {'.'.join(end)}"
        for start, end in sorted(reduced(arrows()))
    ]
    lines += ["  newsroom --> comments", "  comments --> articles", "```"]
    return "\n".join(lines)


def drawn(page):
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n{mermaid()}\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(drawn(PAGE.read_text()))
