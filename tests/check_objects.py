#!/usr/bin/env python3
"""Checks that what is compiled for newer processors cannot end up running on older ones.

An inline function that two object files both define is kept once, from whichever the linker meets
first. If that is the one compiled for AVX-512, the program dies on a machine without it. So an object
file compiled for more than the baseline may define no weak symbol that any other object file of the
program defines or needs, and none of the standard library. Shared tables are data and do no harm.

usage: check_objects.py BUILD_FOLDER
       check_objects.py --self-test
"""
import pathlib
import subprocess
import sys
import tempfile

ABOVE_BASELINE = ("scalar_fma.cpp.o", "avx2.cpp.o", "avx512.cpp.o", "03_counter_based.cpp.o", "04_fused.cpp.o")


def symbols(path):
    """(weak definitions of code, every name defined or needed) of an object file."""
    weak, names = set(), set()
    for line in subprocess.run(["nm", "-g", path], check=True, capture_output=True, text=True).stdout.splitlines():
        kind, name = line.split()[-2:]
        names.add(name)
        if kind == "W":
            weak.add(name)
    return weak, names


def demangled(names):
    done = subprocess.run(["c++filt"], input="\n".join(names), check=True, capture_output=True, text=True)
    return done.stdout.splitlines()


def violations(objects):
    """Of the object files in `objects`, the weak symbols above the baseline that others could get."""
    tables = {path: symbols(path) for path in objects}
    found = []
    for path, (weak, _) in tables.items():
        if not path.name.endswith(ABOVE_BASELINE):
            continue
        for mangled, plain in zip(sorted(weak), demangled(sorted(weak))):
            shared = [other.name for other, (_, names) in tables.items() if other != path and mangled in names]
            if shared or "std::" in plain.split("(")[0].split("<")[0]:
                found.append(f"{path.name}: {plain}" + (f", also in {', '.join(shared)}" if shared else ""))
    return found


def self_test():
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "avx2.cpp"
        for text, expected in (
            ("namespace costrisk { int answer() { return 42; } }", False),
            ("#include <vector>\nint size(std::vector<int>& v) { v.push_back(1); return int(v.size()); }", True),
        ):
            source.write_text(text)
            target = pathlib.Path(folder) / "avx2.cpp.o"
            subprocess.run(["c++", "-O0", "-c", source, "-o", target], check=True)
            if bool(violations([target])) != expected:
                return "the standard library's symbols are not told apart"
        other = pathlib.Path(folder) / "other.cpp.o"
        source.write_text("inline int shared(int x) { return x + 1; }\nint use(int x) { return shared(x); }")
        subprocess.run(["c++", "-O0", "-c", source, "-o", target], check=True)
        subprocess.run(["c++", "-O0", "-c", source, "-o", other], check=True)
        if len(violations([target, other])) != 1:
            return "an inline function in two object files was not found"
    return None


def main():
    if sys.argv[1:] == ["--self-test"]:
        problem = self_test()
        print(problem or "planted weak symbols are found")
        return 1 if problem else 0
    build = pathlib.Path(sys.argv[1])
    objects = sorted(p for p in build.glob("CMakeFiles/costrisk*.dir/**/*.cpp.o"))
    if not any(p.name.endswith(ABOVE_BASELINE) for p in objects):
        print(f"no object file above the baseline in {build}")
        return 1
    found = violations(objects)
    print("\n".join(found) if found else f"{len(objects)} object files share nothing above the baseline")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
