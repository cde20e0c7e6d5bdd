#!/usr/bin/env python3
"""Makes the picture of README.md and docs/index.md, docs/examples/quickstart.svg, as a notebook shows it.

usage: PYTHONPATH=build/python picture.py [--check]      --check: fail where the file is another one
Exits with 77 where the module or what it needs is missing.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PICTURE = ROOT / "docs" / "examples" / "quickstart.svg"


def main():
    try:
        import costrisk
    except ImportError as error:
        print(f"skipped: {error}")
        return 77
    page = costrisk.load(str(ROOT / "configs" / "quickstart.toml")).run()._repr_html_()
    picture = re.search(r"<svg.*?</svg>", page, re.DOTALL)[0] + "\n"
    # On a page of its own colours the text is black: it gets a ground to be read on.
    picture = picture.replace(">", '><rect width="100%" height="100%" fill="white"/>', 1)
    if "--check" in sys.argv[1:]:
        same = PICTURE.exists() and PICTURE.read_text(encoding="utf-8") == picture
        print("the picture is as made" if same else f"{PICTURE} is not what the quickstart gives; run {__file__} to make it again")
        return 0 if same else 1
    PICTURE.write_text(picture, encoding="utf-8")
    print(f"{PICTURE}: {len(picture):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
