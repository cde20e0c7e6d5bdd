#!/bin/bash
# Shards of a run as an array of Slurm, and their merge behind it:
#   sbatch slurm-array.sh my.toml 1000000000 results/all.h5
# Other sizes: sbatch --array=1-32 slurm-array.sh ... A task that is requeued, or sent once more, goes on from its file.
#SBATCH --job-name=costrisk
#SBATCH --array=1-8
#SBATCH --cpus-per-task=1
#SBATCH --time=02:10:00
#SBATCH --signal=B:USR1@60
#SBATCH --requeue
#SBATCH --open-mode=append
set -euo pipefail
scenario=$1 paths=$2 output=$3
costrisk=${COSTRISK:-costrisk}

# The first task sends the merge, which waits until all are done.
if [[ $SLURM_ARRAY_TASK_ID == "$SLURM_ARRAY_TASK_MIN" && ${SLURM_RESTART_COUNT:-0} == 0 ]]; then
  sbatch --job-name=costrisk-merge --dependency="afterok:$SLURM_ARRAY_JOB_ID" --kill-on-invalid-dep=yes \
    --output="${output%.h5}.merge.log" \
    --wrap="'$costrisk' merge '$output' '${output%.h5}'.shard-*-of-$SLURM_ARRAY_TASK_COUNT.h5 --report"
fi

# --signal=B: sends SIGUSR1 to this shell, which hands it on.
"$costrisk" run "$scenario" --paths "$paths" --shard auto -o "$output" \
  --threads "${SLURM_CPUS_PER_TASK:-1}" --checkpoint "${CHECKPOINT:-5m}" --resume --max-time "${MAX_TIME:-2h}" &
run=$!
trap 'kill -USR1 "$run"' USR1
trap 'kill -TERM "$run"' TERM
code=0
wait "$run" || code=$?
while kill -0 "$run" 2> /dev/null; do
  code=0
  wait "$run" || code=$?
done
# Time is up, by --max-time (6) or by the signal (138): the task goes to the queue again, and on from its file.
if [[ $code == 6 || $code == 138 ]]; then
  scontrol requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"
fi
exit "$code"
