#!/bin/bash
# Ranks that share a run, with a costrisk built with -DCOSTRISK_MPI=ON:
#   sbatch --ntasks=64 slurm-mpi.sh my.toml 1000000000 results/all.h5
# More options of `costrisk run` may follow, such as --until-error 0.5%.
#SBATCH --job-name=costrisk-mpi
#SBATCH --ntasks=2
#SBATCH --time=02:10:00
#SBATCH --open-mode=append
set -euo pipefail
scenario=$1 paths=$2 output=$3
shift 3
"${MPIRUN:-mpirun}" -np "$SLURM_NTASKS" "${COSTRISK:-costrisk}" run "$scenario" --paths "$paths" -o "$output" \
  --threads 1 --checkpoint "${CHECKPOINT:-5m}" --resume --max-time "${MAX_TIME:-2h}" "$@"
