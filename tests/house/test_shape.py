"""The shape of the house: sizes of rooms, purity of the core, who imports what."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ("conversations", "integrations", "bot", "webhooks")
MAX_LINES = 300
MAX_FUNCTION_LINES = 60
IMPURE = {
    "asyncio", "logging", "random", "secrets", "socket", "subprocess", "threading", "time", "uuid",
    "httpx", "redis", "sqlalchemy", "structlog", "fastapi", "os",
}  # fmt: skip


def _sources(*folders: str) -> list[Path]:
    """Return every Python file of these folders, migrations left out."""
    files = (path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")))
    return [path for path in files if "versions" not in path.parts]


def _imports(path: Path) -> set[str]:
    """Return the full names a file imports, wherever in the file."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_rooms_are_small() -> None:
    """No file is over 300 lines unless its docstring gives the reason with the word 'Long:'."""
    too_long = {
        str(path.relative_to(ROOT)): count
        for path in [*_sources(*FLOORS), ROOT / "main.py"]
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > MAX_LINES
        and "Long:" not in (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "")
    }

    assert too_long == {}


def test_functions_are_short() -> None:
    """No function is over 60 lines, its docstring not counted."""
    too_long = []
    for path in [*_sources(*FLOORS), ROOT / "main.py"]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                lines -= len((ast.get_docstring(node, clean=False) or "").splitlines())
                if lines > MAX_FUNCTION_LINES:
                    too_long.append(f"{path.relative_to(ROOT)}:{node.name} {lines}")

    assert too_long == []


@pytest.mark.parametrize("path", _sources("conversations"), ids=lambda path: path.stem)
def test_core_is_pure(path: Path) -> None:
    """The core imports no clock, chance, network, logging or async."""
    roots = {name.partition(".")[0] for name in _imports(path)}

    assert set() == roots & IMPURE


def test_core_reads_the_clock_nowhere() -> None:
    """Nothing in the core calls now() or today(): the time is given."""
    calls = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in _sources("conversations")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in {"now", "today", "utcnow"}
        if isinstance(node.value, ast.Name) and node.value.id in {"datetime", "date"}
    ]

    assert calls == []


def test_core_opens_files_in_one_module() -> None:
    """Only `conversations/data.py` can open a file (ADR 9)."""
    openers = {
        str(path.relative_to(ROOT))
        for path in _sources("conversations")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Name) and node.id in {"open", "Path"})
        or (isinstance(node, ast.Attribute) and node.attr in {"read_text", "read_bytes"})
    }

    assert openers == {"conversations/data.py"}


def test_sql_stays_in_storage() -> None:
    """SQLAlchemy and Alembic are imported only below bot/storage."""
    strangers = [
        str(path.relative_to(ROOT))
        for path in _sources(*FLOORS)
        if "storage" not in path.parts
        and {"sqlalchemy", "alembic"} & {name.partition(".")[0] for name in _imports(path)}
    ]

    assert strangers == []


def test_vendor_sdks_stay_in_their_folder() -> None:
    """A vendor's SDK is imported only inside that provider's folder."""
    strangers = [
        str(path.relative_to(ROOT))
        for path in _sources(*FLOORS)
        for sdk in ("twilio", "sendgrid", "slack_bolt", "slack_sdk")
        if sdk in {name.partition(".")[0] for name in _imports(path)}
        and sdk.partition("_")[0] not in path.parts
    ]

    assert strangers == []


def test_every_package_says_what_lives_in_it() -> None:
    """Every package has an __init__ with a docstring, and every module has a docstring."""
    silent = [
        str(path.relative_to(ROOT))
        for path in _sources(*FLOORS)
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    folders = {path.parent for path in _sources(*FLOORS)}
    missing = [
        str(f.relative_to(ROOT)) for f in sorted(folders) if not (f / "__init__.py").exists()
    ]

    assert silent == []
    assert missing == []


def test_tests_are_no_packages() -> None:
    """No __init__.py under tests: with one, tests/bot would shadow bot."""
    assert list((ROOT / "tests").rglob("__init__.py")) == []


def test_locks_are_hashed_and_name_no_index() -> None:
    """Every locked requirement has a hash, and no lock names an address."""
    for lock in sorted((ROOT / "requirements").glob("*.txt")):
        text = lock.read_text(encoding="utf-8")

        assert "://" not in text, lock.name
        assert text.count("==") <= text.count("--hash=sha256:"), lock.name


def test_nothing_is_left_undone() -> None:
    """The code holds no marker of unfinished work."""
    done = subprocess.run(
        ["git", "grep", "-nwE", "TODO|FIXME|XXX|NotImplementedError", "--", "*.py"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    lines = [line for line in done.stdout.splitlines() if not line.startswith("tests/house/")]

    assert lines == []
