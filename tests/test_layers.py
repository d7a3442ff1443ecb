"""
The layers of the packages: what may import what.

Dependencies point one way, newsroom → comments → articles, and inside an app a package imports only
from those before it in LAYERS. There are no import cycles, however long, and imports inside
functions have a comment that says why.
"""

import ast
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
APPS = ["articles", "comments", "newsroom"]

# From the bottom up. Packages on one line do not import each other.
LAYERS = {
    "articles": [
        ["core"],
        ["content"],
        ["images.processing"],
        ["models"],
        ["images"],
        ["publishing"],
        ["public"],
        ["importers", "doctor"],
        ["admin"],
        ["templatetags", "management", "urls", "apps"],
    ],
    "comments": [
        ["classifier"],
        ["models"],
        ["text"],
        ["security"],
        ["forms"],
        ["threads"],
        ["screening"],
        ["mail"],
        ["moderation"],
        ["posting"],
        ["privacy"],
        ["stats"],
        ["doctor"],
        ["views"],
        ["corrections"],
        ["admin"],
        ["templatetags", "management", "urls", "apps"],
    ],
}


@cache
def modules():
    """The dotted name of every module of the three apps, without migrations."""
    found = {}
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            if "migrations" in path.parts:
                continue
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            found[name.removesuffix(".__init__")] = path
    return found


def module_of(name):
    """The module that a dotted name belongs to; None if it is not ours."""
    while name and name not in modules():
        name = name.rpartition(".")[0]
    return name or None


@cache
def imports(name):
    """Pairs of an imported module of ours and the AST node that imports it."""
    found = []
    for node in ast.walk(ast.parse(modules()[name].read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        found += [
            (module, node)
            for module in {module_of(each) for each in names}
            if module and module != name
        ]
    return found


def package_of(name):
    """The app and the package in LAYERS of a module; the package is None for the app itself."""
    app, _, rest = name.partition(".")
    packages = [each for layer in LAYERS.get(app, []) for each in layer]
    within = [each for each in packages if rest == each or rest.startswith(f"{each}.")]
    return app, max(within, key=len, default=None)


def level_of(app, package):
    return next(at for at, layer in enumerate(LAYERS[app]) if package in layer)


@pytest.mark.parametrize("app", LAYERS)
def test_every_module_belongs_to_a_layer(app):
    homeless = [
        name
        for name in modules()
        if name.startswith(f"{app}.") and package_of(name)[1] is None
    ]
    assert not homeless, f"Put {', '.join(homeless)} into a package of LAYERS."


@pytest.mark.parametrize("app", APPS)
def test_apps_import_in_one_direction(app):
    above = APPS[APPS.index(app) + 1 :]
    wrong = [
        f"{name} imports {imported}"
        for name in modules()
        if name.split(".")[0] == app
        for imported, _ in imports(name)
        if imported.split(".")[0] in above
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("app", LAYERS)
def test_packages_import_only_from_those_before_them(app):
    wrong = []
    for name in modules():
        its_app, package = package_of(name)
        if its_app != app or package is None:
            continue
        for imported, _ in imports(name):
            other_app, other = package_of(imported)
            if other_app != app or other in {None, package}:
                continue
            if level_of(app, other) >= level_of(app, package):
                wrong.append(f"{name} imports {imported}")
    assert not wrong, "\n".join(wrong)


def test_no_modules_import_each_other_in_a_circle():
    # An __init__ only gathers the names of its modules, so that an import from it counts as
    # one from the module itself.
    graph = {
        name: {imported for imported, _ in imports(name)}
        for name, path in modules().items()
        if path.name != "__init__.py"
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))


def test_core_knows_neither_articles_nor_comments():
    wrong = [
        f"{name} imports {imported}"
        for name in modules()
        if name.startswith("articles.core")
        for imported, _ in imports(name)
        if not imported.startswith("articles.core")
    ]
    assert not wrong, "\n".join(wrong)


def test_what_is_imported_inside_a_function_says_why():
    silent = []
    for name, path in modules().items():
        lines = path.read_text().splitlines()
        for node in ast.walk(ast.parse("\n".join(lines))):
            if not isinstance(node, ast.FunctionDef):
                continue
            for inner in ast.walk(node):
                is_import = isinstance(inner, (ast.Import, ast.ImportFrom))
                if is_import and not _says_why(lines, inner.lineno):
                    silent.append(f"{name}:{inner.lineno}")
    assert not silent, f"Say why beside it: {', '.join(silent)}."


def _says_why(lines, number):
    """Whether a comment stands above the import, or above the imports before it."""
    above = number - 2
    while lines[above].lstrip().startswith(("from ", "import ")):
        above -= 1
    return lines[above].lstrip().startswith("#")
