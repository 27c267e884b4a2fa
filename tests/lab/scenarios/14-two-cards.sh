# shellcheck shell=bash
# Two domains with a card each, started and destroyed at the same time.
define vm-a "${A[@]}"
define vm-b "${B[@]}"
both() {
	local pids=() pid
	virsh "$1" vm-a & pids+=($!)
	virsh "$1" vm-b & pids+=($!)
	for pid in "${pids[@]}"; do wait "$pid" || fail "virsh $1"; done
}
both start
expect_driver vfio-pci "${A[@]}" "${B[@]}"
say 'one goes, the other stays'
stop vm-a
expect_home 0000:01:00
expect_running vm-b
expect_driver vfio-pci "${B[@]}"
start vm-a
both destroy
expect_home 0000:01:00
expect_home 0000:41:00
