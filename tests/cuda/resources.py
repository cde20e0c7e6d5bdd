#!/usr/bin/env python3
"""What the kernels of the CUDA backend take of a GPU: compiles them and reads what ptxas says.

usage: resources.py NVCC ARCHITECTURE... [--check]

Prints a table of registers, spills, stack and shared memory by kernel (the engine's by its workspace) and architecture,
with the warps that a multiprocessor holds at once by its registers; and one of the places that the engine's kernels
load from, as the PTX says. With --check the exit status is 1 where a kernel spills, where parameters are not read from
constant memory or the normal table not from shared memory, where components do not live in registers, where a minimum
or maximum depends on the sign of zero, or where no kernel was found. No GPU is needed.
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


def faults_of(ptx):
    """What the PTX of the engine has that it should not."""
    faults = []
    for kernel, loads in loads_of(ptx).items():
        if loads["shared"] == 0:
            faults.append(f"the kernel '{kernel}' never reads shared memory as such")
        if kernel.startswith("local") and loads["const"] == 0:
            faults.append(f"the kernel '{kernel}' never reads constant memory as such")
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
    for architecture in arguments[1:]:
        rows, ptx = measure(arguments[0], architecture)
        for name, registers, stores, loads, stack, shared in sorted(rows):
            kernels += 1
            print(f"sm_{architecture:<10} {name:<36} {registers:>9} {stores:>13} {loads:>12} {stack:>6} {shared:>7} "
                  f"{warps(registers):>6}")
            if stores + loads > 0:
                faults.append(f"sm_{architecture}: the kernel '{name}' spills")
        faults += [f"sm_{architecture}: {fault}" for fault in faults_of(ptx)]
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
