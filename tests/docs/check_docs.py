"""Runs what the documentation tells its readers to run: every python block, every command line of costrisk.

usage: check_docs.py --program COSTRISK [--update] PAGE...
       check_docs.py --self-test

Each page gets a folder of its own with configs/, the files of fixtures.py and, where it names it, results/quickstart.h5,
and is gone through from top to bottom. Python blocks share one namespace. What a block prints must be what the text block
behind it says; a line of an ellipsis there stands for any lines. --update writes what was printed into the page instead;
of a command behind $ only the lines that the page has, each run of them where it is most like what was printed.
Exits with 77 where a package is missing or a page has nothing to run.
"""
import argparse
import contextlib
import difflib
import io
import itertools
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import traceback

sys.dont_write_bytecode = True

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
NO_GPU = 4

# Commands that would take a minute or more, with the options that make them short.
SHORTENED = {
    "costrisk run my.toml --until-error": "--paths 8192",
    "costrisk bench": "--seconds 0.01 --repetitions 1 --threads 2",
    "costrisk ladder": "--paths 64 --seconds 0 --repetitions 1",
}
# Commands that need not end with 0, with what else they may end with and why.
OTHER_ENDS = {
    "costrisk run FILE --backend cuda": (NO_GPU, "there may be no GPU"),
    "costrisk bench --backend cuda": (NO_GPU, "there may be no GPU"),
    "costrisk run FILE --devices 0,1": (NO_GPU, "there may be no two GPUs"),
    "costrisk run my.toml --require": (3, "the quickstart does not hold what is required"),
}
# Commands that are not run, with the reason.
LEFT_OUT = {
    "costrisk bench --scaling": "it has no short form",
    "costrisk ladder --rungs N": "N stands for any rung",
    "costrisk live": "it takes an engine that another compiler builds; tests/browser/live_check.mjs runs it",
    "costrisk calibrate billing focus-2026-*.csv.gz": "it stands for the reader's own exports",
}
# Published data that a checkout need not have beside it; commands that name them are run where they are.
NEEDED_DATA = ["cbl_reference.json"]


class Block:
    """A piece of a page that is run, with what it should print."""

    def __init__(self, kind, text, line):
        self.kind = kind  # python, script, commands one by one, or console: commands behind $ with their output
        self.text = text
        self.line = line
        self.expected = None
        self.expected_lines = None  # first and one past the last, of the page's lines


def read_blocks(page_text):
    """Python and shell blocks, indented blocks of commands, and commands within sentences."""
    lines = page_text.split("\n")
    blocks, prose, i = [], [], 0
    while i < len(lines):
        if lines[i].startswith("```"):
            kind, start = lines[i][3:].strip(), i + 1
            end = lines.index("```", start)
            text = "\n".join(lines[start:end])
            if kind in ("python", "bash"):
                blocks.append(Block("python" if kind == "python" else "script", text, start + 1))
            elif kind == "text" and blocks and not "".join(lines[blocks_end(blocks[-1]) : i]).strip():
                blocks[-1].expected, blocks[-1].expected_lines = text, (start, end)
            i = end + 1
        elif lines[i].startswith("    ") and (i == 0 or not lines[i - 1].strip()):
            start = i
            while i < len(lines) and (lines[i].startswith("    ") or not lines[i].strip()):
                i += 1
            text = "\n".join(line[4:] for line in lines[start:i]).rstrip()
            if text.startswith("$ "):
                blocks.append(Block("console", text, start + 1))
            elif re.match(r"(build/)?costrisk ", text):
                blocks.append(Block("commands", without_words(text), start + 1))
            elif text.startswith("import "):
                blocks.append(Block("python", text, start + 1))
        else:
            prose.append((i + 1, lines[i]))
            i += 1
    text = "\n".join(line for _, line in prose)
    for span in re.finditer(r"`((?:build/)?costrisk \w+ [^`]+)`", text):
        command = " ".join(span.group(1).split())
        if re.search(r"FILE|\.\w|--", command) and "[" not in command:
            line = prose[text.count("\n", 0, span.start())][0]
            blocks.append(Block("commands", command, line))
    return blocks


def blocks_end(block):
    return block.line + block.text.count("\n") + 1


def indented(text):
    return [f"    {line}" if line else "" for line in text.split("\n")]


def without_words(text):
    """Commands without what an indented block says of them behind two spaces."""
    return "\n".join(re.split(r"\s{2,}(?=\S)", line.rstrip())[0] if not line.startswith(" ") else line.strip()
                     for line in text.split("\n"))


def agrees(expected, printed):
    """Whether the lines are those expected, where an ellipsis stands for any."""
    pattern = "\n".join(re.escape(line.rstrip()) if line.strip() != "…" else "(?:.*\n)*?.*" for line in expected.split("\n"))
    printed = "\n".join(line.rstrip() for line in printed.strip("\n").split("\n"))
    return re.fullmatch(pattern, printed) is not None


def refreshed(expected, printed):
    """The expected lines as they are printed now; ellipses stay."""
    now, at, result = [line.rstrip() for line in printed.strip("\n").split("\n")], 0, []
    for elided, lines in itertools.groupby(expected.split("\n"), lambda line: line.strip() == "…"):
        lines = list(lines)
        if elided:
            result += lines
            continue
        places = range(at, len(now) - len(lines) + 1) if result else [0]
        alike = lambda i: sum(difflib.SequenceMatcher(None, a, b).ratio() for a, b in zip(lines, now[i:]))
        at = max(places, key=alike, default=at)
        result += now[at : at + len(lines)]
        at += len(lines)
    return "\n".join(result)


def commands_of(text):
    """Lines of a shell, continued ones as one."""
    return [line for line in re.sub(r"\\\n\s*", "", text).split("\n") if line.strip() and not line.startswith("#")]


def beginning(table, command):
    plain = " ".join(command.replace("build/costrisk", "costrisk").split())
    return next((value for start, value in table.items() if plain.startswith(start)), None)


def environment(folder):
    """In which `costrisk` is the program that is tested."""
    path = f"{folder}/build{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "NO_COLOR": "1", "COLUMNS": "80"}


def run_command(command, folder):
    """What it printed; raises where it ends otherwise than it may."""
    missing = [name for name in NEEDED_DATA if name in command and not (pathlib.Path(folder) / name).exists()]
    if missing or beginning(LEFT_OUT, command):
        return ""
    allowed, short = beginning(OTHER_ENDS, command), beginning(SHORTENED, command)
    if short and not re.search(r"--(scenario|explain|diff|seconds)\b", command):
        command = re.sub(r"(costrisk \w+)", rf"\1 {short}", command, count=1)
    ended = subprocess.run(["bash", "-c", command], cwd=folder, env=environment(folder), capture_output=True, text=True)
    if ended.returncode != 0 and not (allowed and ended.returncode == allowed[0]):
        raise RuntimeError(f"`{command}` ended with {ended.returncode}:\n{ended.stderr.strip()}")
    return ended.stdout


def run_python(text, line, page, namespace):
    printed = io.StringIO()
    code = compile("\n" * (line - 1) + text, page, "exec")
    with contextlib.redirect_stdout(printed):
        exec(code, namespace)
    return printed.getvalue()


def run_console(text, folder, update):
    """The text of a block of commands behind $ and their output, with what they print now; raises where that differs,
    unless the page is to be updated."""
    parts = []
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command = re.match(r"(.*\\\n)*.*", part)[0]
        expected = part[len(command) + 1 :]
        printed = run_command(re.sub(r"\\\n\s*", "", command), folder)
        if update and expected.strip():
            expected = refreshed(expected.rstrip("\n"), printed) + expected[len(expected.rstrip("\n")) :]
        elif not agrees(expected.rstrip(), printed):
            raise RuntimeError(f"`{command}` prints\n{printed}\nand the page says\n{expected}")
        parts.append(f"$ {command}\n{expected}")
    return "".join(parts).rstrip("\n")


def run_block(block, page, folder, namespace, update):
    """What a block printed, of a console block its text; raises where it fails."""
    if block.kind == "console":
        return run_console(block.text, folder, update)
    if block.kind == "script":
        return run_command("set -e\n" + block.text, folder)
    if block.kind == "commands":
        return "".join(run_command(command, folder) for command in commands_of(block.text))
    return run_python(block.text, block.line, page, namespace)


def check_page(name, text, folder, update=False):
    """Problems of a page, and its text with what was printed."""
    problems, changes = [], []
    namespace = {"__name__": "page"}
    before, before_environment = os.getcwd(), dict(os.environ)
    os.environ.update(environment(folder))
    os.chdir(folder)
    try:
        for block in read_blocks(text):
            try:
                printed = run_block(block, name, folder, namespace, update)
            except BaseException as error:
                told = error if isinstance(error, RuntimeError) else traceback.format_exc(limit=-2)
                problems.append(f"{name}:{block.line}: {told}")
                continue
            if block.kind == "console":
                start = block.line - 1
                if printed != block.text:
                    changes.append(((start, start + 1 + block.text.count("\n")), indented(printed)))
            elif block.expected is None:
                if block.kind == "python" and printed.strip():
                    problems.append(f"{name}:{block.line}: it prints, and the page does not say what:\n{printed}")
            elif update:
                changes.append((block.expected_lines, printed.strip("\n").split("\n")))
            elif not agrees(block.expected, printed):
                problems.append(f"{name}:{block.line}: it prints\n{printed}\nand the page says\n{block.expected}")
    finally:
        os.chdir(before)
        os.environ.clear()
        os.environ.update(before_environment)
    lines = text.split("\n")
    for (start, end), printed in reversed(sorted(changes)):
        lines[start:end] = [line.rstrip() for line in printed]
    return problems, "\n".join(lines)


def prepare(folder, program, page):
    """The folder that a page's reader is taken to sit in."""
    from fixtures import write_fixtures

    (folder / "build").mkdir()
    (folder / "build" / "costrisk").symlink_to(pathlib.Path(program).resolve())
    shutil.copytree(ROOT / "configs", folder / "configs")
    shutil.copytree(ROOT / "docs", folder / "docs")
    (folder / "results").mkdir()
    write_fixtures(folder, page)
    if "quickstart.h5" in (ROOT / page).read_text(encoding="utf-8"):
        run_command("costrisk run configs/quickstart.toml --keep-paths --paths 20000 -o results/quickstart.h5", folder)


def self_test():
    """Planted errors are found, and a page without any passes."""
    good = "```python\nx = 1 / 4\nprint(x, 2)\nprint(3)\n```\n\n```text\n0.25 2\n3\n```\n\n```python\nx += 1\n```\n"
    planted = {
        "a wrong figure": good.replace("0.25", "0.26"),
        "a missing line": good.replace("0.25 2\n", ""),
        "an exception": good.replace("1 / 4", "1 / 0"),
        "an exception in the last block": good.replace("x += 1", "y += 1"),
        "a name of another page": good.replace("x = 1 / 4", "x = elsewhere"),
        "output that the page does not show": good.replace("x += 1", "print(x)"),
        "a command that fails": "```bash\nfalse\n```\n",
        "a command in a block that fails": "    costrisk nonsense     what it does\n",
        "a command in a sentence that fails": "One runs `costrisk nonsense my.toml`.\n",
        "wrong output of a command": "    $ echo one; echo two\n    one\n    three\n",
    }
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "build").mkdir()
        (folder / "build" / "costrisk").symlink_to("/bin/false")
        assert check_page("good", good, folder)[0] == [], check_page("good", good, folder)
        elided = "    $ seq 5\n    1\n    …\n    5\n"
        assert check_page("elided", elided, folder)[0] == []
        for what, text in planted.items():
            assert check_page("planted", text, folder)[0], f"not found: {what}"
        wrong = planted["a wrong figure"]
        assert check_page("updated", wrong, folder, update=True) == ([], good)
        stale = "    $ printf 'cost 1\\n\\nspot 2\\nmore\\n'\n    cost 9\n\n    spot 8\n    …\n\nwords\n"
        fresh = stale.replace("9", "1").replace("8", "2")
        assert check_page("updated", stale, folder, update=True) == ([], fresh), check_page("updated", stale, folder, True)
    print(f"{len(planted)} planted errors were found")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--self-test", action="store_true")
    parser.add_argument("pages", nargs="*")
    options = parser.parse_args()
    if options.self_test:
        self_test()
        return 0
    try:
        import h5netcdf  # noqa: F401
        import h5py  # noqa: F401
        import netCDF4  # noqa: F401
        import pandas  # noqa: F401
        import xarray  # noqa: F401
    except ImportError as error:
        print(f"skipped: {error}")
        return 77
    failed, skipped = False, 0
    for page in options.pages:
        file = ROOT / page
        if not read_blocks(file.read_text(encoding="utf-8")):
            print(f"skipped: {page} has nothing to run")
            skipped += 1
            continue
        with tempfile.TemporaryDirectory(prefix="costrisk-docs-") as name:
            folder = pathlib.Path(name)
            prepare(folder, options.program, page)
            text = file.read_text(encoding="utf-8")
            problems, updated = check_page(page, text, folder, options.update)
        for problem in problems:
            print(problem)
        failed = failed or bool(problems)
        if options.update and updated != text:
            file.write_text(updated, encoding="utf-8")
        print(f"{page}: {len(read_blocks(text))} blocks, {len(problems)} problems")
    return 1 if failed else 77 if skipped == len(options.pages) else 0


if __name__ == "__main__":
    sys.exit(main())
