# shellcheck shell=bash
# limit 120
# What somebody else changes while a VM runs is theirs: it is left as they made it, and said; the rest is as before.
modprobe fake_cpufreq
changed_back() { # by hand, for the next scenario
	echo ff >"/proc/irq/$share/smp_affinity"
	allowed_set user.slice 255
	allowed_set user.slice
	rm -rf /run/systemd/system.control
	systemctl daemon-reload
	rmmod fake_cpufreq
}
share=$(irq_of virtio1-requests)
trap changed_back EXIT
echo ff >"/proc/irq/$share/smp_affinity"
cpu_snapshot "$RUN/cpu.rest"
cpus_domain gpuvm '6 7' isolate=yes governor=performance >"$RUN/gpuvm.xml"
hook gpuvm prepare
expect_accepted
echo 02 >"/proc/irq/$share/smp_affinity"
allowed_set user.slice 3
echo schedutil >/sys/devices/system/cpu/cpufreq/policy7/scaling_governor
journal_now
hook gpuvm release
expect_accepted
journal_since -o cat | tee "$RUN/said"
for text in virtio1-requests user.slice; do grep -qF "$text" "$RUN/said" || fail "nothing was said of $text"; done
[[ $(<"/proc/irq/$share/smp_affinity") == 02 ]] || fail "somebody's interrupt was moved"
[[ $(systemctl show -P AllowedCPUs user.slice) == 0-1 ]] || fail "somebody's slice was changed"
cpu_snapshot "$RUN/cpu.now"
cpu_same -w "$RUN/cpu.rest" "$RUN/cpu.now" >"$RUN/difference" && fail 'nothing is different'
cat "$RUN/difference"
if grep -vE "^irq $share |user\.slice|^run /run/systemd/system.control:" "$RUN/difference"; then fail 'more is different'; fi
expect_no_state
