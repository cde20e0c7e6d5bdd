#!/usr/bin/env python3
"""How many instructions the kernels of the CUDA backend are made of, by stage of the model and kind.

usage: instructions.py NVCC ARCHITECTURE [--json]

Compiles to PTX with line numbers and counts what stands there once, however often it runs: the static size of each
stage. Moves are left out, since ptxas removes them. Where cuobjdump is beside nvcc or on PATH, the machine instructions
of each kernel are counted too. No GPU is needed.
"""
import collections
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SOURCE = ROOT / "kernels/backends/cuda_engine.cu"
FLAGS = ["-std=c++20", "-O3", "-fmad=false", "-ftz=false", "-prec-div=true", "-prec-sqrt=true",
         "--expt-relaxed-constexpr", "--diag-suppress=1675", f"-I{ROOT}"]
KERNEL = re.compile(r"simulate_kernelILNS0_9PlacementE(\d)")
# The stage that a file belongs to. What is in other files (mathematics, lanes, money) counts for the stage that it is
# inlined into, which is the one named last.
STAGES = {
    "world": ("world.hpp", "capacity.hpp", "demand.hpp", "history.hpp", "process.hpp", "renewal.hpp"),
    "jobs": ("job.hpp", "job_bill.hpp", "job_offers.hpp", "job_policy.hpp", "job_use_rows.hpp", "job_work.hpp"),
    "services": ("service.hpp", "service_fleet.hpp", "service_form.hpp", "service_plain.hpp", "service_reclaims.hpp",
                 "service_requests.hpp", "autoscaler.hpp", "window.hpp", "binomial.hpp"),
    "plans": ("plans.hpp", "plan_book.hpp", "settlement.hpp", "items.hpp", "drivers.hpp"),
    "the rest": ("engine.hpp", "arena.hpp", "cuda_kernel.cuh", "plan_state.hpp", "settlement_state.hpp"),
}
STAGE_OF = {file: stage for stage, files in STAGES.items() for file in files}
KINDS = ("float", "integer", "choice", "memory", "branch")


def kind_of(instruction):
    """The kind of a PTX instruction; None for what is none or costs nothing."""
    name = instruction.split(".")[0]
    if name in ("ld", "st", "atom", "red"):
        return None if instruction.startswith("ld.param") else "memory"
    if name in ("bra", "brx", "call", "ret", "exit", "bar"):
        return "branch"
    if name in ("setp", "selp", "set", "slct"):
        return "choice"
    if name in ("mov", "cvta"):
        return None
    if ".f32" in instruction or ".f64" in instruction:
        return "float"
    return "integer"


def count(ptx):
    """Counts by kernel, stage and kind."""
    files = {number: pathlib.PurePath(name).name for number, name in re.findall(r'^\s*\.file\s+(\d+)\s+"([^"]+)"', ptx, re.M)}
    kernels, kernel, stage = {}, None, "the rest"
    for line in ptx.splitlines():
        line = line.strip()
        if match := re.match(r"(?:\.visible )?\.entry (\S+?)\(?$", line):
            known = KERNEL.search(match[1])
            kernel, stage = ("local", "global")[int(known[1])] if known else match[1], "the rest"
            kernels[kernel] = collections.defaultdict(collections.Counter)
        elif line.startswith(".loc"):
            numbers = re.findall(r"(?:\.loc|inlined_at)\s+(\d+)", line)
            stage = next((STAGE_OF[files[n]] for n in numbers if files.get(n) in STAGE_OF), stage)
        elif kernel and (match := re.match(r"(?:@!?%\w+ )?([a-z][a-z0-9_.:]+)\s.*;|(ret|exit);", line)):
            if kind := kind_of(match[1] or match[2]):
                kernels[kernel][stage][kind] += 1
    return {name: {stage: dict(kinds) for stage, kinds in stages.items()} for name, stages in kernels.items() if stages}


def machine_instructions(nvcc, architecture, folder):
    """Machine instructions by kernel; None where there is no disassembler."""
    tool = shutil.which("cuobjdump") or shutil.which("cuobjdump", path=str(pathlib.Path(shutil.which(nvcc) or nvcc).parent))
    if not tool:
        return None
    cubin = f"{folder}/kernels.cubin"
    subprocess.run([nvcc, *FLAGS, f"-arch=sm_{architecture}", "-cubin", str(SOURCE), "-o", cubin], check=True)
    counts, kernel = collections.Counter(), None
    for line in subprocess.run([tool, "-sass", cubin], check=True, capture_output=True, text=True).stdout.splitlines():
        if match := re.search(r"Function : (\S+)", line):
            known = KERNEL.search(match[1])
            kernel = ("local", "global")[int(known[1])] if known else match[1]
        elif kernel and (match := re.match(r"\s*/\*[0-9a-f]{4,}\*/\s+(?:@!?U?P\w+ )?([A-Z][A-Z0-9_.]+)", line)):
            counts[kernel] += match[1] != "NOP"
    return dict(counts)


def main():
    arguments = [a for a in sys.argv[1:] if a != "--json"]
    if len(arguments) != 2:
        sys.exit(__doc__)
    nvcc, architecture = arguments
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([nvcc, *FLAGS, f"-arch=compute_{architecture}", "-lineinfo", "--ptx", str(SOURCE), "-o",
                               f"{folder}/kernels.ptx"], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(done.stdout + done.stderr)
        kernels = count(pathlib.Path(f"{folder}/kernels.ptx").read_text())
        machine = machine_instructions(nvcc, architecture, folder)
    if "--json" in sys.argv:
        print(json.dumps({"architecture": architecture, "ptx": kernels, "machine": machine}, indent=2))
        return
    print(f"{'kernel':<10}{'stage':<10}" + "".join(f"{kind:>9}" for kind in KINDS) + f"{'all':>9}")
    for kernel, stages in kernels.items():
        for stage in STAGES:
            if kinds := stages.get(stage):
                print(f"{kernel:<10}{stage:<10}" + "".join(f"{kinds.get(kind, 0):>9,}" for kind in KINDS)
                      + f"{sum(kinds.values()):>9,}")
        print(f"{kernel:<20}{'':>45}{sum(sum(kinds.values()) for kinds in stages.values()):>9,}"
              + (f", {machine.get(kernel, 0):,} machine instructions" if machine else ""))
    if machine is None:
        print("machine instructions: no cuobjdump was found")


if __name__ == "__main__":
    main()
