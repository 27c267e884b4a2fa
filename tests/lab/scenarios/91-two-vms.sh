# shellcheck shell=bash
# limit 240
# Two VMs with CPUs of their own, started and stopped in all four orders: at each moment the host has the CPUs that none
# of them has, and at the end it is as before. A third that wants the same is refused, in one sentence,
# also when it does not ask for them to be its own.
cpu_snapshot "$RUN/cpu.rest"
cpus_define vm-a '5' isolate=yes
cpus_define vm-b '6 7' isolate=yes
cpus_define vm-c '7' isolate=yes
cpus_define vm-d '7' isolate=yes overlap=warn
cpus_define vm-e '7'
declare -A hex=([0-7]=ff [0-4,6-7]=df [0-5]=3f [0-4]=1f)
host_has() { # CPULIST
	local unit file
	for unit in system.slice user.slice init.scope; do
		[[ $(cat "$CGROUP/$unit/cpuset.cpus.effective" 2>/dev/null || echo 0-7) == "$1" ]] ||
			fail "$unit is not on $1 but on $(<"$CGROUP/$unit/cpuset.cpus.effective")"
	done
	for file in /sys/devices/virtual/workqueue/cpumask /proc/irq/default_smp_affinity; do
		[[ $(<"$file") == "${hex[$1]}" ]] || fail "$file is $(<"$file"), not ${hex[$1]}"
	done
}
vcpus_on() { # NAME CPULIST...
	local name=$1 thread
	shift
	for thread in "/proc/$(qemu_of "$name")/task"/*; do
		[[ $(<"$thread/comm") != CPU* ]] || sed -n 's/^Cpus_allowed_list:\t//p' "$thread/status"
	done | sort | diff <(printf '%s\n' "$@") - || fail "the vCPUs of $name are not on $*"
}
declare -A alone=([vm-a]='0-4,6-7' [vm-b]=0-5)
for order in 'vm-a vm-b vm-a vm-b' 'vm-a vm-b vm-b vm-a' 'vm-b vm-a vm-a vm-b' 'vm-b vm-a vm-b vm-a'; do
	read -r first second gone last <<<"$order"
	say "$first and $second start, $gone and $last stop"
	start "$first"
	host_has "${alone[$first]}"
	start "$second"
	host_has 0-4
	vcpus_on vm-a 5
	vcpus_on vm-b 6 7
	if [[ $order == 'vm-a vm-b vm-a vm-b' ]]; then
		say 'a third'
		start_refused vm-c vm-b 7
		start_refused vm-e vm-b 7
		host_has 0-4
		start vm-d
		stop vm-d
		host_has 0-4
	fi
	stop "$gone"
	host_has "${alone[$last]}"
	stop "$last"
	cpu_as_before "$RUN/cpu.rest"
	expect_no_state
done
