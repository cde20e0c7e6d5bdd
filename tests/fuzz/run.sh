#!/usr/bin/env bash
# Lets libFuzzer (clang's) loose on every reader: builds them with AddressSanitizer and UndefinedBehaviorSanitizer and
# runs each for SECONDS, one after the other.
#
# usage: tests/fuzz/run.sh [SECONDS=600] [FOLDER=build-fuzz] [READER...]
# A line a reader: what it did, how many inputs it read, the edges of the code that they reached, the seconds of the
# slowest. A reader that crashes does not keep the next ones from running; its input stays in FOLDER/crashes, as do slow
# ones, and the script ends with 1. What reached new code is kept in FOLDER/corpus, where the next run begins.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
seconds=${1:-600}
[[ $seconds =~ ^[1-9][0-9]*$ ]] || { echo "usage: tests/fuzz/run.sh [SECONDS=600] [FOLDER=build-fuzz] [READER...]" >&2; exit 2; }
folder=$(mkdir -p "${2:-build-fuzz}" && cd "${2:-build-fuzz}" && pwd)
shift $(($# < 2 ? $# : 2))
command -v clang++ >/dev/null || { echo "clang++ is not on PATH; it brings libFuzzer (Debian: clang)" >&2; exit 1; }

# A header that changed compiles everything anew.
sources=("$root"/src/trace/*.cpp "$root"/src/scenario/*/*.cpp "$root"/src/results/estimators/distributions.cpp
  "$root"/src/calibrate/*.cpp "$root"/src/present/text/{*_findings,findings,toml_text,text_table}.cpp
  "$root"/src/backtest/published_*.cpp "$root"/src/backtest/hindsight.cpp "$root"/kernels/math/*.cpp
  "$root"/tests/fuzz/readers.cpp "$root"/tests/fuzz/libfuzzer.cpp)
object_of() { echo "$folder/objects/$(tr / _ <<<"${1#"$root"/}").o"; }
mkdir -p "$folder/objects" "$folder/crashes"
for source in "${sources[@]}"; do
  object=$(object_of "$source")
  [[ $object -nt $source && -z $(find "$root"/{src,kernels,tests/fuzz} -name '*.hpp' -newer "$object" -print -quit) ]] && continue
  printf '%s\0%s\0' "$source" "$object"
done | xargs -0 -r -n 2 -P "$(nproc)" sh -c \
  "clang++ -std=c++20 -O1 -g -ffp-contract=off -DFMT_HEADER_ONLY -I'$root' -I/usr/include/eigen3 -fsanitize=fuzzer-no-link,address,undefined \
   -fno-sanitize-recover=undefined -c \"\$0\" -o \"\$1\""
objects=()
for source in "${sources[@]}"; do objects+=("$(object_of "$source")"); done
clang++ -fsanitize=fuzzer,address,undefined "${objects[@]}" -lnlopt -lmd -o "$folder/readers"

readers=("$@")
((${#readers[@]})) || read -ra readers <<<"$("$folder/readers" 2>&1 | sed -n 's/^COSTRISK_FUZZ_READER names the reader: //p')"
crashed=0
figure() { sed -n "s/^stat::$1: *//p" "$2"; }
printf '%-15s %-8s %12s %10s %12s\n' reader result inputs coverage 'slowest, s'
for reader in "${readers[@]}"; do
  log=$folder/$reader.log seeds=$folder/seeds/$reader corpus=$folder/corpus/$reader
  mkdir -p "$corpus" "$seeds"
  export COSTRISK_FUZZ_READER=$reader
  COSTRISK_FUZZ_SEEDS=$seeds COSTRISK_FUZZ_WORDS=$seeds.words "$folder/readers" -runs=0 >"$log" 2>&1 ||
    { cat "$log" >&2; exit 1; }
  result=held
  "$folder/readers" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=4096 -max_len=16384 -print_final_stats=1 \
    -dict="$seeds.words" -artifact_prefix="$folder/crashes/$reader-" "$corpus" "$seeds" >"$log" 2>&1 || result=crashed
  [[ $result == held ]] || crashed=1
  printf '%-15s %-8s %12s %10s %12s\n' "$reader" $result "$(figure number_of_executed_units "$log")" \
    "$(grep -o 'cov: [0-9]*' "$log" | tail -n 1 | cut -c6-)" "$(figure slowest_unit_time_sec "$log")"
  [[ $result == held ]] || sed -nE '/ERROR|SUMMARY|runtime error|Test unit written|^terminate|what\(\)/s/^/    /p' "$log"
done
exit $crashed
