#!/bin/bash
# usage: ranks.sh MPIRUN PROGRAM SCENARIO: ranks of MPI make the file of a single process, also stopped on the way.
set -euo pipefail
mpirun=$1 program=$2 scenario=$3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1

on_ranks() {
  local ranks=$1
  shift
  timeout 300 "$mpirun" --oversubscribe -np "$ranks" "$program" run "$scenario" --threads 1 --quiet "$@" > out.txt 2> err.txt
}

same() {
  cmp "$1" "$2" && test -z "$(find . -name '*.shard-*')" -a -z "$(find . -name '*.so-far.h5')"
}

"$program" run "$scenario" --paths 9001 --quiet -o single.h5 > out.txt
"$program" run "$scenario" --until-error mean=2% --quiet -o until.h5 > out.txt
for ranks in 2 4; do
  on_ranks $ranks --paths 9001 -o ranks.h5
  same ranks.h5 single.h5
done
on_ranks 3 --until-error mean=2% -o ranks.h5
same ranks.h5 until.h5

# Stopped and gone on with, until it is done.
rm ranks.h5
stops=0
until on_ranks 2 --paths 9001 -o ranks.h5 --checkpoint 50ms --max-time $((20 << stops))ms --resume; do
  stops=$((stops + 1))
  test $stops -lt 20
  grep -q "Exit code: *6" err.txt || { cat err.txt; exit 1; }
done
same ranks.h5 single.h5
echo "stopped $stops times"

# A rank that fails ends all of them.
if on_ranks 2 --paths 9001 -o nowhere/none/ranks.h5 --set nothing.at.all=3; then exit 1; fi
