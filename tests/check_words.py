#!/usr/bin/env python3
"""Checks that names, messages and pages say things in the words of docs/glossary.md.

A word counts wherever it stands: in comments, texts and names, also as a part of snake_case or CapWords.

usage: check_words.py [ROOT]       check the repository at ROOT (default: the one this file is in)
       check_words.py --self-test  check that planted words are found
"""
import pathlib
import re
import sys
import tempfile

# What is not written, and what is written instead.
WORDS = {
    r"tell(s|ing)?|told": "report, state, name, distinguish",
    r"pleas(e|es|ed|ing)": "succeed",
    r"li(ve|ves|ved|ving) through": "go through, simulate",
    r"dear(er|est)": "more, most expensive",
    r"reckon(s|ed|ing)?": "compute, count",
    r"by hand": "hand-computed, written out",
    r"floors": "layers",
}
# The folders and pages that are checked so far, less what stands in LATER.
COVERED = ("README.md", "docs", "src/trace", "src/calibrate", "src/backtest", "src/course", "src/run", "src/present",
           "src/cli")
LATER = re.compile(
    r"README\.md|docs/(scenario\.(md|schema\.json)|results-format\.md|glossary\.md)|src/run/(run|layout|chunk|until_error|device_tally)\."
    r"|src/present/page/(material|memo|sections_compare|sections_cost)\.|src/present/text/(summary|statistics|drivers|results_json|tables|verdict|goal|recommendation)\."
    r"|src/cli/(gates|precision|show\w*|run|terminal|signals|output_file|history_folder)\.|.*package(-lock)?\.json")
SUFFIXES = {".md", ".hpp", ".cpp", ".js", ".mjs", ".css", ".cmake", ".json"}


def words_of(line):
    """The line with names taken apart into words, in lower case."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", line).lower()


def files(root):
    for covered in COVERED:
        path = root / covered
        for file in [path] if path.is_file() else sorted(path.rglob("*")):
            name = file.relative_to(root).as_posix()
            if file.is_file() and file.suffix in SUFFIXES and not LATER.fullmatch(name) and not LATER.match(name):
                yield file, name


def violations(root):
    """The words found below `root`, as 'file:line: message'."""
    found, rules = [], [(re.compile(rf"\b({word})\b"), instead) for word, instead in WORDS.items()]
    for file, name in files(root):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            found += [f"{name}:{number}: '{match[0]}'; write: {instead}" for rule, instead in rules
                      for match in rule.finditer(words_of(line))]
    return found


def self_test():
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        planted = {
            "docs/b.md": "It tells the cost.\nA hotel, a retold tale, a foretold cost.\n",
            "docs/a.md": "Plans live through futures; the dearest is worked out by hand.\n",
            "docs/glossary.md": "tells\n",
            "src/run/a.cpp": "int told_where;\nstruct TellsMore {};\n// It reckons.\n",
            "src/run/run.cpp": "// told\n",
        }
        for name, text in planted.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")
        found = [line.split("; ")[0] for line in violations(root)]
        expected = ["docs/b.md:1: 'tells'", "docs/a.md:1: 'live through'", "docs/a.md:1: 'dearest'", "docs/a.md:1: 'by hand'",
                    "src/run/a.cpp:1: 'told'", "src/run/a.cpp:2: 'tells'", "src/run/a.cpp:3: 'reckons'"]
        assert sorted(found) == sorted(expected), found


def main():
    if sys.argv[1:] == ["--self-test"]:
        self_test()
        print("planted words are found")
        return 0
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parents[1]
    found = violations(root)
    print("\n".join(found) or "all words are those of docs/glossary.md")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
