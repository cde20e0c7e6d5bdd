#!/usr/bin/env python3
"""Checks every ELF program and shared library below some folders for what a loader and an attacker make of it.

A run path names absolute folders, or folders beside the file ($ORIGIN); an empty or relative element would be
the current folder, from which a planted library would be loaded. Relocations are read-only once the program has
started, bound at once, the stack is not executable, and programs are position independent. Files named with --own
are the project's: the C library's checked functions and the assertions of the C++ library are in them, too. One named
with --own-unchecked calls no function of the C library that has a checked form.

usage: check_elf.py [--own NAME]... [--own-unchecked NAME]... FOLDER...
       check_elf.py --hijack PROGRAM   a planted libtbb.so.12 in the current folder is not loaded
       check_elf.py --self-test        planted defects are found
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

MAGIC = b"\x7fELF"
EXECUTABLE, SHARED = 2, 3  # e_type
# Functions that have a checked form which the compiler takes wherever it can, but for those that copy memory.
CHECKABLE = re.compile(r" (v?s?n?printf|v?fprintf|st[rp]n?cpy|strn?cat|fgets|fread|p?read|recv|realpath|getcwd|readlink)@")


def elf_type(path):
    """e_type of an ELF file, None of any other."""
    if not path.is_file() or path.is_symlink():
        return None
    with path.open("rb") as file:
        head = file.read(18)
    return int.from_bytes(head[16:18], "little") if head[:4] == MAGIC and len(head) == 18 else None


def readelf(option, path):
    return subprocess.run(["readelf", "-W", option, path], check=True, capture_output=True, text=True).stdout


def run_path_faults(dynamic):
    """What is wrong with the run paths in the output of readelf -d."""
    for line in dynamic.splitlines():
        if "(RUNPATH)" not in line and "(RPATH)" not in line:
            continue
        path = line[line.index("[") + 1 : line.rindex("]")]
        for element in path.split(":"):
            if not element:
                yield f"run path '{path}' has an empty element, which is the current folder"
            elif not element.startswith("/") and element.split("/")[0] not in ("$ORIGIN", "${ORIGIN}"):
                yield f"run path '{path}' has the relative element '{element}'"


def faults(path, own, may_be_unchecked):
    """What is wrong with an ELF file, as messages."""
    dynamic = readelf("-d", path)
    yield from run_path_faults(dynamic)
    if not own:
        return
    segments = readelf("-l", path)
    if "GNU_RELRO" not in segments:
        yield "relocations stay writable (no RELRO)"
    if "BIND_NOW" not in dynamic and not re.search(r"Flags:.*\bNOW\b", dynamic):
        yield "functions are bound late (no -z now)"
    if any("GNU_STACK" in line and "E" in line.split()[6] for line in segments.splitlines()):
        yield "the stack is executable"
    if elf_type(path) == EXECUTABLE:
        yield "the program is not position independent"
    symbols = readelf("--dyn-syms", path)
    checked = "_chk@" in symbols or "_chk " in symbols
    if not checked and (not may_be_unchecked or CHECKABLE.search(symbols)):
        yield "no function of the C library is a checked one (_FORTIFY_SOURCE)"
    if "__glibcxx_assert_fail" not in symbols:
        yield "the C++ library's assertions are off (_GLIBCXX_ASSERTIONS)"


def violations(folders, own_names, unchecked_names=()):
    found, count = [], 0
    for folder in map(pathlib.Path, folders):
        for path in sorted(folder.rglob("*")):
            if "node_modules" in path.parts or elf_type(path) not in (EXECUTABLE, SHARED):
                continue
            count += 1
            found += [f"{path}: {fault}" for fault in faults(path, path.name in (*own_names, *unchecked_names), path.name in unchecked_names)]
    missing = {*own_names, *unchecked_names} - {p.name for f in folders for p in pathlib.Path(f).rglob("*")}
    found += [f"no file is called {name}" for name in sorted(missing)]
    return found, count


PLANTED = """
#include <stdio.h>
#include <stdlib.h>
__attribute__((constructor)) static void planted(void) { puts("PLANTED CODE RAN"); exit(86); }
"""


def hijack(program):
    """None, or how a library planted in the current folder came to run."""
    program = pathlib.Path(program).resolve()
    needed = [line[line.index("[") + 1 : line.rindex("]")] for line in readelf("-d", program).splitlines() if "(NEEDED)" in line]
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "planted.c"
        source.write_text(PLANTED)
        for library in needed:
            subprocess.run(["cc", "-shared", "-fPIC", "-o", pathlib.Path(folder) / library, source], check=True)
        done = subprocess.run([program, "--version"], cwd=folder, capture_output=True, text=True,
                              env={k: v for k, v in os.environ.items() if k != "LD_LIBRARY_PATH"})
    if "PLANTED CODE RAN" in done.stdout or done.returncode:
        said = (done.stdout + done.stderr).splitlines()[:1]
        return f"{program} --version ended with {done.returncode} among planted libraries: {' '.join(said)}"
    return None


def self_test():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        source = folder / "program.cpp"
        source.write_text("#include <cstdio>\n#include <vector>\nint main(int c, char** v) { std::vector<int> x(3); char b[9];"
                          " std::sprintf(b, \"%d\", x[c]); std::puts(b); return 0; }\n")
        good = ["-O2", "-D_FORTIFY_SOURCE=2", "-D_GLIBCXX_ASSERTIONS", "-fPIE", "-pie", "-Wl,-z,relro,-z,now"]
        for extra, expected in (
            ([], 0),
            (["-Wl,-rpath,$ORIGIN/../lib:/usr/lib"], 0),
            (["-Wl,-rpath,:"], 1),
            (["-Wl,-rpath,lib"], 1),
            (["-Wl,-z,norelro"], 1),
            (["-Wl,-z,lazy"], 1),
            (["-Wl,-z,execstack"], 1),
            (["-fno-pie", "-no-pie"], 1),
            (["-U_FORTIFY_SOURCE"], 1),
            (["-U_GLIBCXX_ASSERTIONS"], 1),
        ):
            program = folder / "program"
            subprocess.run(["c++", source, "-o", program, *good, *extra], check=True)
            found, count = violations([folder], ["program"])
            if count != 1 or bool(found) != bool(expected):
                return f"with {extra or 'nothing'} {len(found)} faults were found: {found}"
        if not violations([folder], [], ["program"])[0]:  # the last one has its assertions off
            return "a file that need not call checked functions was not looked at"
        subprocess.run(["c++", source, "-o", program, *good, "-U_FORTIFY_SOURCE"], check=True)
        if not violations([folder], [], ["program"])[0]:
            return "an unchecked sprintf was not found"
    return None


def main():
    arguments = sys.argv[1:]
    if arguments == ["--self-test"]:
        problem = self_test()
        print(problem or "planted defects are found")
        return 1 if problem else 0
    if arguments[:1] == ["--hijack"]:
        problem = hijack(arguments[1])
        print(problem or "libraries planted in the current folder are not loaded")
        return 1 if problem else 0
    names = {"--own": [], "--own-unchecked": []}
    while arguments[:1] and arguments[0] in names:
        names[arguments[0]].append(arguments[1])
        del arguments[:2]
    found, count = violations(arguments, names["--own"], names["--own-unchecked"])
    if not count:
        found.append("there is no ELF file below " + ", ".join(arguments))
    print("\n".join(found) if found else f"{count} ELF files are sound")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
