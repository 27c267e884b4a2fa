# shellcheck shell=bash
# limit 300
# Huge pages that a domain is to have are added to those that are there, on its node, and taken away again: not one
# more. Where there is one too few, nothing has changed, and the sentence says how many were found where. Pages that
# somebody else has taken in between go when they are free.
node=/sys/devices/system/node/node1/hugepages/hugepages-2048kB
total() { cat "$node/nr_hugepages"; }
trap 'echo 0 >$node/nr_hugepages; pkill -x busy || true' EXIT
cpu_snapshot "$RUN/cpu.rest"

say 'none are there'
cpus_define gpuvm '6 7' pages=2048 allocate=yes
start gpuvm
grep -H . /sys/devices/system/node/node*/hugepages/hugepages-2048kB/*_hugepages
[[ $(total) == 32 ]] || fail "$(total) pages on node 1, not 32"
stop gpuvm
cpu_as_before "$RUN/cpu.rest"

say 'ten are there'
echo 10 >$node/nr_hugepages
start gpuvm
[[ $(total) == 32 ]] || fail "$(total) pages on node 1, not 32"
stop gpuvm
[[ $(total) == 10 && $(<$node/free_hugepages) == 10 ]] || fail "$(total) pages on node 1, not 10"
echo 0 >$node/nr_hugepages

say 'two, and who came first goes first'
cpus_define vm-b '5' pages=2048 allocate=yes
for turn in 'start gpuvm 32' 'start vm-b 64' 'stop gpuvm 32' 'stop vm-b 0'; do
	read -r what name pages <<<"$turn"
	"$what" "$name"
	[[ $(total) == "$pages" ]] || fail "$(total) pages on node 1, not $pages"
done
cpu_as_before "$RUN/cpu.rest"

say 'somebody has taken some'
hook gpuvm prepare
expect_accepted
[[ $(total) == 32 ]] || fail "$(total) pages on node 1, not 32"
taskset -c 4 "$LIB/busy" pages 5 &
holder=$!
five_in_use() { [[ $(<$node/free_hugepages) == 27 ]]; }
wait_for 10 five_in_use || fail 'nobody holds them'
hook gpuvm release
grep -H . $node/*_hugepages
[[ $(<$node/free_hugepages) == 0 ]] || fail 'free pages were not given back'
kill "$holder"
wait "$holder" || true
drained() { [[ $(total) == 0 ]]; }
wait_for 10 drained || fail 'pages stay that nobody uses'
cpu_as_before "$RUN/cpu.rest"

say 'one page too few'
fill() { # all that the node has, and can make room for, until that is no more, three times
	local before stable=0
	echo 3 >/proc/sys/vm/drop_caches
	while ((stable < 3)); do
		before=$(total)
		echo 1 >/sys/devices/system/node/node1/compact
		echo 1000 >$node/nr_hugepages
		if [[ $(total) == "$before" ]]; then stable=$((stable + 1)); else stable=0; fi
	done
}
fill
# For one page the kernel looks harder than for many: what it then finds after all is there, and one more is asked for.
for try in {1..12}; do
	had=$(total)
	echo "   $had pages can be had"
	((had > 100 && had < 768)) || fail 'that cannot be'
	cpu_snapshot "$RUN/cpu.full"
	cpus_domain gpuvm '6 7' memory=$(((had + 1) * 2)) pages=2048 allocate=yes >"$RUN/gpuvm.xml"
	hook gpuvm prepare
	((status != 0)) && break
	echo "   one more was found, try $try"
	hook gpuvm release
	cpu_as_before "$RUN/cpu.full"
	echo $((had + 1)) >$node/nr_hugepages
done
expect_refused "$((had + 1))" "$had" 'node 1'
cpu_as_before "$RUN/cpu.full"
expect_no_state
echo 0 >$node/nr_hugepages
cpu_as_before "$RUN/cpu.rest"
