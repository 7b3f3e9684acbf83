"""The documents say what is there: links, commands, identifiers, refusal codes, variables, datasets, registers."""

from __future__ import annotations

import ast
import re
import runpy
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import click
import pytest

from yiwang.cli import COMMANDS, group
from yiwang.core.datasets import all_datasets
from yiwang.core.standards.book import load
from yiwang.core.standards.queries import JUDGED, PENDING, UNJUDGED, coverage
from yiwang.desk.kinds import resources

ROOT = Path(__file__).resolve().parent.parent
DEVELOPING, GUIDE = ROOT / "docs/developing", ROOT / "docs/guide"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
CODE = re.compile(r"[a-z][a-z-]*(\.[a-z0-9*-]+)+")
REFUSERS = {"Refusal", "Refused", "refusal", "refuse", "Problem", "add"}


@cache
def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


# ── links and commands ─────────────────────────────────────────────────────────────────────────────────────────────


def anchors(text: str) -> set[str]:
    """The anchors that headings make, as the usual renderers do."""
    heads = re.findall(r"^#+ (.+)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", head.strip().lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_resolve(page: Path) -> None:
    lost = []
    for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"```.*?```", "", read(page), flags=re.S)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        found = (page.parent / path) if path else page
        if not found.exists() or (anchor and anchor not in anchors(read(found))):
            lost.append(target)
    assert not lost


def asked(text: str) -> list[list[str]]:
    """Every `yiwang …` in code, as words up to the first that is no plain word."""
    code = re.findall(r"```.*?```|`[^`\n]+`", text, re.S)
    found = []
    for piece in code:
        for line in re.findall(r"(?:^|[\s`$]|bin/)yiwang +([^\n|`#]+)", piece):
            found.append(line.split())
    return found


def command_of(words: list[str]) -> tuple[click.Command | None, list[str]]:
    """The command that the words name and the options they use."""
    if words[0] not in COMMANDS:
        return None, []
    command = group.get_command(click.Context(group), words[0])
    rest = words[1:]
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        if rest[0] in ("…", "...", "list|show"):
            break
        command, rest = command.get_command(click.Context(command), rest[0]), rest[1:]
    return command, [word.partition("=")[0] for word in rest if word.startswith("-") and word not in ("-", "--")]


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_commands_and_options_exist(page: Path) -> None:
    wrong = []
    for words in asked(read(page)):
        if words[0] in ("…", "--help", "--version"):
            continue
        command, options = command_of(words)
        if command is None:
            wrong.append(" ".join(words))
        elif words[0] != "manage":
            known = {name for param in command.params for name in (*param.opts, *param.secondary_opts)} | {"--help"}
            wrong += [f"{' '.join(words)}: {option}" for option in options if option.strip("…[]()。,;") not in known]
    assert not wrong


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_make_targets_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", read(ROOT / "Makefile"), re.M))
    assert set(re.findall(r"`make ([a-z-]+)`", read(page))) <= targets


def test_every_command_is_in_the_guide() -> None:
    text = "\n".join(read(page) for page in GUIDE.glob("*.md"))
    assert not [command for command in COMMANDS if f"yiwang {command}" not in text]


# ── identifiers, variables, paths ──────────────────────────────────────────────────────────────────────────────────


@cache
def words_of_the_code() -> frozenset[str]:
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "yiwang"]
    files = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    paths = (ROOT / file for file in files if file.endswith((".py", ".yaml")))
    return frozenset(
        word for path in paths if path.exists() for word in re.findall(r"\w+", path.read_text(encoding="utf-8"))
    )


def test_identifiers_of_the_glossary_are_in_the_code() -> None:
    cells = re.findall(r"^\|[^|]+\|([^|]+)\|", read(DEVELOPING / "glossary.md"), re.M)
    names = {word for cell in cells for code in re.findall(r"`([^`]+)`", cell) for word in re.findall(r"\w+", code)}
    assert len(names) > 80
    assert not names - words_of_the_code()


def test_every_variable_of_the_settings_is_in_the_guide() -> None:
    files = [ROOT / "yiwang/portal/settings.py", ROOT / "yiwang/portal/env.py", *(ROOT / "yiwang/cli").glob("*.py")]
    asked_for = {word for file in files for word in re.findall(r"YIWANG_[A-Z_]*[A-Z]", read(file))}
    described = set(re.findall(r"^\| `(YIWANG_[A-Z_]+)`", read(GUIDE / "deploy.md"), re.M))
    assert asked_for == described


@pytest.mark.parametrize("page", [*PAGES], ids=name)
def test_paths_of_the_repository_exist(page: Path) -> None:
    named = re.findall(r"`((?:yiwang|core|kit|tests|docs|tools|bench)/[\w./-]+\.(?:py|yaml|md|csv))`", read(page))
    lost = [path for path in named if not any((ROOT / top / path).exists() for top in ("", "yiwang"))]
    assert not lost


def test_the_layers_are_those_of_the_contracts() -> None:
    contracts = tomllib.loads(read(ROOT / "pyproject.toml"))["tool"]["importlinter"]["contracts"]
    house, core = (contract["layers"] for contract in contracts[:2])
    text = read(DEVELOPING / "layers.md")
    assert " → ".join(name.removeprefix("yiwang.") for name in house) in text
    assert " ← ".join(reversed(core)) in text


# ── refusals ───────────────────────────────────────────────────────────────────────────────────────────────────────


def text_of(node: ast.expr) -> str:
    """A text, `*` for what is filled in."""
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def codes_in(tree: ast.Module) -> set[str]:
    """Codes given to a Refusal or one of its helpers, and the keys of SENTENCES."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if called in REFUSERS:
                found |= {code for part in node.args[:4] if CODE.fullmatch(code := text_of(part))}
        elif isinstance(node, ast.AnnAssign) and getattr(node.target, "id", "") == "SENTENCES":
            assert isinstance(node.value, ast.Dict)
            found |= {text_of(key) for key in node.value.keys if key}
    return found


def codes_of_the_code() -> set[str]:
    files = [path for path in (ROOT / "yiwang").rglob("*.py") if not {"tests", "migrations", "demo"} & set(path.parts)]
    return set().union(*(codes_in(ast.parse(path.read_text(encoding="utf-8"))) for path in files))


def test_the_table_of_refusals_is_complete() -> None:
    found = codes_of_the_code()
    said = set(re.findall(r"^\| `([a-z0-9.*-]+)`", read(GUIDE / "refusals.md"), re.M))
    filled_in = {code for code in found if code.endswith("-*")}  # spelled out by SENTENCES
    assert len(found) > 100
    lacking, idle = sorted(found - said - filled_in), sorted(said - found)
    assert lacking == []
    assert idle == []


def test_the_extractor_sees_every_way_to_refuse() -> None:
    tree = ast.parse(
        "raise Refusal('a.b', '不')\nself.refuse(f'check.{name}', '不')\nSENTENCES: dict[str, str] = {'c.d': '不'}\n"
        "Problem(3, key, 'e.f', '不')\nother('g.h')\n"
    )
    assert codes_in(tree) == {"a.b", "check.*", "c.d", "e.f"}


# ── datasets and registers ─────────────────────────────────────────────────────────────────────────────────────────


def test_the_page_of_datasets_is_what_the_code_says() -> None:
    text = runpy.run_path(str(ROOT / "tools/guide.py"))["text"]()
    assert read(GUIDE / "datasets.md") == text, "run: .venv/bin/python tools/guide.py"


def test_the_page_of_processes_is_what_the_files_say() -> None:
    text = runpy.run_path(str(ROOT / "tools/processes.py"))["text"]()
    assert read(GUIDE / "processes.md") == text, "run: .venv/bin/python tools/processes.py"


def test_every_register_has_its_section() -> None:
    heads = re.findall(r"^### (.+)$", read(GUIDE / "registers.md"), re.M)
    assert {f"{resource.label} `{resource.key}`" for resource in resources()} == set(heads)


def test_every_page_of_the_guide_is_in_its_index() -> None:
    linked = set(re.findall(r"\]\(([\w-]+\.md)", read(GUIDE / "index.md")))
    assert {page.name for page in GUIDE.glob("*.md")} - {"index.md"} == linked


def test_every_decision_is_in_the_list() -> None:
    folder = DEVELOPING / "decisions"
    linked = set(re.findall(r"\]\(([\w-]+\.md)\)", read(folder / "README.md")))
    assert {page.name for page in folder.glob("0*.md")} == linked


# ── figures of the README ──────────────────────────────────────────────────────────────────────────────────────────


def figures() -> dict[str, int]:
    """What both READMEs count, by the words that follow in the English one."""
    book = load()
    counted = [counts for _, counts in coverage(book)]
    return {
        "documents": len(book.documents),
        "clauses,": len(list(book.clauses())),
        "clauses judged on verified figures": sum(counts[JUDGED] for counts in counted),
        "judged but unverified": sum(counts[PENDING] for counts in counted),
        "not judgeable": sum(counts[UNJUDGED] for counts in counted),
        "datasets": len(all_datasets()),
    }


def test_the_figures_of_the_readme() -> None:
    english, chinese = read(ROOT / "README.md"), read(ROOT / "README.zh.md")
    wrong = {words: count for words, count in figures().items() if f"{count} {words}" not in english}
    assert wrong == {}
    section = chinese[chinese.index("制度库**") : chinese.index("台账**")]
    numbers = {int(number) for number in re.findall(r"\d+", section)}
    assert set(figures().values()) <= numbers
