# shellcheck shell=bash
# limit 120
# The governor of the VM's CPUs, and what goes with it: the preference cannot be written under performance, and some
# drivers leave it there.
modprobe fake_cpufreq
trap 'rmmod fake_cpufreq' EXIT
policies=/sys/devices/system/cpu/cpufreq
echo balance_power | tee $policies/policy{6,7}/energy_performance_preference >/dev/null
cpu_snapshot "$RUN/cpu.rest"
cpus_domain gpuvm '6 7' governor=performance >"$RUN/gpuvm.xml"
for sticky in N Y; do
	say "a driver whose preference is sticky: $sticky"
	echo $sticky >/sys/module/fake_cpufreq/parameters/sticky
	hook gpuvm prepare
	expect_accepted
	for cpu in 0 1 2 3 4 5; do [[ $(<$policies/policy$cpu/scaling_governor) == schedutil ]] || fail "CPU $cpu is another's"; done
	for cpu in 6 7; do [[ $(<$policies/policy$cpu/scaling_governor) == performance ]] || fail "CPU $cpu has no performance"; done
	hook gpuvm release
	expect_accepted
	cpu_as_before "$RUN/cpu.rest"
	expect_no_state
done

say 'a governor that the kernel does not have'
cpus_domain gpuvm '6 7' governor=nonesuch >"$RUN/gpuvm.xml"
hook gpuvm prepare
expect_refused nonesuch
cpu_as_before "$RUN/cpu.rest"
