# shellcheck shell=bash
# limit 300
# With load of every kind on the host, nothing of it runs on the CPUs of a VM that has them for itself; a VM that does
# not ask for that has all of it there.
trap cpu_load_stop EXIT
cpu_snapshot "$RUN/cpu.rest"
share=$(irq_of virtio1-requests)

say 'a VM with pins and no more'
cpus_define gpuvm '6 7'
start gpuvm
cpu_load_start
irq_lure "$share" 6
observe 20 6-7 "$(qemu_of gpuvm)"
expect_busy user kernel interrupts work
declare -p seen | sed 's/declare -A seen=/without: /' >"$RUN/compared"
stop gpuvm

say 'a VM that wants them for itself'
cpus_define gpuvm '6 7' isolate=yes
irq_lure "$share" 6
timed start gpuvm
echo "   started in $took ms"
observe 20 6-7 "$(qemu_of gpuvm)"
declare -p seen | sed 's/declare -A seen=/with:    /' >>"$RUN/compared"
expect_quiet user kernel interrupts work

say 'what begins meanwhile stays away as well'
systemd-run -q --unit=lab-load-late "$LIB/busy" spin 8
systemd-run -q --slice=lab.slice --unit=lab-load-late-slice "$LIB/busy" spin 4
systemd-run -q --slice=late.slice --unit=lab-load-late-new "$LIB/busy" spin 4
kept_off() { [[ $(<"$CGROUP/late.slice/cpuset.cpus.effective") == 0-5 ]]; }
wait_for 20 kept_off || fail 'a slice that is new stays on all CPUs'
observe 3 6-7 "$(qemu_of gpuvm)"
expect_quiet user kernel interrupts work
for thread in "/proc/$(qemu_of gpuvm)/task"/*; do
	[[ $(<"$thread/comm") != CPU* ]] || grep Cpus_allowed_list "$thread/status"
done | sort >"$RUN/pins"
diff <(printf 'Cpus_allowed_list:\t%s\n' 6 7) "$RUN/pins" || fail 'the VM itself is not where it belongs'
stop gpuvm
say 'tasks, kernel threads, interrupts and work on the CPUs of the VM'
cat "$RUN/compared"
cpu_load_stop
cpu_as_before "$RUN/cpu.rest"
