# shellcheck shell=bash disable=SC2034
# limit 60
# A host whose cpusets are of cgroup v1, or whose control groups are not there at all, is refused with a sentence and
# left as it is. While no unit wants cpuset the kernel lets a v1 hierarchy have it; it is mounted as such a host has it,
# for the hook alone.
cpu_snapshot "$RUN/cpu.rest"
cpus_domain gpuvm '6 7' isolate=yes >"$RUN/gpuvm.xml"
in_v1() { # COMMAND...: in a mount namespace of its own
	unshare -m --propagation private bash -euc '
		mount -t tmpfs none /sys/fs/cgroup
		mkdir /sys/fs/cgroup/{cpuset,unified}
		mount -t cgroup2 none /sys/fs/cgroup/unified
		mount -t cgroup -o cpuset none /sys/fs/cgroup/cpuset
		"$@"' v1 "$@"
}
in_v1 findmnt -t cgroup -no TARGET,OPTIONS | grep cpuset || fail 'the kernel does not give cpuset away'
status=0
in_v1 env -i LC_ALL=C PATH="$PATH" timeout 60 "$HOOK" gpuvm prepare begin - <"$RUN/gpuvm.xml" \
	>"$RUN/out" 2>"$RUN/err" || status=$?
sed 's/^/   stderr: /' "$RUN/err"
expect_refused cgroup
grep -q cpuset "$CGROUP"/cgroup.controllers || fail 'cpuset is not back'
cpu_as_before "$RUN/cpu.rest"
expect_no_state

say 'a domain that asks for no CPUs does not mind'
cpus_domain gpuvm '6 7' >"$RUN/gpuvm.xml"
in_v1 env -i LC_ALL=C PATH="$PATH" timeout 60 "$HOOK" gpuvm prepare begin - <"$RUN/gpuvm.xml" || fail 'it was refused'
