#!/usr/bin/env python3
"""Compares what two versions of the program write for the same run, dataset by dataset, bit by bit: all groups, all
datasets and all attributes but those that tell the version. Names of the first version's root are looked up in the
renames of docs/results-format.md.

usage: compare_formats.py OLD_PROGRAM NEW_PROGRAM SCENARIO...
"""
import pathlib
import re
import subprocess
import sys
import tempfile

import h5py
import numpy

ROOT = pathlib.Path(__file__).resolve().parents[2]
# What says which version wrote the file, or how the library places it.
OF_THE_VERSION = {"checksum", "format_version", "costrisk_version", "git_sha"}
OF_THE_PLACE = {"DIMENSION_LIST", "REFERENCE_LIST", "description"}


def renames():
    page = (ROOT / "docs/results-format.md").read_text(encoding="utf-8")
    table = re.search(r"<!-- made from the catalogue: renames -->(.*?)<!-- end", page, re.DOTALL)[1]
    return dict(re.findall(r"\| `(\w+)` \| `(\w+)` \|", table))


def datasets(file):
    found = {}
    file.visititems(lambda name, item: found.setdefault(name, item) and None if isinstance(item, h5py.Dataset) else None)
    return found


def dimensions(dataset):
    """The names of the scales along a dataset's axes."""
    return [axis[0].name for axis in dataset.dims if len(axis)]


def payload(dataset):
    values = dataset[()]
    return values.tolist() if values.dtype == object else values.tobytes()


def attributes(item, left_out):
    return {name: numpy.asarray(value).tolist() for name, value in item.attrs.items() if name not in left_out}


def differences(old, new, renamed):
    found = []
    if attributes(old, OF_THE_VERSION) != attributes(new, OF_THE_VERSION):
        found.append("attributes of the root")
    before, after = datasets(old), datasets(new)
    names = {name: renamed.get(name, name) for name in before}
    for name in sorted(set(names.values()) ^ set(after)):
        found.append(f"{name} is in one alone")
    for name, now in names.items():
        if now not in after:
            continue
        a, b = before[name], after[now]
        if (a.shape, a.dtype) != (b.shape, b.dtype) or payload(a) != payload(b):
            found.append(f"{name}: values")
        if dimensions(a) != dimensions(b) or attributes(a, OF_THE_PLACE) != attributes(b, OF_THE_PLACE):
            found.append(f"{name}: dimensions or units")
    return found, len(names)


def main(old_program, new_program, *scenarios):
    renamed, failed = renames(), False
    for scenario in scenarios:
        with tempfile.TemporaryDirectory() as folder:
            files = []
            for i, program in enumerate((old_program, new_program)):
                files.append(pathlib.Path(folder) / f"{i}.h5")
                subprocess.run([program, "run", scenario, "--paths", "4096", "--keep-paths", "--quiet", "-o", files[-1]],
                               check=True, stdout=subprocess.DEVNULL)
            with h5py.File(files[0]) as old, h5py.File(files[1]) as new:
                found, count = differences(old, new, renamed)
        failed = failed or bool(found)
        print(f"{scenario}: {count} datasets, " + (", ".join(found) or "all equal"))
    return 1 if failed or not scenarios else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
