#!/usr/bin/env python3
"""Executes the notebooks of docs/notebooks, cell by cell, as Jupyter would, and shows what they show.

usage: PYTHONPATH=build/python check_notebooks.py [-v] [NOTEBOOK...]      default: all
Exits with 77 where a package is missing.
"""
import ast
import json
import os
import pathlib
import shutil
import sys
import tempfile
import traceback

ROOT = pathlib.Path(__file__).resolve().parents[2]


def shown(value):
    """What a notebook would show of a cell's last value: its HTML, or its text."""
    html = getattr(value, "_repr_html_", None)
    return (html() if html else None) or repr(value)


def run_cell(source, namespace):
    """Executes a cell; the value of an expression at its end, or None."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), namespace)
    return eval(compile(ast.Expression(last.value), "cell", "eval"), namespace) if last else None


def problems(file, verbose):
    notebook = json.loads(file.read_text(encoding="utf-8"))
    namespace = {"__name__": "notebook"}
    for number, cell in enumerate(notebook["cells"], 1):
        if cell["cell_type"] != "code":
            continue
        if cell["outputs"]:
            yield f"cell {number} has output: clear it, the test shows what comes"
        try:
            value = run_cell("".join(cell["source"]), namespace)
            text = "" if value is None else shown(value)
        except BaseException:
            yield f"cell {number}: {traceback.format_exc(limit=-3)}"
            return
        if verbose:
            print(f"--- cell {number}\n{text if len(text) < 3000 else text[:200] + '…'}")


def main():
    words = sys.argv[1:]
    verbose = "-v" in words
    try:
        import costrisk  # noqa: F401
        import pandas  # noqa: F401
        import xarray  # noqa: F401
    except ImportError as error:
        print(f"skipped: {error}")
        return 77
    files = [pathlib.Path(word).resolve() for word in words if word != "-v"] or sorted((ROOT / "docs" / "notebooks").glob("*.ipynb"))
    failed = False
    for file in files:
        with tempfile.TemporaryDirectory() as folder:
            shutil.copytree(ROOT / "configs", pathlib.Path(folder) / "configs")
            os.chdir(folder)
            found = list(problems(file, verbose))
            os.chdir(ROOT)
        print(f"{file.name}: {len(found)} problems")
        print("\n".join(found), end="\n" if found else "")
        failed = failed or bool(found)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
