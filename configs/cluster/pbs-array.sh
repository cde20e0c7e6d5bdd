#!/bin/bash
# Shards of a run as an array of PBS, which does not say how many there are:
#   array=$(qsub -v SCENARIO=my.toml,PATHS=1000000000,OUTPUT=results/all.h5 pbs-array.sh)
#   qsub -W depend=afterok:"$array" -- costrisk merge results/all.h5 results/all.shard-*-of-8.h5
#PBS -N costrisk
#PBS -J 1-8
#PBS -l select=1:ncpus=1
#PBS -l walltime=02:10:00
#PBS -r y
set -euo pipefail
cd "$PBS_O_WORKDIR"
export COSTRISK_SHARDS=8
exec "${COSTRISK:-costrisk}" run "$SCENARIO" --paths "$PATHS" --shard auto -o "$OUTPUT" --checkpoint 5m --resume
