# shellcheck shell=bash
# limit 300
# SIGKILL for the hook before a change of the CPUs and the memory of the host, one run each, taken from all over the
# list of its changes; recover brings everything back, whatever was done.
modprobe fake_cpufreq
trap 'rmmod fake_cpufreq' EXIT
cpu_snapshot "$RUN/cpu.rest"
cpus_domain gpuvm '6 7' isolate=yes governor=performance allocate=yes pages=2048 >"$RUN/gpuvm.xml"
changing+=,sched_setaffinity
killed_all_over() { # OP RUNS
	local op=$1 most=$2 call n runs=0 total
	[[ $op == prepare ]] || hook gpuvm prepare
	hook_traced "$op" || fail "$op fails under strace: $(<"$RUN/err")"
	# all messages to the child, whatever they are about: it turns what belongs to systemd and the kernel
	awk '{ name = $1; sub(/\(.*/, "", name); n[name]++ } /^[a-z0-9]+\(/ { print name, n[name] }' "$RUN/trace" >"$RUN/all"
	[[ $op == release ]] || hook gpuvm release
	cpu_as_before "$RUN/cpu.rest"
	total=$(wc -l <"$RUN/all")
	((total > 10)) || fail "only $total changes"
	awk -v total="$total" -v most="$most" 'int(NR * most / total) > int((NR - 1) * most / total)' "$RUN/all" >"$RUN/calls"
	while read -r call n; do
		[[ $op == prepare ]] || hook gpuvm prepare
		hook_traced "$op" -e inject="$call:signal=KILL:when=$n" || true
		grep -q 'killed by SIGKILL' "$RUN/trace" || continue
		runs=$((runs + 1))
		echo "killed before $call $n: $(grep -a "^$call(" "$RUN/trace" | tail -n 1 | cut -c1-120)"
		timeout 60 gpu-handoff recover || fail "recover exits $?"
		cpu_as_before "$RUN/cpu.rest"
		expect_no_state
	done <"$RUN/calls"
	echo "$runs of $total changes in $op"
	((runs >= most - 2)) || fail "only $runs runs of $most were killed"
}
killed_all_over prepare 9
killed_all_over release 6
