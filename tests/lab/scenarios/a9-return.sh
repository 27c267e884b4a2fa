# shellcheck shell=bash
# boot modes
# When a return has ended, the host's nodes of the card are there, as udev makes them: nobody has to wait or to ask again.
xml gpuvm "${A[@]}"
for round in 1 2 3; do
	hook gpuvm prepare
	expect_accepted
	expect_driver vfio-pci "$A0" "$A1"
	udevadm settle
	expect_property "$SYS/$A0" GPU_HANDOFF_STATE vm
	hook gpuvm release
	expect_accepted
	nodes=("$(drm_of "$A0")" "$(control_of "$A1")")
	marks=$(udevadm info -q property --property=GPU_HANDOFF_MODE --value "${nodes[0]}" || true)
	for node in "${nodes[@]}"; do [[ -c $node ]] || fail "round $round: no '$node' when the hook ends"; done
	[[ $marks == kept-free ]] || fail "round $round: udev has not done with '${nodes[0]}' when the hook ends"
	udevadm settle
	expect_property "$SYS/$A0" GPU_HANDOFF_STATE host
	for node in "${nodes[@]}"; do
		if has_tag "$(udevadm info -q path -n "$node" | sed 's|^|/sys|')" seat; then fail "'$node' is for seats now"; fi
	done
done
