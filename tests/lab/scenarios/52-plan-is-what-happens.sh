# shellcheck shell=bash
# plan of a defined domain prints the steps that its start then takes, and changes nothing itself. Steps that keep a
# value are in the plan and its journal, but nothing happens in them.
define gpuvm "$A0" "$A1" "$A2"
gpu-handoff plan gpuvm
gpu-handoff plan gpuvm --json >"$RUN/plan.json"
gpu-handoff plan "$RUN/gpuvm.xml" --json >"$RUN/plan-file.json"
expect_baseline
expect_no_state
planned() {
	jq -r '.steps[] | select(.old != .new) | [.kind, .address, .old, .new] | map(. // "") | join(" ")' "$1"
}
planned "$RUN/plan.json" >"$RUN/planned"
planned "$RUN/plan-file.json" | diff "$RUN/planned" - || fail 'plan FILE and plan DOMAIN differ'
[[ -s $RUN/planned ]] || fail 'no steps in the plan'
journal_now
start gpuvm
journal_since -o json | jq -r 'select(.GPU_HANDOFF_STEP) |
	[.GPU_HANDOFF_STEP, .GPU_HANDOFF_ADDRESS, .GPU_HANDOFF_OLD, .GPU_HANDOFF_NEW] | map(. // "") | join(" ")' >"$RUN/happened"
diff "$RUN/planned" "$RUN/happened" || fail 'the start took other steps than planned'
stop gpuvm
