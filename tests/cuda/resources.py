#!/usr/bin/env python3
"""What the kernels of the CUDA backend take of a GPU: compiles them and reads what ptxas says.

usage: resources.py NVCC ARCHITECTURE... [--check]

Prints a table of registers, spills, stack and shared memory by kernel (the engine's by its workspace) and architecture, with the warps that a
multiprocessor holds at once by its registers. With --check the exit status is 1 where a kernel spills, or
none was found. No GPU is needed.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SOURCES = [ROOT / "kernels" / name for name in ("backends/cuda_engine.cu", "backends/cuda_reducer.cu", "ladder/device_ladder.cu")]
FLAGS = ["-std=c++20", "-O3", "-fmad=false", "-ftz=false", "-prec-div=true", "-prec-sqrt=true",
         "--expt-relaxed-constexpr", "--diag-suppress=1675"]
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


def measure(nvcc, architecture):
    """Rows (kernel, registers, spill stores, spill loads, stack, shared), each in bytes but the registers."""
    told = ""
    with tempfile.TemporaryDirectory() as folder:
        for source in SOURCES:
            done = subprocess.run([nvcc, *FLAGS, f"-I{ROOT}", f"-arch=sm_{architecture}", "-Xptxas", "-v", "-cubin",
                                   str(source), "-o", f"{folder}/kernels.cubin"], capture_output=True, text=True)
            if done.returncode != 0:
                sys.exit(done.stdout + done.stderr)
            told += done.stdout + done.stderr
    rows, name, stack = [], None, None
    for line in told.splitlines():
        if match := re.search(r"Compiling entry function '(\S+)'", line):
            kernel = KERNEL.search(match[1])
            name = plain_name(match[1]) if not kernel else f"{('local', 'global')[int(kernel[1])]} {int(kernel[2]) // 1024} KB"
        elif match := re.search(r"(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads", line):
            stack = [int(x) for x in match.groups()]
        elif match := re.search(r"Used (\d+) registers", line):
            shared = re.search(r"(\d+) bytes smem", line)
            rows.append((name, int(match[1]), stack[1], stack[2], stack[0], int(shared[1]) if shared else 0))
    return rows


def warps(registers):
    """Warps of a multiprocessor by its registers, which are handed out 256 at a time to a warp."""
    return min(REGISTERS // ((32 * registers + 255) // 256 * 256), 64)


def main():
    arguments = [a for a in sys.argv[1:] if a != "--check"]
    if len(arguments) < 2:
        sys.exit(__doc__)
    print("architecture  kernel                               registers  spill stores  spill loads  stack  shared  warps")
    spilling, kernels = [], 0
    for architecture in arguments[1:]:
        for name, registers, stores, loads, stack, shared in sorted(measure(arguments[0], architecture)):
            kernels += 1
            print(f"sm_{architecture:<10} {name:<36} {registers:>9} {stores:>13} {loads:>12} {stack:>6} {shared:>7} "
                  f"{warps(registers):>6}")
            if stores + loads > 0:
                spilling.append(f"sm_{architecture}: the kernel '{name}' spills")
    if "--check" in sys.argv and (spilling or kernels == 0):
        print("\n".join(spilling) or "no kernel was found")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
