#!/usr/bin/env python3
"""Checks that includes go only downward: a file includes from its own floor and from those below it.

usage: check_includes.py [ROOT]      check the repository at ROOT (default: the one this file is in)
       check_includes.py --self-test check that an upward include is found
"""
import pathlib
import re
import sys
import tempfile

FLOORS = {
    "kernels": ["kernels/lane", "kernels/math", "kernels/model", "kernels/backends", "kernels/ladder"],
    "src": ["src/tally", "src/trace", "src/scenario", "src/io", "src/calibrate", "src/run", "src/backtest", "src/report", "src/cli"],
}
# Each folder and what it may include besides itself.
BELOW = {}
for index, folder in enumerate(FLOORS["kernels"]):
    BELOW[folder] = FLOORS["kernels"][:index]
for index, folder in enumerate(FLOORS["src"]):
    BELOW[folder] = FLOORS["kernels"] + FLOORS["src"][:index]

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')
SUFFIXES = {".hpp", ".cpp", ".h", ".cu", ".cuh", ".inc"}
# Written by the build, and so in no folder of the repository.
GENERATED = {"costrisk_build.hpp"}


def violations(root):
    """The offending includes below `root`, as 'file:line: message'."""
    found = []
    for top in FLOORS:
        for path in sorted((root / top).rglob("*")):
            if path.suffix not in SUFFIXES:
                continue
            name = path.relative_to(root)
            floor = "/".join(name.parts[:2])
            if floor not in BELOW:
                found.append(f"{name}:1: is on no floor; the floors are {', '.join(BELOW)}")
                continue
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                match = INCLUDE.match(line)
                if not match or match[1] in GENERATED:
                    continue
                target = "/".join(match[1].split("/")[:2])
                if not (root / match[1]).is_file():
                    found.append(f"{name}:{number}: \"{match[1]}\" is not a path from the repository's root")
                elif target != floor and target not in BELOW[floor]:
                    found.append(f"{name}:{number}: {floor} includes \"{match[1]}\" from above it")
    return found


def self_test():
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for floor in BELOW:
            (root / floor).mkdir(parents=True)
        (root / "kernels/model/a.hpp").write_text("#pragma once\n")
        (root / "src/run/b.hpp").write_text('#include "kernels/model/a.hpp"\n#include <vector>\n')
        if violations(root):
            return "a downward include was refused"
        planted = [
            ("src/tally/upward.hpp", '#include "src/run/b.hpp"\n'),
            ("kernels/lane/upward.hpp", '#  include "kernels/model/a.hpp"\n'),
            ("src/cli/relative.hpp", '#include "../run/b.hpp"\n'),
            ("src/elsewhere/floorless.hpp", "\n"),
        ]
        for name, text in planted:
            path = root / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
            if len(violations(root)) != 1:
                return f"{name} was not found"
            path.unlink()
    return None


def main():
    if sys.argv[1:] == ["--self-test"]:
        problem = self_test()
        print(problem or "planted upward includes are found")
        return 1 if problem else 0
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent.parent)
    found = violations(root)
    print("\n".join(found) if found else "all includes go downward")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
