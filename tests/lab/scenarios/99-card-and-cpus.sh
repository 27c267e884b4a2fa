# shellcheck shell=bash
# A VM with a card, CPUs of its own and huge pages: all of it is taken and given back, and a service sees to what comes
# while the VM runs, and ends with it.
qemu_may_read_nodes
cpu_snapshot "$RUN/cpu.rest"
cpus_define gpuvm '6 7' isolate=yes allocate=yes pages=2048 "${B[@]}"
service=gpu-handoff-$(uuid_of gpuvm).service
attended() { systemctl -q is-active "$service"; }
gpu-handoff plan gpuvm
start gpuvm
expect_driver vfio-pci "${B[@]}"
wait_for 10 attended || fail "$service does not run"
systemctl show -p ExecStart "$service" | grep -F -- "--attend $(uuid_of gpuvm) ;" ||
	fail 'the service has other arguments'
gpu-handoff status
gpu-handoff status --json | jq -e '.cpus[] | select(.domain == "gpuvm" and .isolated and .cpus == "6-7")' >/dev/null
gpu-handoff status --json | jq -e '.huge_pages[] | select(.node == 1 and .page_kib == 2048 and .total == 32 and .free == 0)' >/dev/null
gpu-handoff status --json | jq -e '.memory[] | select(.domain == "gpuvm" and .nodes == "1")
	| .resident[] | select(.node == 1 and .huge_kib == 65536)' >/dev/null
stop gpuvm
wait_for 10 not attended || fail "$service outlives the VM"
expect_home 0000:41:00
cpu_as_before "$RUN/cpu.rest"
expect_no_state
