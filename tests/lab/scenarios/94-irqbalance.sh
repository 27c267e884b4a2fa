# shellcheck shell=bash
# limit 180
# irqbalance is told which CPUs it has to leave alone, and told otherwise at the end; it does so at its next look.
declare -A masks
for file in /proc/irq/[0-9]*/smp_affinity; do masks[$file]=$(<"$file"); done
# Where irqbalance has moved interrupts they would stay. What the kernel manages takes no value.
put_back() {
	cpu_load_stop
	systemctl stop irqbalance
	for file in "${!masks[@]}"; do { echo "${masks[$file]}" >"$file"; } 2>/dev/null || true; done
}
trap put_back EXIT
systemctl start irqbalance
wait_for 20 balancer_socket || fail 'it has no socket'
banned_is() { [[ $(balancer_banned) == "$1" ]]; }
cpu_snapshot "$RUN/cpu.all"
grep -v '^irq [0-9]' "$RUN/cpu.all" >"$RUN/cpu.rest" # interrupts are what irqbalance makes of them
irq_lure "$(irq_of virtio1-requests)" 6
cpus_define gpuvm '6 7' isolate=yes
cpu_load_start
start gpuvm
wait_for 20 banned_is 000000c0 || fail "it has banned $(balancer_banned)"
observe 12 6-7 "$(qemu_of gpuvm)"
expect_quiet user kernel interrupts work

say 'started anew, it knows nothing; the next settling tells it'
systemctl restart irqbalance
gpu-handoff recover
wait_for 20 banned_is 000000c0 || fail "it has banned $(balancer_banned)"
cpu_load_stop
stop gpuvm
wait_for 20 banned_is 00000000 || fail "it has banned $(balancer_banned)"
cpu_snapshot "$RUN/cpu.all"
grep -v '^irq [0-9]' "$RUN/cpu.all" >"$RUN/cpu.now"
cpu_same "$RUN/cpu.rest" "$RUN/cpu.now" || fail 'it is not as before'
