# shellcheck shell=bash
# list tells what sysfs tells, and status who uses a card.
gpu-handoff list
gpu-handoff list --json >"$RUN/list.json"
jq . "$RUN/list.json"
ask() { jq -r "$1" "$RUN/list.json"; }
[[ $(ask '[.gpus[].address] | sort | join(" ")') == "$A0 $C0 $B0" ]] || fail 'not these three cards'
card() { ask ".gpus[] | select(.address == \"$1\") | $2"; }
for first in "$A0" "$B0" "$C0"; do
	[[ $(card "$first" .driver) == "$(driver_of "$first")" ]] || fail "driver of $first"
	[[ $(card "$first" .numa_node) == "$(<"$SYS/$first/numa_node")" ]] || fail "node of $first"
done
[[ $(card "$A0" '[.functions[].address] | join(" ")') == "${A[*]}" ]] || fail 'functions of A'
[[ $(card "$A0" .boot_vga) =~ ^(true|1)$ ]] || fail 'boot_vga of A'
[[ $(card "$A0" .isolated) == true && $(card "$B0" .isolated) == true ]] || fail 'A and B are isolated'
[[ $(card "$C0" .isolated) == false ]] || fail 'C is not isolated'
[[ $(card "$C0" '.group_extra | join(" ")') == "$S" ]] || fail "group_extra of C"
[[ $(card "$A0" '.functions[3].driver') == null ]] || fail 'A.3 has no driver'

say 'status'
nvidia_nodes
hold_start open "/dev/nvidia$(fact "$B0" minor)"
gpu-handoff status
gpu-handoff status --json >"$RUN/status.json"
hold_end
# the record is older than what status says of CPUs and memory
shape() { jq -r 'del(.cpus, .huge_pages, .memory) | [paths | map(if type == "number" then "N" else . end) | join(".")] | unique[]' "$1"; }
shape "$RUN/status.json" | diff <(shape "$LIB/status-h100-cuda.json") - || fail 'not the shape of a recorded one'
jq -e '[.cpus[] | .cpus] == ["0-7"] and .cpus[0].domain == null and (.huge_pages | length) == 4 and .memory == []' \
	"$RUN/status.json" >/dev/null || fail 'CPUs and memory'
who() { jq -r ".cards[] | select(.address == \"$B0\") | .holders[0] | $1" "$RUN/status.json"; }
[[ $(who '[.pid, .command, .uid, .unit, .nodes[0].name] | join(" ")') == "$holder hold 0 lab-runner.service /dev/nvidia$(fact "$B0" minor)" ]] ||
	fail 'status does not name the holder'
[[ $(jq -r '.cards[0].where.place' "$RUN/status.json") == host ]] || fail 'the card is not with the host'
