#!/usr/bin/env python3
"""A kernel array is one row of kernels/model/parameter_arrays.inc: in a scratch copy of the tree two rows are added and
nothing else, and a probe finds them in the storage, in Parameters, in the hash and in both placements on an emulated
device. Without a row, or with a row of another memory or hash, the probe must find fault.

usage: parameters.py [COMPILER]
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TABLE = "kernels/model/parameter_arrays.inc"
WALKS = "src/scenario/lower/parameter_storage.cpp"
REST = ["tests/cuda/emulator.cpp", "kernels/backends/cuda_devices.cpp", "src/scenario/reader/sha256.cpp"]
NAMED = "COSTRISK_ARRAY(std::int32_t, canary_named, constant, hashed, canary_count)\n"
TIMED = "COSTRISK_ARRAY(float, canary_timed, global, unhashed)\n"

PROBE = r"""
#include <cuda_runtime.h>

#include <cstdio>

#include "kernels/backends/cuda_parameters.cuh"
#include "src/scenario/lower/parameter_storage.hpp"

using namespace costrisk;

namespace {

bool all_hold = true;
void expect(bool holds, const char* what) {
  if (!holds) std::printf("not so: %s\n", what);
  all_hold = all_hold && holds;
}

std::string hash_of(const scenario::ParameterStorage& storage) {
  scenario::Sha256 hash;
  scenario::absorb(hash, storage);
  return hash.hex();
}

template <class T>
bool holds(const T* pointer, const std::vector<T>& values) {
  for (std::size_t i = 0; i < values.size(); ++i)
    if (pointer[i] != values[i]) return false;
  return true;
}

}  // namespace

int main() {
  scenario::ParameterStorage storage;
  const std::string empty = hash_of(storage);
  storage.canary_timed = {1.5f, 2.5f, 3.5f};
  expect(hash_of(storage) == empty, "an unhashed array leaves the hash");
  storage.canary_named = {7, 11};
  expect(hash_of(storage) != empty, "a hashed array changes the hash");

  Parameters host;
  const std::vector<ParameterArray> arrays = scenario::point_at(host, storage);
  expect(host.canary_named == storage.canary_named.data(), "the parameters point at the storage");
  expect(host.canary_timed == storage.canary_timed.data(), "the parameters point at the storage of what grows with time");
  expect(host.canary_count == 2, "the array is counted");

  const cuda::DeviceParameters device(host, arrays, 0);
  expect(device.fits_constant(), "the arrays fit constant memory");
  const Parameters global = device.of(cuda::Placement::global);
  expect(global.canary_named != host.canary_named && holds(global.canary_named, storage.canary_named) &&
             global.canary_timed != host.canary_timed && holds(global.canary_timed, storage.canary_timed),
         "global memory has a copy of both");
  const Parameters constant = cuda::with_constant_arrays(device.of(cuda::Placement::constant));
  const auto* place = reinterpret_cast<const std::byte*>(constant.canary_named);
  expect(place >= cuda::constant_arrays && place < cuda::constant_arrays + cuda::constant_bytes &&
             holds(constant.canary_named, storage.canary_named),
         "constant memory has a copy of what goes with names");
  expect(constant.canary_timed == global.canary_timed, "what grows with time stays in global memory");
  return all_hold ? 0 : 1;
}
"""


def find_fault(folder, compiler, objects, rows):
    """'' where the probe is content with the table with these rows, else what it says."""
    table = folder / TABLE
    table.write_text((ROOT / TABLE).read_text() + rows)
    program = folder / "probe"
    built = subprocess.run([*compile_command(folder, compiler), "probe.cpp", WALKS, "-x", "none", *objects,
                            *sys.argv[2:], "-o", str(program), "-pthread"], cwd=folder, capture_output=True, text=True)
    if built.returncode != 0:
        return "does not compile: " + built.stderr
    ran = subprocess.run([str(program)], capture_output=True, text=True)
    return "" if ran.returncode == 0 else ran.stdout or f"ended with {ran.returncode}"


def compile_command(folder, compiler):
    return [compiler, "-std=c++20", "-O0", "-w", "-DFMT_HEADER_ONLY", f"-I{folder}/tests/cuda/shim", f"-I{folder}", "-x", "c++"]


def main():
    compiler = sys.argv[1] if len(sys.argv) > 1 else "c++"
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for part in ("kernels", "src", "tests/cuda"):
            shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("node_modules", "*.csv"))
        (folder / "probe.cpp").write_text(PROBE)
        objects = []
        for source in REST:
            objects.append(str(folder / (pathlib.Path(source).stem + ".o")))
            subprocess.run([*compile_command(folder, compiler), "-c", source, "-o", objects[-1]], cwd=folder, check=True)
        fault = find_fault(folder, compiler, objects, NAMED + TIMED)
        if fault:
            sys.exit(f"a row of {TABLE} is not all that an array needs:\n{fault}")
        plants = {
            "no row": "",
            "a row without a count": NAMED.replace(", canary_count", "") + TIMED,
            "a row of global memory": NAMED.replace("constant", "global") + TIMED,
            "a row of constant memory for what grows with time": NAMED + TIMED.replace("global", "constant"),
            "an unhashed row": NAMED.replace(" hashed", " unhashed") + TIMED,
            "a hashed row for what is not": NAMED + TIMED.replace("unhashed", "hashed"),
        }
        missed = [what for what, rows in plants.items() if not find_fault(folder, compiler, objects, rows)]
        if missed:
            sys.exit("not noticed: " + "; ".join(missed))
    print(f"a row in {TABLE} is all that an array needs, and {len(plants)} wrong ones were noticed")


if __name__ == "__main__":
    main()
