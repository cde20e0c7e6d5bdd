#!/usr/bin/env python3
"""What the kernels of the CUDA backend take of a GPU: compiles them and reads what ptxas says.

usage: resources.py NVCC ARCHITECTURE... [--check]

Prints a table of registers, spills, stack and shared memory by kernel (the engine's by its workspace) and
architecture, with the warps that a multiprocessor holds at once by its registers; and one of the places that the
engine's kernels load from, as the PTX says. With --check the exit status is 1 where a kernel spills, where an array is
not read from the memory that kernels/model/parameter_arrays.inc gives it, where too much is read from global memory or
the normal table not from shared memory, where components do not live in registers, where a minimum or maximum depends
on the sign of zero, or where no kernel was found. No GPU is needed.
"""
import collections
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SOURCES = [ROOT / "kernels" / name for name in ("backends/cuda_engine.cu", "backends/cuda_reducer.cu", "ladder/device_ladder.cu")]
FLAGS = ["-std=c++20", "-O3", "-fmad=false", "-ftz=false", "-prec-div=true", "-prec-sqrt=true",
         "--expt-relaxed-constexpr", "--diag-suppress=1675"]
MOST_DEPOT = 256  # bytes of local memory that a kernel may take beside its workspace
# Loads from global memory of the kernel that has its parameters in constant memory: the normal table, profiles, histories, curves
# of lifetimes (each of a loop's loads written once for each place that asks), numbers of laws, parts of gangs,
# commitments' costs and edges.
MOST_GLOBAL_LOADS = 210
# The arrays of the parameters: name, memory, place of the pointer within Parameters.
ARRAYS = """#include <cstddef>
#include <cstdio>
#include "kernels/model/parameters.hpp"
#define COSTRISK_ARRAY(element, name, memory, ...) \\
  std::printf("%s %s %zu\\n", #name, #memory, offsetof(costrisk::Parameters, name));
int main() {
#include "kernels/model/parameter_arrays.inc"
}
"""
REGISTERS = 65536  # of a multiprocessor, from 7.5 on
KERNEL = re.compile(r"simulate_kernelILNS0_9PlacementE(\d)ELi(\d+)E")


def plain_name(mangled):
    """The last two parts of a mangled name, with a template's integer: its parts are told by their lengths."""
    rest, parts = re.sub(r"^_ZN?", "", mangled), []
    while match := re.match(r"(\d+)", rest):
        end = match.end() + int(match[1])
        parts.append(rest[match.end():end])
        rest = rest[end:]
    number = re.match(r"IL[a-zA-Z](\d+)E", rest)
    return ("::".join(parts[-2:]) or mangled) + (f" {number[1]}" if number else "")


def engine_kernel(mangled):
    """The engine's kernel by its workspace; None if it is another one."""
    match = KERNEL.search(mangled)
    return f"{('local', 'global')[int(match[1])]} {int(match[2]) // 1024} KB" if match else None


def loads_of(ptx):
    """Loads of the engine's kernels by state space, and `depot`: the bytes of local memory beyond their workspace."""
    kernels, counts = {}, None
    for line in ptx.splitlines():
        if match := re.match(r"\s*(?:\.visible )?\.entry (\w+)", line):
            name, workspace = engine_kernel(match[1]), KERNEL.search(match[1])
            counts = kernels.setdefault(name, collections.Counter()) if name else None
        elif counts is not None and (match := re.search(r"\.local .*__local_depot\d+\[(\d+)\]", line)):
            counts["depot"] = int(match[1]) - (int(workspace[2]) if name.startswith("local") else 0)
        elif counts is not None and (match := re.match(r"\s*(?:@!?%\w+ )?ld\.(?:volatile\.)?(const|shared|local|global|param)?", line)):
            counts[match[1] or "generic"] += 1
    return kernels


def arrays_of_parameters(nvcc):
    """{place of its pointer within Parameters: (name, memory)}, as the table of arrays has it."""
    with tempfile.TemporaryDirectory() as folder:
        source, program = pathlib.Path(folder, "arrays.cpp"), pathlib.Path(folder, "arrays")
        source.write_text(ARRAYS)
        subprocess.run([nvcc, "-std=c++20", f"-I{ROOT}", str(source), "-o", str(program)], check=True)
        told = subprocess.run([str(program)], check=True, capture_output=True, text=True).stdout
    return {int(place): (name, memory) for name, memory, place in map(str.split, told.splitlines())}


def pointers_of(ptx):
    """Of the engine's kernel with parameters in constant memory, the places of the pointers in its first argument:
    those added to a place in constant memory, and those used as addresses of global memory."""
    constant, elsewhere = set(), set()
    inside, bases, places, blocks = False, set(), {}, set()
    for line in ptx.splitlines():
        if match := re.match(r"\s*(?:\.visible )?\.entry (\w+)", line):
            inside, first = (engine_kernel(match[1]) or "").startswith("local"), f"{match[1]}_param_0"
            bases, places, blocks = set(), {}, set()
        elif not inside:
            continue
        elif match := re.match(r"\s*mov\.[bu]64\s+(%rd\d+), (\S+);", line):
            if match[2] == first:
                bases.add(match[1])
            elif "constant_arrays" in match[2]:
                blocks.add(match[1])
        elif match := re.match(r"\s*ld\.param\.u64\s+(%rd\d+), \[(%?\w+)(?:\+(\d+))?\];", line):
            if match[2] in bases or match[2] == first:
                places[match[1]] = int(match[3] or 0)
        elif match := re.match(r"\s*cvta\.to\.global\.u64\s+%rd\d+, (%rd\d+);", line):
            if match[1] in places:
                elsewhere.add(places[match[1]])
        elif match := re.match(r"\s*add\.s64\s+%rd\d+, (%rd\d+), (%rd\d+);", line):
            for block, pointer in (match.groups(), reversed(match.groups())):
                if block in blocks and pointer in places:
                    constant.add(places[pointer])
    return constant, elsewhere


def faults_of(ptx, arrays):
    """What the PTX of the engine has that it should not, with the table of arrays."""
    faults = []
    read_from = dict(zip(("constant", "global"), pointers_of(ptx)))
    for place, (name, memory) in arrays.items():
        found = [which for which, places in read_from.items() if place in places]
        if found != [memory]:
            faults.append(f"the array '{name}' of the parameters is read from {' and '.join(found) or 'no'} memory, "
                          f"and has its place in {memory} memory")
    for kernel, loads in loads_of(ptx).items():
        if loads["shared"] == 0:
            faults.append(f"the kernel '{kernel}' never reads shared memory as such")
        if kernel.startswith("local") and loads["const"] == 0:
            faults.append(f"the kernel '{kernel}' never reads constant memory as such")
        if kernel.startswith("local") and loads["global"] > MOST_GLOBAL_LOADS:
            faults.append(f"the kernel '{kernel}' has {loads['global']} loads from global memory, over {MOST_GLOBAL_LOADS}")
        if loads["depot"] > MOST_DEPOT:
            faults.append(f"the kernel '{kernel}' has {loads['depot']} bytes of local memory beside its workspace, over {MOST_DEPOT}")
    # PTX orders -0 before +0, a processor takes the second: only against these constants do the two differ.
    for instruction in re.findall(r"min\.f32\s[^;]*0f00000000;|max\.f32\s[^;]*0f80000000;", ptx):
        faults.append(f"'{instruction}' depends on the sign of zero")
    return faults


def measure(nvcc, architecture):
    """Rows (kernel, registers, spill stores, spill loads, stack, shared), each in bytes but the registers; and the
    engine's PTX."""
    told = ""
    with tempfile.TemporaryDirectory() as folder:
        for source in SOURCES:
            done = subprocess.run([nvcc, *FLAGS, f"-I{ROOT}", f"-arch=sm_{architecture}", "-Xptxas", "-v", "-cubin",
                                   "--keep", f"--keep-dir={folder}", str(source), "-o", f"{folder}/kernels.cubin"], capture_output=True, text=True)
            if done.returncode != 0:
                sys.exit(done.stdout + done.stderr)
            told += done.stdout + done.stderr
        ptx = pathlib.Path(folder, SOURCES[0].stem + ".ptx").read_text()
    rows, name, stack = [], None, None
    for line in told.splitlines():
        if match := re.search(r"Compiling entry function '(\S+)'", line):
            name = engine_kernel(match[1]) or plain_name(match[1])
        elif match := re.search(r"(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads", line):
            stack = [int(x) for x in match.groups()]
        elif match := re.search(r"Used (\d+) registers", line):
            shared = re.search(r"(\d+) bytes smem", line)
            rows.append((name, int(match[1]), stack[1], stack[2], stack[0], int(shared[1]) if shared else 0))
    return rows, ptx


def warps(registers):
    """Warps of a multiprocessor by its registers, which are handed out 256 at a time to a warp."""
    return min(REGISTERS // ((32 * registers + 255) // 256 * 256), 64)


def main():
    arguments = [a for a in sys.argv[1:] if a != "--check"]
    if len(arguments) < 2:
        sys.exit(__doc__)
    print("architecture  kernel                               registers  spill stores  spill loads  stack  shared  warps")
    faults, spaces, kernels = [], [], 0
    arrays = arrays_of_parameters(arguments[0])
    for architecture in arguments[1:]:
        rows, ptx = measure(arguments[0], architecture)
        for name, registers, stores, loads, stack, shared in sorted(rows):
            kernels += 1
            print(f"sm_{architecture:<10} {name:<36} {registers:>9} {stores:>13} {loads:>12} {stack:>6} {shared:>7} "
                  f"{warps(registers):>6}")
            if stores + loads > 0:
                faults.append(f"sm_{architecture}: the kernel '{name}' spills")
        faults += [f"sm_{architecture}: {fault}" for fault in faults_of(ptx, arrays)]
        spaces += [(architecture, *kernel) for kernel in sorted(loads_of(ptx).items())]
    print("\narchitecture  kernel        constant  shared  local  global  any of them  local bytes beside the workspace")
    for architecture, kernel, loads in spaces:
        print(f"sm_{architecture:<10} {kernel:<12} {loads['const']:>9} {loads['shared']:>7} {loads['local']:>6} {loads['global']:>7} "
              f"{loads['generic']:>12} {loads['depot']:>33}")
    if "--check" in sys.argv and (faults or kernels == 0):
        print("\n".join(faults) or "no kernel was found")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
