#!/usr/bin/env python3
"""Checks that an array of the tally is one row: a scratch copy of the sources with rows added to
src/results/sums/tally_arrays.inc, and no other edit, makes, adds up, merges, writes, reads and compares them; and that a
member without a row does not compile.

usage: tally.py COMPILER [OPTION...]     how to compile and link against HDF5, zlib, TBB and {fmt}
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
TABLE = "src/results/sums/tally_arrays.inc"
ARRAYS = "src/results/sums/tally_arrays.hpp"
ROWS = """
TALLY_SUM(Int128, canary_sum, plan_waste, "micro-units", "a sum over paths", plan, waste_kind)
TALLY_ARRAY(std::uint64_t, canary_count, "1", "a count that is added by hand", market)
TALLY_DRIVER(Least, canary, "1", "a minimum by driver", driver)
TALLY_HISTOGRAM(canary_histogram, (HistogramRule{.value = &Output::plan_covered, .bits = 8}), "a histogram", plan)
TALLY_BY_PATH(float, canary, paths, "canary", "1", "a value by path", market, nullptr, market)
"""
MEMBERS = [("struct TallyData {\n", "std::vector<int> forgotten;"), ("struct PathBlock {\n", "std::vector<int> forgotten;")]


def replaced(path, old, new):
    text = path.read_text(encoding="utf-8")
    if text.count(old) != 1:
        sys.exit(f"{path} has '{old.strip()}' {text.count(old)} times: this test must follow the file")
    path.write_text(text.replace(old, new), encoding="utf-8")
    return text


def main(compiler, *options):
    command = [compiler, "-std=c++20", "-O0", "-I."]
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for part in ("kernels", "src/results", "src/trace", "src/run", "tests/cuda", "tests/unit", "tests/canary"):
            shutil.copytree(ROOT / part, root / part, ignore=shutil.ignore_patterns("*.toml", "*.csv", "*.json"))
        replaced(root / TABLE, "// clang-format on\n", ROWS + "// clang-format on\n")
        built = subprocess.run([*command, "tests/canary/tally_probe.cpp", "-o", "probe", *options], cwd=root)
        if built.returncode != 0:
            return "rows of the table alone do not compile"
        if subprocess.run([root / "probe"]).returncode != 0:
            return "rows of the table do not reach everything that walks it"
        for start, member in MEMBERS:
            text = replaced(root / ARRAYS, start, f"{start}  {member}\n")
            planted = subprocess.run([*command, "-fsyntax-only", ARRAYS, "-x", "c++"], cwd=root, capture_output=True,
                                     text=True)
            if planted.returncode == 0 or "without a row" not in planted.stderr:
                return f"a member of {start.split()[1]} without a row compiles:\n{planted.stderr}"
            (root / ARRAYS).write_text(text, encoding="utf-8")
    print("a member without a row does not compile")
    return None


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
