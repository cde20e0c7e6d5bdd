#!/usr/bin/env python3
"""Checks the links of README.md and docs/: files that are there, headings that are there, pages that the site's menu has.

usage: check_links.py               check the repository
       check_links.py --site        build the site with MkDocs and fail where it warns; 77 where there is no MkDocs
       check_links.py --self-test   planted faults are found
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def prose(text):
    """The text without blocks and spans of code."""
    text = re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"`[^`\n]*`", "", text)


def headings(text):
    """Anchors of a page, as GitHub and MkDocs make them of its headings."""
    found, seen = set(), {}
    for title in re.findall(r"^#+ +(.*?) *$", re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE), re.MULTILINE):
        title = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title.replace("`", ""))
        anchor = re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
        count = seen[anchor] = seen.get(anchor, -1) + 1
        found.add(f"{anchor}-{count}" if count else anchor)
    return found


def pages(root):
    return [root / "README.md", *sorted((root / "docs").rglob("*.md"))]


def problems(root):
    for page in pages(root):
        text = page.read_text(encoding="utf-8")
        for target in LINK.findall(prose(text)):
            if re.match(r"[a-z]+:", target):
                continue
            path, _, anchor = target.partition("#")
            file = (page.parent / path).resolve() if path else page
            name = page.relative_to(root)
            if not file.exists():
                yield f"{name}: there is no {target}"
            elif root not in file.parents and file != root:
                yield f"{name}: {target} is outside of the repository"
            elif anchor and file.suffix == ".md" and anchor not in headings(file.read_text(encoding="utf-8")):
                yield f"{name}: {path or 'the page'} has no heading for #{anchor}"
    menu = root / "docs" / "site" / "mkdocs.yml"
    listed = set(re.findall(r"[\w./-]+\.md\b", menu.read_text(encoding="utf-8")))
    there = {page.relative_to(root / "docs").as_posix() for page in pages(root)[1:]}
    yield from (f"mkdocs.yml: there is no {name}" for name in sorted(listed - there))
    yield from (f"mkdocs.yml: the menu lacks {name}" for name in sorted(there - listed))


def site():
    """Builds the site; its warnings."""
    mkdocs = shutil.which("mkdocs")
    if not mkdocs:
        print("skipped: mkdocs is not installed (apt-get install mkdocs)")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([mkdocs, "build", "--strict", "-f", ROOT / "docs" / "site" / "mkdocs.yml", "-d", folder],
                              capture_output=True, text=True)
        built = len(list(pathlib.Path(folder).rglob("*.html")))
    print(done.stderr if done.returncode else f"{built} pages, no warnings")
    return 1 if done.returncode else 0


def self_test():
    with tempfile.TemporaryDirectory() as name:
        root = pathlib.Path(name).resolve()
        (root / "docs" / "site").mkdir(parents=True)
        (root / "README.md").write_text("[a](docs/a.md#the-first-one) [b](docs/nowhere.md) `[c](code.md)`\n")
        (root / "docs" / "a.md").write_text("# A\n\n## The `first` one\n\n[x](#the-first-one) [y](#missing) [z](https://example.org)\n")
        (root / "docs" / "unlisted.md").write_text("# U\n")
        (root / "docs" / "site" / "mkdocs.yml").write_text("nav:\n  - a.md\n  - gone.md\n")
        expected = ["README.md: there is no docs/nowhere.md", "docs/a.md: the page has no heading for #missing",
                    "mkdocs.yml: there is no gone.md", "mkdocs.yml: the menu lacks unlisted.md"]
        found = list(problems(root))
        assert found == expected, found
    print(f"{len(expected)} planted faults are found")
    return 0


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    if sys.argv[1:] == ["--site"]:
        return site()
    found = list(problems(ROOT))
    print(os.linesep.join(found) or f"{len(pages(ROOT))} pages, every link leads somewhere")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
