"""
How fast a backup is restored and made, and how much memory that takes.

    uv run pytest --database postgresql -n 0 -m benchmark -s tests/benchmarks/test_backup.py

On SQLite the same with `--database sqlite`. COMMENTS=1000000 tries a million.
"""

import gzip
import hashlib
import json
import os

import pytest

from newsroom.backup.archive import ArchiveReader
from tests.newsroom.backup.conftest import (
    BEGIN,
    FILL,
    do,
    manifest_of,
    rewritten,
    site_on,
)

pytestmark = pytest.mark.benchmark

FEW = 20_000
MANY = int(os.environ.get("COMMENTS", 200_000))
# The goals of the issue: rows in a second, and MiB of the whole process.
LEAST_ROWS, MOST_MEMORY = 20_000, 150
TABLE = "comments.comment"
MEMBER = f"tables/{TABLE}.jsonl.gz"
TEXT = (
    "What the council said about the harbour is not what it decided, as anybody knows. "
)

# Not ru_maxrss: it begins with what the process that started this one had.
MEASURE = """
import json, resource, time
call_command("migrate", verbosity=0)
def measured(work):
    wall, cpu = time.perf_counter(), time.process_time()
    outcome = work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    status = dict(line.split(":", 1) for line in open("/proc/self/status"))
    memory = int(status["VmHWM"].split()[0]) / 1024
    rows = sum(outcome.rows.values())
    print(json.dumps({"rows": rows, "seconds": wall, "cpu": cpu, "memory": memory}))
"""


def with_comments(path, to, number):
    """The backup with this number of comments; each has the columns of a real one."""
    manifest = json.loads(manifest_of(path).to_json())
    table = manifest["tables"][TABLE]
    with path.open("rb") as file:
        lines = gzip.decompress(ArchiveReader(file).open(MEMBER).readall()).splitlines()
    first = dict(zip(table["columns"], json.loads(lines[0]), strict=True))
    last_key = json.loads(lines[-1])[table["columns"].index("id")]
    content = b"\n".join(lines) + b"\n"
    content += b"".join(
        json.dumps(
            list(
                (
                    first
                    | {
                        "id": last_key + n,
                        "body": f"{n} {TEXT * (1 + n % 6)}",
                        "link_key": f"{n:032}",
                        "repeat_key": None,
                    }
                ).values()
            ),
            ensure_ascii=False,
            separators=(",", ":"),
        ).encode()
        + b"\n"
        for n in range(1, number + 1)
    )
    packed = gzip.compress(content, 1)
    table |= {
        "rows": len(lines) + number,
        "length": len(content),
        "size": len(packed),
        "sha256": hashlib.sha256(packed).hexdigest(),
        "rows_sha256": hashlib.sha256(content).hexdigest(),
    }
    members = {MEMBER: packed, "manifest.json": json.dumps(manifest).encode()}
    return rewritten(path, to, members)


def ask(site, code):
    run = site.python(BEGIN + MEASURE + code)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout.splitlines()[-1])


def measure(folder, kind, backup, comments):
    folder.mkdir()
    path, again = with_comments(backup, folder / "a.tar", comments), folder / "b.tar"
    with site_on(kind, folder / "var") as site:
        restored = ask(site, f"measured(lambda: restore(Path({str(path)!r})))")
        made = ask(site, f"measured(lambda: back_up(Path({str(again)!r})))")
    assert manifest_of(again).tables[TABLE].rows_sha256 == (
        manifest_of(path).tables[TABLE].rows_sha256
    )
    for name, found in [("restored into", restored), ("backed up from", made)]:
        print(  # noqa: T201
            f"\n{comments:,} comments {name} {kind}: "
            f"{found['rows'] / found['seconds']:,.0f} rows/s by the clock, "
            f"{found['rows'] / found['cpu']:,.0f} in CPU time of this process, "
            f"{found['memory']:.0f} MiB",
            end="",
            flush=True,
        )
    return restored, made


KINDS = ["sqlite", "postgresql"] if "DATABASE_URL" in os.environ else ["sqlite"]


@pytest.mark.usefixtures("db")  # so that the run on PostgreSQL has it as well
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("kind", KINDS)
def test_a_large_site_takes_no_more_memory_than_a_small_one(tmp_path, kind):
    backup = tmp_path / "site.tar"
    with site_on("sqlite", tmp_path / "var") as site:
        do(site, f"{FILL}back_up(Path({str(backup)!r}))")
    few = measure(tmp_path / "few", kind, backup, FEW)
    many = measure(tmp_path / "many", kind, backup, MANY)
    for small, large in zip(few, many, strict=True):
        assert large["memory"] < MOST_MEMORY
        assert large["memory"] - small["memory"] < 25
        # In seconds of this process: those of the clock depend on what else the machine does.
        assert large["rows"] / large["cpu"] > LEAST_ROWS
