#!/usr/bin/env bash
# What is to be known of a GPU, in eight minutes: that it gives the bits of the processor, how fast it is, and what its
# tools say. Needs the driver and this folder; whatever else is missing (Python, CUDA's tools) is skipped and said.
#
# usage: gpu_check.sh [--program FILE] [--out FOLDER] [--minutes N] [--paths N] [--dry-run]
#   --program  costrisk (default: bin/costrisk beside this script)
#   --out      where the record goes (default: results/gpu): DEVICE-DATE.md and .json, and a folder of logs
#   --minutes  when to end (default: 8); what is then not done is skipped
#   --paths    futures of each comparison (default: 512)
#   --dry-run  another backend of the processor stands for the GPU: tries this script, not the GPU
#
# Exit status: 0 all passed, 1 something failed, 2 wrong usage, 4 there is no GPU that costrisk can use.
set -uo pipefail
export LC_ALL=C

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
program='' out=results/gpu minutes=8 paths=512 dry_run=''
usage() { sed -n 's/^# \{0,1\}//; 2,/^set /p' "${BASH_SOURCE[0]}" | sed '/^set /d' >&2; exit 2; }
while [ $# -gt 0 ]; do
  case $1 in
    --program) [ -n "${2-}" ] || usage; program=$2; shift ;;
    --out) out=${2-} && shift ;;
    --minutes) minutes=${2-} && shift ;;
    --paths) paths=${2-} && shift ;;
    --dry-run) dry_run=yes ;;
    *) usage ;;
  esac
  shift || usage
done
case $minutes$paths in '' | *[!0-9]*) usage ;; esac
if [ -z "$program" ]; then
  program=$here/bin/costrisk
  [ -x "$program" ] || program=$here/costrisk
fi
[ -f "$program" ] && [ -x "$program" ] || { echo "no program at '$program': name it with --program" >&2; exit 2; }
program=$(cd "$(dirname "$program")" && pwd)/$(basename "$program")
find_folder() { for folder; do [ -d "$folder" ] && { echo "$folder"; return; }; done; }
configs=$(find_folder "$here/share/costrisk/configs" "$here/../../configs")
peers=$(find_folder "$here/peers" "$here/../peers")
hard=$(find_folder "$here/scenarios" "$here/../stat/scenarios")

ends=$(($(date +%s) + 60 * minutes))
left() { echo $((ends - $(date +%s))); }
find_tool() {  # on PATH, or where CUDA's installer puts it
  command -v "$1" && return
  for folder in /usr/local/cuda/bin /opt/nvidia/nsight-compute/*; do [ -x "$folder/$1" ] && { echo "$folder/$1"; return; }; done
  return 1
}

# The device, its name, and the record's.
device='' driver='' state=ready
backend=cuda
if [ -n "$dry_run" ]; then
  device="dry run" backend=$("$program" devices | awk '$2 == "yes" && $1 != "cuda" && $1 != "scalar" { print $1; exit }')
  backend=${backend:-scalar}
else
  if found=$("$program" devices 2>&1 | awk '$1 == "cuda"') && [ "$(echo "$found" | awk '{ print $2 }')" = yes ]; then
    device=$(nvidia-smi --query-gpu=name --format=csv,noheader 2>/dev/null | head -1)
    driver=$(nvidia-smi --query-gpu=driver_version --format=csv,noheader 2>/dev/null | head -1)
    device=${device:-GPU}
  else
    state=none device="no GPU"
  fi
fi
stem=$(echo "$device-$(date +%Y-%m-%d)" | tr 'A-Z ' 'a-z-' | tr -cd 'a-z0-9.-')
mkdir -p "$out" && out=$(cd "$out" && pwd) || { echo "cannot write in '$out': choose another folder with --out" >&2; exit 2; }
logs=$out/$stem
rm -rf "$logs" && mkdir -p "$logs"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# A program without code for the device has its PTX compiled by the driver: once, and not at each start.
unset CUDA_CACHE_DISABLE
export CUDA_CACHE_PATH="$work/jit" CUDA_CACHE_MAXSIZE=1073741824

# Each check: name, result (passed, failed, skipped), seconds, a line about it.
names=() results=() times=() details=()
note() {
  names+=("$1") results+=("$2") times+=("$3") details+=("$4")
  printf '%-28s %-8s %4s s  %s\n' "$1" "$2" "$3" "$4"
}
# check NAME SECONDS DETAIL COMMAND...: runs it within the time that is left; DETAIL names a function of the log's path.
check() {
  local name=$1 limit=$2 detail=$3 log="$logs/$1.log" start status
  shift 3
  [ "$(left)" -lt 5 ] && { note "$name" skipped 0 "no time was left"; return; }
  [ "$limit" -gt "$(left)" ] && limit=$(left)
  start=$(date +%s)
  timeout -k 5 "$limit" "$@" >"$log" 2>&1
  status=$?
  local took=$(($(date +%s) - start))
  if [ $status -eq 0 ]; then note "$name" passed $took "$($detail "$log")"
  elif [ $status -eq 124 ] || [ $status -eq 137 ]; then note "$name" failed $took "not done after $limit s"
  else note "$name" failed $took "exit status $status: $(cause "$log")"; fi
}
nothing() { :; }
last_line() { grep -v '^ *$' "$1" | tail -1 | cut -c1-200; }
cause() { grep 'error:' "$1" | tail -1 | cut -c1-200 | grep . || last_line "$1"; }  # advice may follow an error

# A tiny run, which has to wait for what the driver compiles for the device.
first_start() {
  "$program" run "$1" --paths 32 --quiet --backend "$backend" -o "$work/start.h5" --timings "$work/start.json" >/dev/null || return
  sed -n 's/.*"start_up_seconds": \([^,]*\).*/start-up \1 s/p' "$work/start.json"
}
# identical FILE FUTURES BACKEND: the same result file, byte for byte, from the device and from that backend.
identical() {
  local name chunks
  name=$(basename "$1" .toml)
  "$program" run "$1" --paths "$2" --quiet --backend "$3" -o "$work/processor.h5" >/dev/null || return
  "$program" run "$1" --paths "$2" --quiet --backend "$backend" -o "$work/device.h5" --timings "$work/device.json" >/dev/null || return
  cmp "$work/processor.h5" "$work/device.h5" || return
  chunks=$(tr -d ' \n' <"$work/device.json" | grep -o '"name":"simulate[^}]*' | sed 's/.*"count":\([0-9]*\).*/\1/' | paste -sd+)
  echo "$name: $2 futures${chunks:+ in $((chunks)) chunks}, $(wc -c <"$work/device.h5") bytes, identical to $3"
}
export -f first_start identical
export program backend paths work

if [ $state = ready ]; then
  if command -v nvidia-smi >/dev/null; then nvidia-smi -q >"$logs/nvidia-smi.txt" 2>&1 || true; fi
  check start 180 last_line bash -c 'first_start "$1"' - "$configs/quickstart.toml"
  for file in "$configs"/*.toml ${hard:+"$hard"/*.toml}; do
    [ -e "$file" ] || continue
    check "identity.$(basename "$file" .toml)" 60 last_line bash -c 'identical "$@"' - "$file" "$paths" scalar
  done
  # Enough for several chunks in turn on both streams, each of several slices.
  large=600000 processor=$("$program" devices | awk '$2 == "yes" && $1 != "cuda" { print $1; exit }')
  [ -n "$dry_run" ] && large=$paths processor=scalar
  check identity.large 90 last_line bash -c 'identical "$@"' - "$configs/quickstart.toml" "$large" "$processor"
  without=''
  [ -x "$here/bin/gpu_identity" ] || without="the program gpu_identity did not come along"
  [ -z "$dry_run" ] || without="this is a dry run"
  if [ -z "$without" ]; then
    check identity.raw_floats 60 last_line "$here/bin/gpu_identity" "$configs"/*.toml
    check identity.launches 90 last_line "$here/bin/gpu_identity" --launches "$configs"/*.toml
  else
    for name in raw_floats launches; do note identity.$name skipped 0 "$without"; done
  fi
  # A dry run only tries that each of these can be called.
  quick='' ladder='"$program" ladder && "$program" ladder --json >"$0"'
  measure='--seconds 3 --rounds 2'
  [ -n "$dry_run" ] && quick='--seconds 0.02 --repetitions 1 --threads 1' ladder='"$program" ladder --rungs 3 --paths 64 --seconds 0 --json >"$0" && echo "rung 3 only: this is a dry run"' \
    measure='--check --paths 600 --peers plain'
  if "$program" ladder --help >/dev/null 2>&1; then
    check ladder 90 last_line bash -c "$ladder" "$logs/ladder.json"
  else
    note ladder skipped 0 "this build has no ladder"
  fi
  check bench 60 nothing bash -c '"$program" bench --backend "$backend" $1 && "$program" bench --backend "$backend" $1 --json >"$0"' "$logs/bench.json" "$quick"
  if command -v python3 >/dev/null && [ -n "$peers" ]; then
    check peers 150 last_line python3 "$peers/compare.py" --costrisk "$program" $measure --record "$logs/peers"
    grep -q 'no peer can be run here' "$logs/peers.log" 2>/dev/null && results[-1]=skipped && details[-1]="no peer can be run here"
  else
    note peers skipped 0 "there is no python3"
  fi
  small="$configs/quickstart.toml"
  for tool in memcheck racecheck; do
    if sanitizer=$(find_tool compute-sanitizer); then
      check "sanitizer.$tool" 90 last_line "$sanitizer" --tool $tool --error-exitcode 1 "$program" run "$small" --paths 128 \
        --set horizon=2d --quiet --backend "$backend" -o "$work/small.h5"
    else
      note "sanitizer.$tool" skipped 0 "there is no compute-sanitizer"
    fi
  done
  if ncu=$(find_tool ncu); then
    check ncu 90 nothing "$ncu" --launch-count 1 --section SpeedOfLight --section Occupancy --section LaunchStats \
      --section MemoryWorkloadAnalysis --section WarpStateStats "$program" run "$small" --paths 65536 --quiet --backend "$backend" -o "$work/small.h5"
    grep -q 'ERR_NVGPUCTRPERM' "$logs/ncu.log" 2>/dev/null && results[-1]=skipped && details[-1]="this user may not read the GPU's counters"
  else
    note ncu skipped 0 "there is no ncu"
  fi
else
  reason=$("$program" devices 2>&1 | awk '$1 == "cuda"' | sed 's/^cuda *no *//')
  note device failed 0 "${reason:-costrisk was built without CUDA}"
fi

failed=0 passed=0 compared=0
for i in "${!results[@]}"; do
  [ "${results[i]}" = failed ] && failed=$((failed + 1))
  [ "${results[i]}" = passed ] && passed=$((passed + 1)) && [[ ${names[i]} == identity.* ]] && compared=$((compared + 1))
done
verdict="$passed passed, $failed failed"
[ $state = ready ] && [ $compared -eq 0 ] && failed=$((failed + 1)) && verdict="$verdict; no scenario was compared"
[ $state = none ] && verdict="no GPU that costrisk can use: nothing was checked"
[ -n "$dry_run" ] && verdict="DRY RUN, no GPU was used: $verdict"

escape() { printf '%s' "$1" | tr '\n\t' '  ' | tr -d '\000-\037' | sed 's/\\/\\\\/g; s/"/\\"/g'; }
version=$("$program" --version)
embed() {  # the record of a check that passed
  for i in "${!names[@]}"; do
    [ "${names[i]}" = "$1" ] && [ "${results[i]}" = passed ] && [ -s "$logs/$1.json" ] &&
      printf ',\n  "%s": %s' "$1" "$(cat "$logs/$1.json")"
  done
}
{
  printf '{\n  "device": "%s",\n  "driver": "%s",\n  "program": "%s",\n  "date": "%s",\n' "$(escape "$device")" \
    "$(escape "$driver")" "$(escape "$version")" "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
  printf '  "gpu": %s,\n  "backend": "%s",\n  "verdict": "%s",\n  "checks": [' \
    "$([ $state = ready ] && [ -z "$dry_run" ] && echo true || echo false)" "$backend" "$(escape "$verdict")"
  for i in "${!names[@]}"; do
    [ "$i" -gt 0 ] && printf ','
    printf '\n    {"name": "%s", "result": "%s", "seconds": %s, "detail": "%s"}' "${names[i]}" "${results[i]}" \
      "${times[i]}" "$(escape "${details[i]}")"
  done
  printf '\n  ]'
  embed ladder
  embed bench
  embed peers
  printf '\n}\n'
} >"$out/$stem.json"
{
  printf '# GPU check: %s\n\n%s.\n\n%s, driver %s, %s. Made by\n\n    tests/cuda/gpu_check.sh%s\n\n' "$device" "$verdict" \
    "$version" "${driver:-none}" "$(date -u +%Y-%m-%d)" "${dry_run:+ --dry-run}"
  printf '| check | result | seconds | |\n|---|---|---:|---|\n'
  for i in "${!names[@]}"; do
    printf '| %s | %s | %s | %s |\n' "${names[i]}" "${results[i]}" "${times[i]}" "$(echo "${details[i]}" | tr '|' '/')"
  done
  for part in ladder bench peers ncu; do
    [ -s "$logs/$part.log" ] && printf '\n## %s\n\n```\n%s\n```\n' "$part" "$(tail -60 "$logs/$part.log")"
  done
} >"$out/$stem.md"
echo
echo "$verdict"
echo "written to $out/$stem.md and .json, logs in $logs"
[ $state = none ] && exit 4
[ $failed -eq 0 ]
