#!/usr/bin/env python3
"""Makes the tables of docs/validation.md anew, by the program's own commands.

usage: regenerate.py [--program build/costrisk] [--data ../shared/data] [--only NAME ...] [--check]

Every table stands between <!-- NAME --> and <!-- end --> in docs/validation.md and is replaced. --check writes nothing and
fails where what must hold does not: all published cases reproduced, distributions that agree. The data are not part of the
repository; without them, or without h5py, nothing is done.
"""
import argparse
import pathlib
import re
import sys
import tempfile
import time

sys.dont_write_bytecode = True

try:
    from laws import capacity_laws, rolling
    from program import Validation
    from published import memoryless, others_by_engine, published_by_engine, published_by_rules, throughput
except ModuleNotFoundError as error:
    if error.name not in ("h5py", "numpy"):
        raise
    print(f"skipped: {sys.executable} has no {error.name}; on Debian install python3-h5py and use /usr/bin/python3")
    sys.exit(77)

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "validation.md"
TABLES = {
    "published-by-engine": published_by_engine,
    "published-by-rules": published_by_rules,
    "others-by-engine": others_by_engine,
    "throughput": throughput,
    "memoryless": memoryless,
    "capacity-laws": capacity_laws,
    "rolling": rolling,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=ROOT / "build" / "costrisk", type=pathlib.Path)
    parser.add_argument("--data", default=ROOT / ".." / "shared" / "data", type=pathlib.Path)
    parser.add_argument("--only", nargs="+", choices=TABLES, default=list(TABLES))
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    data = options.data.resolve()
    if not (data / "cbl_reference.json").exists():
        print(f"skipped: there is no {data / 'cbl_reference.json'}")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        v = Validation(options.program.resolve(), data, folder)
        for name in options.only:
            begin = time.monotonic()
            text = TABLES[name](v)
            print(f"{name}: {time.monotonic() - begin:.0f} s\n{text}\n", flush=True)
            if options.check:
                continue
            page = PAGE.read_text(encoding="utf-8")
            pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.S)
            if not pattern.search(page):
                raise SystemExit(f"{PAGE} has no place for {name}")
            PAGE.write_text(pattern.sub(lambda match: match[1] + text + "\n" + match[2], page), encoding="utf-8")
    for failure in v.failures:
        print(f"does not hold: {failure}", file=sys.stderr)
    return 1 if v.failures else 0


if __name__ == "__main__":
    sys.exit(main())
