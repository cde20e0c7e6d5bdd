#!/usr/bin/env python3
"""Adds a key to the markets of a scratch copy, and finds it wherever keys are known, without another edit.

One file is edited: the member of the struct and its row stand beside each other. The key is then read from TOML, set
with --set, defaulted, refused out of its range, written by `check --resolved`, and described in the JSON Schema and in
docs/scenario.md. A member that is added to another struct without a row is found too.

usage: fields.py CXX [FOLDER]   compile with CXX, in FOLDER (default: a temporary one)
"""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
COPIED = ("src/scenario", "src/trace", "kernels/math", "kernels/model", "kernels/lane", "tests/canary", "tests/unit",
          "docs/scenario.md")
# Which read other files, or run the checks that need the model's parameters.
NOT_NEEDED = {"load.cpp", "bills.cpp", "law_files.cpp"}

MEMBER = "  double canary_per_gb = 0.0;\n"
ROW = ('    row.number("canary_per_gb", &Market::canary_per_gb,\n'
       '               {.about = "what a canary is paid", .range = non_negative, .fallback = "0.25"});\n')
EDITS = {
    "src/scenario/entities/market.hpp": [("  double egress_per_gb = 0.0;\n", MEMBER),
                                         ('    row.part("billing", Billing{}, {.about = "how a run of an instance is billed"});\n', ROW)],
}
OMISSION = ("src/scenario/entities/optimization.hpp", "  Law throughput;\n", "  double forgotten = 0.0;\n")

SCENARIO = """
horizon = "1w"
market = [
  { name = "given", on_demand = 2, canary_per_gb = 0.5 },
  { name = "set", on_demand = 2 },
  { name = "left out", on_demand = 2 },
]
job = [{ name = "train", work = 10, throughput = { given = 1 } }]
plan = [{ name = "p", job = { train = {} } }]
"""


def insert_after(path, line, added):
    text = path.read_text(encoding="utf-8")
    if text.count(line) != 1:
        raise SystemExit(f"{path}: {line.strip()!r} stands there {text.count(line)} times; expected once")
    path.write_text(text.replace(line, line + added), encoding="utf-8")


def compiled(cxx, library, folder):
    sources = [source for part in ("entities", "reader") for source in sorted((folder / "src/scenario" / part).glob("*.cpp"))]
    sources = [source for source in sources if source.name not in NOT_NEEDED]
    sources += [folder / name for name in ("src/scenario/lower/expectation.cpp", "kernels/math/host.cpp", "src/trace/files.cpp", "src/trace/plain_text.cpp",
                                           "tests/canary/fields_driver.cpp")]
    everything = folder / "everything.cpp"
    everything.write_text("".join(f'#include "{source.relative_to(folder)}"\n' for source in sources))
    program = folder / "fields"
    subprocess.run([cxx, "-std=c++20", "-O0", "-I", folder, everything, "-o", program, library, "-lfmt"], check=True)
    return program


def run(program, folder, *overrides):
    done = subprocess.run([program, folder / "scenario.toml", folder / "docs/scenario.md", *overrides],
                          capture_output=True, text=True, encoding="utf-8")
    return done.returncode, done.stdout, done.stderr


def problems(cxx, library, folder):
    for name in COPIED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        copy(ROOT / name, folder / name)
    for name, edits in EDITS.items():
        for line, added in edits:
            insert_after(folder / name, line, added)
    insert_after(folder / OMISSION[0], OMISSION[1], OMISSION[2])
    (folder / "scenario.toml").write_text(SCENARIO)
    program = compiled(cxx, library, folder)

    code, out, err = run(program, folder, "market.set.canary_per_gb=0.75")
    if code:
        return [f"the scenario was refused:\n{err}"]
    _, resolved, schema, page, members = re.split(r"^== .*\n", out, flags=re.MULTILINE)
    found = []
    for name, value in (("given", "0.5"), ("set", "0.75"), ("left out", "0.25")):
        market = next(part for part in resolved.split("[[market]]\n") if part.startswith(f'name = "{name}"\n'))
        if f"\ncanary_per_gb = {value}\n" not in market:
            found.append(f"the resolved market {name!r} does not have canary_per_gb = {value}:\n{market}")
    described = json.loads(schema)["$defs"]["market"]["properties"].get("canary_per_gb")
    if described != {"description": "what a canary is paid", "type": "number", "minimum": 0.0, "default": 0.25}:
        found.append(f"the JSON Schema has {described}")
    if "\n| `canary_per_gb` | number ≥ 0 | `0.25` | what a canary is paid |\n" not in page:
        found.append("the page has no row for the key")
    if members != "optimization: 3 of 4 members have a row\n":
        found.append(f"of members without a row this was said: {members!r}")
    code, _, err = run(program, folder, "market.set.canary_per_gb=-1")
    if not code or "'canary_per_gb' is -1; expected a number that is not negative" not in err:
        found.append(f"a value out of range was not refused: {err}")
    return found


def main():
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(sys.argv[3] if len(sys.argv) > 3 else temporary).resolve()
        found = problems(sys.argv[1], sys.argv[2], folder)
    print("\n".join(found) or f"a key of a market takes an edit of {len(EDITS)} file: {', '.join(EDITS)}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
