# shellcheck shell=bash
# limit 240
# Huge pages that a domain is to have are added to those that are there, on its node, and taken away again: not one
# more. Where there is one too few, nothing has changed, and the sentence says how many were found where. Pages that
# somebody else has taken in between go when they are free.
node=/sys/devices/system/node/node1/hugepages/hugepages-2048kB
large=${node/2048/1048576} # pages of 1 GiB
total() { cat "$node/nr_hugepages"; }
trap 'echo 0 >$node/nr_hugepages; echo 0 >$large/nr_hugepages; pkill -x busy || true' EXIT
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

# The node has room for one of 1 GiB at most, and for that the kernel does not look long.
say 'one page too few, after others were found'
echo 2 >"$large/nr_hugepages"
had=$(<"$large/nr_hugepages")
echo "   $had pages of 1 GiB can be had"
cpu_snapshot "$RUN/cpu.full"
cpus_domain gpuvm '6 7' allocate=yes memory=$(((had + 1) * 1024 + 128)) extra="
	<memoryBacking><hugepages><page size='2' unit='MiB' nodeset='0'/><page size='1' unit='GiB' nodeset='1'/></hugepages>
	</memoryBacking><cpu><numa><cell id='0' cpus='0' memory='128' unit='MiB'/>
	<cell id='1' cpus='1' memory='$((had + 1))' unit='GiB'/></numa></cpu>" >"$RUN/gpuvm.xml"
hook gpuvm prepare
expect_refused "$((had + 1))" 'node 1 had room for 0 more'
cpu_as_before "$RUN/cpu.full"
expect_no_state
echo 0 >"$large/nr_hugepages"
cpu_as_before "$RUN/cpu.rest"
