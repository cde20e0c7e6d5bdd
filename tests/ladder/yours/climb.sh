#!/bin/bash
# Compiles a copy of one of the ladder's rungs, alone, and lets it climb beside the rung that it was.
#
# usage: climb.sh MINE.cpp [FLAG of the compiler]... [-- OPTION of ladder_climb...]
#
#   cp kernels/ladder/04_fused.cpp mine.cpp         # and change one thing in it
#   tests/ladder/yours/climb.sh mine.cpp -- --predict 1.2
#   tests/ladder/yours/climb.sh mine.cpp -funroll-loops        # or another flag
#
# A copy of 05_avx2.cpp or 06_avx512.cpp is compiled as these are, and climbs beside them. BUILD names the build folder
# [build]; CXX the compiler [c++]. Exit code 1 where the costs differ, 2 where it fails.
set -eu -o pipefail
[ $# -ge 1 ] || { sed -n '2,12s/^# \{0,1\}//p' "$0"; exit 2; }
root=$(cd "$(dirname "$0")/../../.." && pwd)
climb=${BUILD:-$root/build}/tests/ladder_climb
[ -x "$climb" ] || { echo "there is no $climb: cmake --build build --target ladder_climb" >&2; exit 2; }
mine=$1
shift
flags=() beside=4
if grep -q HWY_AVX2 "$mine"; then
  flags=(-mavx2 -mbmi -mbmi2 -mf16c -maes -mpclmul) beside=5
elif grep -q HWY_AVX3 "$mine"; then
  flags=(-march=skylake-avx512 -mprefer-vector-width=512 -fno-tree-pre) beside=6
fi
while [ $# -gt 0 ] && [ "$1" != -- ]; do
  flags+=("$1")
  shift
done
[ $# -eq 0 ] || shift
name=$(grep -o 'void simulate_[a-z0-9_]*' "$mine" | tail -n 1 | cut -d ' ' -f 2) || true
[ -n "$name" ] || { echo "$mine has no function simulate_...: begin with a copy of a rung" >&2; exit 2; }
object=$(mktemp -d)/mine.so
trap 'rm -rf "$(dirname "$object")"' EXIT
"${CXX:-c++}" -std=c++20 -O3 -mavx -mfma -ffp-contract=off -fno-math-errno -fno-trapping-math -fPIC -fno-semantic-interposition -shared \
  "-D$name=simulate_yours" -I "$root" "${flags[@]}" "$mine" -o "$object" || exit 2
status=0
"$climb" "$object" --beside "$beside" "$@" || status=$?
exit $status
