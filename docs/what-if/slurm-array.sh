#!/bin/bash
# A sweep as a Slurm array: sbatch --array=1-8 slurm-array.sh SCENARIO FOLDER [FLAGS of sweep]
# then: pullsim merge FOLDER/part-*.jsonl --report sqlite=sweep.db
# `--shard auto` reads SLURM_ARRAY_TASK_ID, _MIN and _COUNT. A task that is requeued goes on with
# the points that it had done; those under way are lost at most.
#SBATCH --job-name=pullsim-sweep
#SBATCH --requeue
#SBATCH --open-mode=append
set -euo pipefail
scenario=$1 folder=$2
shift 2
mkdir -p "$folder"
exec "${PULLSIM:-pullsim}" sweep "$scenario" --shard auto --quiet \
  --jobs "${SLURM_CPUS_PER_TASK:-1}" --result "$folder/part-{shard}.jsonl" "$@"
