#!/usr/bin/env bash
# A sweep as a Slurm array for real: controller, node daemon and authentication are started here,
# one task is killed and requeued in the midst of its points, and the joined shards have to be, byte
# for byte, the sweep that one process makes.
# usage: slurm_test.sh PULLSIM SOURCE_FOLDER
set -euo pipefail
pullsim=$1 source=$2
work=$(mktemp -d)
pids=()
finish() {  # what has ended by itself is no fault of the test
  scancel --user="$(id -un)" >/dev/null 2>&1 || true
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT
export SLURM_CONF=$work/slurm.conf PULLSIM=$pullsim
host=$(hostname -s)
base=$((20000 + RANDOM % 20000))

dd if=/dev/urandom of="$work/munge.key" bs=128 count=1 2>/dev/null
chmod 700 "$work" && chmod 400 "$work/munge.key"
munged --foreground --force --key-file="$work/munge.key" --socket="$work/munge.socket" \
  --pid-file="$work/munged.pid" --log-file="$work/munged.log" --seed-file="$work/munge.seed" &
pids+=($!)
mkdir -p "$work/state" "$work/spool"
cat >"$SLURM_CONF" <<CONF
ClusterName=pullsim
SlurmctldHost=$host(127.0.0.1)
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
AuthInfo=socket=$work/munge.socket
CredType=cred/munge
SlurmctldPort=$base
SlurmdPort=$((base + 1))
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
SlurmctldLogFile=$work/slurmctld.log
SlurmdLogFile=$work/slurmd.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_interval=1
MailProg=/bin/true
ReturnToService=2
KillWait=2
NodeName=$host NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
# Without cgroups, which a container may not give.
printf 'CgroupPlugin=cgroup/v1\nCgroupAutomount=no\n' >"$work/cgroup.conf"
slurmctld -D & pids+=($!)
slurmd -D & pids+=($!)
for _ in $(seq 60); do
  sinfo -h -o %T 2>/dev/null | grep -q idle && break
  sleep 1
done
sinfo -h -o %T | grep -q idle || { tail -5 "$work"/*.log; echo "Slurm does not come up"; exit 1; }

scenario=$source/scenarios/large-vs-slim.yaml
flags=(--vary 'images.web.scaledTo=50MB..800MB:x2'
  --vary 'nodePools.general.nodes.initial=13,14,15,16'
  --replications 40)
"$pullsim" sweep "$scenario" "${flags[@]}" --quiet --exit-zero --jobs 1 --result "$work/one.jsonl"

job=$(sbatch --parsable --array=1-3 --output="$work/task-%a.log" \
  "$source/docs/what-if/slurm-array.sh" "$scenario" "$work/parts" "${flags[@]}")
partial=$work/parts/part-2.jsonl.partial
for _ in $(seq 3000); do
  [[ -f $partial && $(wc -l <"$partial") -ge 2 ]] && break
  sleep 0.1
done
points=$(wc -l <"$partial")
[[ $points -ge 2 && ! -f $work/parts/part-2.jsonl ]] || { echo "task 2 was not caught"; exit 1; }
scontrol requeue "${job}_2"
for _ in $(seq 300); do
  [[ -z $(squeue -h -j "$job" 2>/dev/null) ]] && break
  sleep 1
done
ls "$work/parts"
"$pullsim" merge "$work"/parts/part-{3,1,2}.jsonl --quiet --exit-zero --result "$work/merged.jsonl"
cmp "$work/merged.jsonl" "$work/one.jsonl"
echo "same bytes; task 2 was killed after $((points - 1)) points and went on"
