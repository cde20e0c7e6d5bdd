#!/usr/bin/env python3
"""Checks that a quantity is one row: a scratch copy of the sources with a row added to
src/results/quantities/quantities.inc, and no other edit, evaluates it, writes and reads it, and has it in JSON, in
gates and in the page of the format; that a row without a formula is found; and that values without a row do not compile.

usage: quantities.py COMPILER [OPTION...]     how to compile and link against the scenario's reader, HDF5, TBB and {fmt}
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
TABLE = "src/results/quantities/quantities.inc"
VALUES = "src/results/estimators/results.hpp"
FORMULA = """,
    .estimate = OF_CELL(in_currency(e.sums.cost_max[c[D::plan]].value - e.sums.cost_min[c[D::plan]].value))"""
ROW = """
QUANTITY(canary_range,
    .dimensions = {D::plan}, .kind = Kind::extreme, .better = Better::lower,
    .title = "range of cost", .description = "highest cost less lowest"%s)
"""
PRESENT = ("results_json", "recommendation", "goal", "stored_scenario", "numbers", "sentences", "text_table", "gates")


def main(compiler, *options):
    command = [compiler, "-std=c++20", "-O0", "-I."]
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for part in ("kernels", "src", "tests/unit", "tests/golden", "tests/canary"):
            shutil.copytree(ROOT / part, root / part, ignore=shutil.ignore_patterns("*.toml", "*.csv", "*.gz"))
        table = (root / TABLE).read_text(encoding="utf-8")

        # Values that stand beside the table.
        text = (root / VALUES).read_text(encoding="utf-8")
        for start in ("struct QuantityValues {", "struct Results : ResultsFrame, QuantityValues {"):
            if text.count(start) != 1:
                return f"{VALUES} has '{start}' {text.count(start)} times: this test must follow the file"
            (root / VALUES).write_text(text.replace(start, start + " std::vector<double> forgotten;"), encoding="utf-8")
            planted = subprocess.run([*command, "-fsyntax-only", "src/results/quantities/quantities.cpp", *options],
                                     cwd=root, capture_output=True, text=True)
            if planted.returncode == 0 or "without a row" not in planted.stderr:
                return f"values without a row compile:\n{planted.stderr}"
        (root / VALUES).write_text(text, encoding="utf-8")
        print("values without a row do not compile")

        # One row, and one without a formula.
        sources = sorted(path.relative_to(root) for path in (root / "src/results").rglob("*.cpp"))
        sources += [f"src/present/text/{name}.cpp" for name in PRESENT]
        sources += ["tests/canary/quantities_probe.cpp"]
        for formula in (FORMULA, ""):
            (root / TABLE).write_text(table + ROW % formula, encoding="utf-8")
            # What does not see the formula is the same in both.
            again = sources if formula else ["src/results/quantities/quantities.cpp"]
            for source in again:
                built = subprocess.run([*command, "-c", source, "-o", object_of(source), *includes(options)], cwd=root)
                if built.returncode != 0:
                    return f"{source} does not compile with a row more"
            linked = subprocess.run([compiler, *map(object_of, sources), "-o", "probe", *options], cwd=root)
            if linked.returncode != 0:
                return "a row of the table alone does not link"
            ended = subprocess.run([root / "probe"], cwd=root, capture_output=True, text=True)
            print(ended.stdout, end="")
            if formula and ended.returncode != 0:
                return "a row of the table does not reach everything that walks it"
            if not formula and (ended.returncode == 0 or "has no formula" not in ended.stdout):
                return "a row without a formula is not found"
    return None


def object_of(source):
    return str(source).replace("/", "_") + ".o"


def includes(options):
    """Those of the options that a compiler takes without a linker."""
    return [word for i, word in enumerate(options) if word.startswith(("-I", "-D")) or word == "-isystem" or
            (i > 0 and options[i - 1] == "-isystem")]


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
