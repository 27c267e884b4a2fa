# shellcheck shell=bash
# limit 200
# What the scenarios about CPUs and memory measure with, without our programs: the host's work is seen where it runs, and
# is seen to be gone when it is moved by hand; a snapshot sees whatever changes; and what systemd 252 and Linux 6.1 make
# of AllowedCPUs is what the product was built on.
cpus=6-7
clean_up() {
	cpu_load_stop
	[[ ! -e /sys/module/fake_cpufreq ]] || rmmod fake_cpufreq
	systemctl stop irqbalance
	units_free
}
trap clean_up EXIT
units=(system.slice user.slice init.scope lab.slice libpod-lab.scope)
units_free() { # all CPUs first: Linux before 6.8 does not take the mask from a group with processes in it
	local unit
	for unit in "${units[@]}"; do
		systemctl -q is-active "$unit" || continue
		allowed_set "$unit" 255
		allowed_set "$unit"
	done
	rm -rf /run/systemd/system.control /run/systemd/transient/{init,libpod-lab}.scope.d
	systemctl daemon-reload
}

say 'a host that nobody has touched is as it was'
cpu_snapshot "$RUN/cpu.rest"
wc -l "$RUN/cpu.rest"
cpu_as_before "$RUN/cpu.rest"

say 'load everywhere'
cpu_load_start
loginctl list-sessions
share=$(irq_of virtio1-requests)
irq_lure "$share" 6
observe 6 "$cpus"
expect_busy user kernel interrupts work
for name in system.slice/lab-load.service user.slice/ libpod-lab.scope lab.slice/ kworker/u virtio1-requests virtio0-req; do
	grep -qF "$name" "$RUN/observed" || fail "nothing of '$name' was seen"
done

say 'moved by hand'
declare -A mask
masks_keep() { # of what is written raw
	local file
	for file in /proc/irq/*/smp_affinity /sys/devices/virtual/workqueue/{,*/}cpumask; do mask[$file]=$(<"$file"); done
}
masks_narrow() {
	local file
	for file in "${!mask[@]}"; do echo 3f >"$file" 2>/dev/null || echo "   refused: $file"; done
}
masks_back() {
	local file
	for file in "${!mask[@]}"; do echo "${mask[$file]}" >"$file" 2>/dev/null || true; done
}
# A thread of the kernel on several CPUs, these among them.
kernel_threads() {
	"$LIB/watch-cpus" threads | while read -r _ tid _ _ list; do
		if [[ $list == *,*,6,7, && ! -s /proc/$tid/cmdline ]]; then echo "$tid ${list%,}"; fi
	done
}
masks_keep
for unit in "${units[@]}"; do allowed_set "$unit" 63; done
[[ $(<"$CGROUP"/system.slice/cpuset.cpus) == 0-5 ]] || fail 'the kernel does not have it when the call returns'
masks_narrow
kernel_threads >"$RUN/kthreads"
moved=0
while read -r tid list; do
	! taskset -cp "${list//,[67]/}" "$tid" >/dev/null 2>&1 || moved=$((moved + 1))
done <"$RUN/kthreads"
echo "$moved kernel threads moved"
observe 6 "$cpus"
expect_quiet user kernel interrupts work
cpu_snapshot "$RUN/cpu.moved"
cpu_same "$RUN/cpu.rest" "$RUN/cpu.moved" >"$RUN/difference" && fail 'the snapshot does not see it'
for key in 'group /system.slice/cpuset.cpus' 'unit user.slice AllowedCPUs' 'unit init.scope DropInPaths' 'thread ' \
	"irq $share virtio1-requests" '/sys/devices/virtual/workqueue/cpumask' '/sys/devices/virtual/workqueue/writeback/cpumask' \
	'run /run/systemd/system.control/user.slice.d/50-AllowedCPUs.conf' 'run /run/systemd/transient/init.scope.d'; do
	grep -qF "$key" "$RUN/difference" || fail "the snapshot does not see '$key'"
done

say 'and back'
cpu_load_stop
units_free
masks_back
while read -r tid list; do taskset -cp "$list" "$tid" >/dev/null 2>&1 || true; done <"$RUN/kthreads"
cpu_as_before "$RUN/cpu.rest"

say 'one thing at a time'
sees() { # KEY: the only difference
	cpu_snapshot "$RUN/cpu.now"
	cpu_same "$RUN/cpu.rest" "$RUN/cpu.now" >"$RUN/difference" && fail "'$1' is not seen"
	cat "$RUN/difference"
	[[ $(<"$RUN/difference") == "$1"* && $(wc -l <"$RUN/difference") -eq 1 ]] || fail "that is not '$1' alone"
}
echo 5 >/sys/devices/system/cpu/cpu6/power/pm_qos_resume_latency_us
sees 'file /sys/devices/system/cpu/cpu6/power/pm_qos_resume_latency_us'
echo 0 >/sys/devices/system/cpu/cpu6/power/pm_qos_resume_latency_us
mkdir -p /run/systemd/system.control
sees 'run /run/systemd/system.control'
rmdir /run/systemd/system.control

say 'governors'
modprobe fake_cpufreq
policy=/sys/devices/system/cpu/cpufreq/policy6
grep -H . $policy/{scaling_available_governors,scaling_governor,energy_performance_preference}
preference() { echo "$1" 2>/dev/null >$policy/energy_performance_preference; }
preference power
echo performance >$policy/scaling_governor
! preference balance_power || fail 'the preference can be written under performance'
[[ $(<$policy/energy_performance_preference) == power ]] || fail 'the preference was not kept'
echo Y >/sys/module/fake_cpufreq/parameters/sticky
echo schedutil >$policy/scaling_governor
echo performance >$policy/scaling_governor
echo schedutil >$policy/scaling_governor
[[ $(<$policy/energy_performance_preference) == performance ]] || fail 'the preference is not sticky'
preference power
rmmod fake_cpufreq

say 'irqbalance, asked and told; it does as it is told at its next look, in ten seconds'
systemctl start irqbalance
wait_for 20 balancer_socket || fail 'it has no socket'
balancer_banned
