#!/usr/bin/env bash
# Lets libFuzzer (clang's) loose on every reader: builds them with AddressSanitizer and UndefinedBehaviorSanitizer and
# runs each for SECONDS.
#
# usage: tests/fuzz/run.sh [SECONDS=600] [FOLDER=build-fuzz] [READER...]
# Inputs that were found are kept in FOLDER/corpus; one that crashes is left there and ends the script.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
seconds=${1:-600}
folder=$(mkdir -p "${2:-build-fuzz}" && cd "${2:-build-fuzz}" && pwd)
shift $(($# < 2 ? $# : 2))
command -v clang++ >/dev/null || { echo "clang++ is not on PATH; it brings libFuzzer (Debian: clang)" >&2; exit 1; }

sources=("$root"/src/trace/*.cpp "$root"/src/scenario/*.cpp "$root"/src/calibrate/*.cpp "$root"/src/backtest/published_*.cpp
  "$root"/src/backtest/hindsight.cpp "$root"/kernels/math/*.cpp "$root"/tests/fuzz/readers.cpp "$root"/tests/fuzz/libfuzzer.cpp)
mkdir -p "$folder/objects"
for source in "${sources[@]}"; do
  object=$folder/objects/$(echo "${source#"$root"/}" | tr / _).o
  [[ $object -nt $source ]] && continue
  printf '%s\0%s\0' "$source" "$object"
done | xargs -0 -r -n 2 -P "$(nproc)" sh -c \
  "clang++ -std=c++20 -O1 -g -ffp-contract=off -DFMT_HEADER_ONLY -I'$root' -fsanitize=fuzzer-no-link,address,undefined \
   -fno-sanitize-recover=undefined -c \"\$0\" -o \"\$1\""
clang++ -fsanitize=fuzzer,address,undefined "$folder"/objects/*.o -o "$folder/readers"

readers=("$@")
((${#readers[@]})) || read -ra readers <<<"$("$folder/readers" 2>&1 | sed -n 's/^COSTRISK_FUZZ_READER names the reader: //p')"
for reader in "${readers[@]}"; do
  mkdir -p "$folder/corpus/$reader" "$folder/seeds/$reader"
  COSTRISK_FUZZ_READER=$reader COSTRISK_FUZZ_SEEDS=$folder/seeds/$reader "$folder/readers" -runs=0 2>/dev/null
  printf '%s: ' "$reader"
  COSTRISK_FUZZ_READER=$reader "$folder/readers" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=4096 -max_len=16384 \
    -print_final_stats=1 -artifact_prefix="$folder/corpus/$reader-" "$folder/corpus/$reader" "$folder/seeds/$reader" \
    >"$folder/$reader.log" 2>&1 || { echo "crashed, see $folder/$reader.log"; tail -n 30 "$folder/$reader.log"; exit 1; }
  sed -n 's/^stat::number_of_executed_units: */inputs without a crash: /p' "$folder/$reader.log"
done
