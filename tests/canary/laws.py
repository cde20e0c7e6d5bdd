#!/usr/bin/env python3
"""A distribution, a way to buy or a policy that is forgotten somewhere does not compile: in a scratch copy of the tree one of
each is added to kernels/model/terms.hpp, and every file that dispatches on them must be refused. Nor is any of them told by
comparing with an enumerator, which would take a new one for one of the others.

usage: laws.py [COMPILER]
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TERMS = "kernels/model/terms.hpp"
# How a row is added, as a pattern of the last one there is and what stands in its place.
ROWS = {
    "Purchase": (r'(  ROW\(reserved, "reserved", CapacityLimit[^\n]*\))',
                 r'\1 ROW(canary_purchase, "canary", CapacityLimit::use, Coverage::none)'),
    "Policy": (r'(  ROW\(reserved, "reserved", false[^\n]*\))',
               r'\1 ROW(canary_policy, "canary", true, false, false, false, false, false)'),
    "LawKind": (r"(enum class LawKind : std::int32_t \{[^}]*)\}", r"\1, canary_law }"),
}
CASE = re.compile(r"\bcase (?:\w+::)*(?:Purchase|Policy|LawKind|Law::Kind)::\w+:")
COMPARES = re.compile(r"[!=]= (?:\w+::)*(Purchase|Policy|LawKind|Law::Kind)::(\w+)|"
                      r"\bkind [!=]= (Kind)::(constant|triangular|log_normal)")
# Whether a law is drawn at all is a question of its own; the ladder's small model takes one scenario alone. In the fleets
# of services switches cost a tenth and more of their speed.
MAY_COMPARE = {"kernels/model/world/world_parameters.hpp": "constant", "src/scenario/entities/values.hpp": "constant",
               "src/course/ladder_model.cpp": None, "kernels/model/services/service.hpp": None,
               "kernels/model/services/service_fleet.hpp": None}
NOT_HANDLED = re.compile(r"^(?:\./)?(\S+?):\d+:\d+: warning: enumeration value .(canary_\w+). not handled in switch", re.MULTILINE)
KERNELS = "kernels/backends/scalar.cpp"  # compiles the whole model


def sources(root):
    return {str(path.relative_to(root)): path.read_text(encoding="utf-8")
            for top in ("kernels", "src") for path in sorted((root / top).rglob("*")) if path.suffix in (".hpp", ".cpp", ".cu", ".cuh")}


def comparisons(files):
    found = []
    for name, text in files.items():
        for number, line in enumerate(text.splitlines(), 1):
            for match in COMPARES.finditer(line):
                if name in MAY_COMPARE and MAY_COMPARE[name] in (None, match[2] or match[4]):
                    continue
                found.append(f"{name}:{number}: compares with {match[1] or match[3]}::{match[2] or match[4]}")
    return found


def including(files, header):
    """A source that includes a header itself, or the source of all kernels."""
    if header.startswith("kernels/"):
        return [KERNELS]
    return [name for name, text in files.items() if name.endswith(".cpp") and f'#include "{header}"' in text]


def main():
    compiler = sys.argv[1] if len(sys.argv) > 1 else "c++"
    files = sources(ROOT)
    faults = comparisons(files)
    if not comparisons({"src/run/planted.cpp": "if (pool.buy != Purchase::spot) book(on_demand);"}):
        faults.append("a planted comparison was not found")
    dispatching = {name for name, text in files.items() if CASE.search(text)}
    # Templates are looked into where they are instantiated, and a check of the syntax instantiates none.
    instantiating = {source for name in dispatching if name.endswith(".hpp") for source in including(files, name)}
    to_compile = sorted(instantiating | {name for name in dispatching if name.endswith(".cpp")})
    refused = set()
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        for part in ("kernels", "src"):
            shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("node_modules"))
        text = (folder / TERMS).read_text()
        for enum, (pattern, row) in ROWS.items():
            text, count = re.subn(pattern, row, text)
            if count != 1:
                sys.exit(f"{TERMS} has no place for a row of {enum}")
        (folder / TERMS).write_text(text)
        for source in to_compile:
            depth = ["-S", "-o", "/dev/null"] if source in instantiating else ["-fsyntax-only"]
            told = subprocess.run([compiler, "-std=c++20", *depth, "-Wswitch-enum", "-I.",
                                   "-isystem", "/usr/include/hdf5/serial", source], cwd=folder, capture_output=True,
                                  text=True, env={**os.environ, "LC_ALL": "C"})
            others = [line for line in told.stderr.splitlines() if ": error: " in line]
            if others:
                sys.exit("\n".join(["with a row more there are other faults:", *others[:5]]))
            refused |= {(match[1], match[2]) for match in NOT_HANDLED.finditer(told.stderr)}
    for name in sorted(dispatching):
        enums = {enum for enum in ("Purchase", "Policy", "LawKind")
                 if re.search(rf"\bcase (?:\w+::)*{enum}::\w+:".replace("LawKind", "(?:LawKind|Law::Kind)"), files[name])}
        told = {enum for enum, row in (("Purchase", "canary_purchase"), ("Policy", "canary_policy"), ("LawKind", "canary_law"))
                if (name, row) in refused}
        if enums - told - ({"Purchase", "Policy"} if name == TERMS else set()):
            faults.append(f"{name}: a new enumerator of {', '.join(sorted(enums - told))} is not refused")
    if faults:
        sys.exit("\n".join(faults))
    print(f"a new distribution, way to buy and policy are refused in all {len(refused)} places of {len(dispatching)} files")


if __name__ == "__main__":
    main()
