#!/usr/bin/env bash
# The GPU check's own logic, with programs that stand for costrisk, the driver and CUDA's tools; and, where a real
# program is given, a dry run of it and its answer where there is no GPU.
# usage: gpu_check_test.sh fakes | dry-run COSTRISK | no-gpu CMAKE BUILD_FOLDER
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
fail() { echo "$1"; cat "$folder/said" "$folder"/out/*.md 2>/dev/null; exit 1; }

# run EXPECTED_STATUS ARGUMENTS...: runs the check; its record is then in $folder/out.
run() {
  local expected=$1 status=0
  shift
  rm -rf "$folder/out"
  "${script:-$here/gpu_check.sh}" --out "$folder/out" "$@" >"$folder/said" 2>&1 || status=$?
  [ $status -eq "$expected" ] || fail "exit status $status and not $expected of gpu_check.sh $*"
  python3 -m json.tool "$folder"/out/*.json >/dev/null || fail "the record is no JSON"
}
# Whether a check came out so.
expect() { grep -Eq "\"name\": \"$1\", \"result\": \"$2\"" "$folder"/out/*.json || fail "$1 is not $2"; }

case $1 in
  fakes)
    # A folder as the bundle unpacks, with a program that obeys its environment.
    bundle=$folder/bundle script=$folder/bundle/gpu_check.sh
    mkdir -p "$bundle/bin" "$bundle/share/costrisk/configs" "$folder/tools"
    cp "$here/gpu_check.sh" "$bundle"
    touch "$bundle/share/costrisk/configs/"{quickstart,other}.toml
    cat >"$bundle/bin/costrisk" <<'FAKE'
#!/usr/bin/env bash
case $1 in
  --version) echo 'costrisk "0"' ;;
  devices) echo "cuda     ${FAKE_CUDA:-yes}   GPU 0: Fake 9000" ; echo "scalar   yes   one path at a time" ;;
  ladder) [ "${FAKE_LADDER:-}" ] || exit 2; case "$*" in *--json*) echo '{"rungs": 3}' ;; *) echo "rung 3" ;; esac ;;
  bench) case "$*" in *--json*) echo '{"rows": []}' ;; *) echo "fast" ;; esac ;;
  run)
    file=$2 backend= output=
    while [ $# -gt 0 ]; do
      case $1 in --backend) backend=$2 ;; -o) output=$2 ;; --timings) timings=$2 ;; esac
      shift
    done
    if [ "${CUDA_CACHE_DISABLE+set}" ] || [ ! -d "$(dirname "$CUDA_CACHE_PATH")" ]; then echo "nothing would be kept" >&2; exit 1; fi
    [ -z "${timings:-}" ] || printf '{"wall_seconds": 21.5, "start_up_seconds": 20.25,\n"launches": [\n{"name": "simulate",\n"count": 5}, {"name": "sums", "count": 9}]}' >"$timings"
    if [ "$backend" = cuda ] && [[ $file == *"${FAKE_WRONG:-nothing}"* ]]; then echo wrong >"$output"; else echo right >"$output"; fi
    if [ "$backend" = cuda ] && [[ $file == *"${FAKE_CRASH:-nothing}"* ]]; then printf 'note\nerror: device lost\nTry --help.\n' >&2; exit 5; fi ;;
esac
FAKE
    printf '#!/usr/bin/env bash\ncase "$*" in *name*) echo "Fake GPU 9000" ;; -q) echo "SW Power Cap : Not Active" ;; *) echo 580.1 ;; esac\n' >"$folder/tools/nvidia-smi"
    printf '#!/usr/bin/env bash\necho "ERROR SUMMARY: 0 errors"\nexit ${FAKE_RACES:-0}\n' >"$folder/tools/compute-sanitizer"
    printf '#!/usr/bin/env bash\necho "Compute (SM) Throughput 71: $*"\n' >"$folder/tools/ncu"
    printf '#!/usr/bin/env bash\n[[ "$1 ${FAKE_FLOATS:-}" != *.toml\\ 1 ]]\n' >"$bundle/bin/gpu_identity"
    chmod +x "$bundle/bin/"* "$folder/tools/"*
    export PATH=$folder/tools:$PATH

    CUDA_CACHE_DISABLE=1 FAKE_LADDER=1 run 0
    for name in start identity.{quickstart,other,large,raw_floats,launches} ladder bench sanitizer.memcheck sanitizer.racecheck ncu; do expect $name passed; done
    expect peers skipped
    grep -q '"device": "Fake GPU 9000"' "$folder"/out/fake-gpu-9000-*.json || fail "the device is not named"
    grep -q '"detail": "start-up 20.25 s"' "$folder"/out/*.json || fail "the first start's time is not told"
    grep -q '"gpu": true' "$folder"/out/*.json && grep -q '"rungs": 3' "$folder"/out/*.json || fail "the record lacks what was measured"
    grep -q 'Compute (SM) Throughput 71.*MemoryWorkloadAnalysis.*WarpStateStats' "$folder"/out/*.md || fail "the record lacks what ncu says"
    grep -q 'Power Cap' "$folder"/out/*/nvidia-smi.txt || fail "the logs lack what nvidia-smi says"
    [ ! -e "$folder/out/quickstart.h5" ] || fail "result files are left behind"

    grep -q '"name": "identity.large".*"quickstart: [0-9]* futures in 5 chunks, .* identical to scalar"' "$folder"/out/*.json ||
      fail "it does not tell how a device was filled"

    run 0 && expect ladder skipped
    FAKE_FLOATS=1 run 1 && expect identity.raw_floats failed && expect identity.launches passed
    rm "$bundle/bin/gpu_identity"
    run 0 && expect identity.raw_floats skipped && expect identity.launches skipped
    FAKE_WRONG=other run 1 && expect identity.other failed && expect identity.quickstart passed
    FAKE_WRONG=quickstart run 1 && expect identity.large failed && expect identity.other passed
    FAKE_CRASH=quickstart run 1 && expect identity.quickstart failed
    grep -q '"detail": "exit status 5: error: device lost"' "$folder"/out/*.json || fail "the record does not say why"
    FAKE_RACES=1 run 1 && expect sanitizer.racecheck failed
    FAKE_CUDA=no run 4
    grep -q '"gpu": false' "$folder"/out/no-gpu-*.json || fail "the record claims a GPU"
    run 1 --minutes 0 && expect identity.quickstart skipped && grep -q "no scenario was compared" "$folder/said" || fail "nothing was compared, and passed"
    run 0 --dry-run
    grep -q "DRY RUN" "$folder"/out/dry-run-*.md || fail "a dry run looks like a real one"
    status=0
    "$script" --minutes soon >/dev/null 2>&1 || status=$?
    [ $status -eq 2 ] || fail "a wrong option is not exit status 2"
    for program in "$folder/nowhere" "$folder/tools" ""; do
      status=0
      "$script" --out "$folder/nothing" --program "$program" >"$folder/said" 2>&1 || status=$?
      [ $status -eq 2 ] && [ ! -e "$folder/nothing" ] || fail "another program was taken than '$program'"
    done
    ;;
  dry-run)
    run 0 --dry-run --program "$2" --paths 24
    for name in start identity.quickstart identity.large bench; do expect $name passed; done
    expect identity.launches skipped
    ;;
  no-gpu)
    # From the archive, unpacked where nothing of the project is.
    "$here/gpu_check_bundle.sh" "$2" "$3" "$folder/bundle.tar.gz" | tee "$folder/said" || fail "the bundle could not be made"
    sed -n 's/^COSTRISK_GPU_ARCHITECTURES:STRING=//p' "$3/CMakeCache.txt" | grep -q ';' || grep -q "preset .package. builds for all" "$folder/said" ||
      fail "it does not warn that the bundle is for one architecture"
    tar -C "$folder" -xzf "$folder/bundle.tar.gz"
    script=$folder/gpu-check/gpu_check.sh
    "$folder/gpu-check/bin/costrisk" devices | awk '$1 == "cuda" { exit $2 == "yes" ? 1 : 0 }' || { echo "skipped: there is a GPU here"; exit 77; }
    run 4
    grep -q "no GPU" "$folder/said" || fail "it does not say that there is no GPU"
    ;;
esac
