# shellcheck shell=bash
# The main promise, by every ordinary end: shut down by the guest itself, destroyed.
define gpuvm boot=yes "${A[@]}"
journal_now
start gpuvm
expect_driver vfio-pci "${A[@]}"
[[ -s $STATE/$(uuid_of gpuvm).journal ]] || fail 'no journal while the domain runs'

say 'the journal of the system explains it'
journal_since -o cat
journal_since -o json >"$RUN/journal.json"
for field in GPU_HANDOFF_DOMAIN GPU_HANDOFF_ADDRESS GPU_HANDOFF_STEP GPU_HANDOFF_OLD GPU_HANDOFF_NEW GPU_HANDOFF_USEC; do
	grep -q "\"$field\"" "$RUN/journal.json" || fail "no message has $field"
done

say 'the guest shuts down'
shut_down gpuvm
wait_for 30 not test -e "$STATE/$(uuid_of gpuvm).journal" || fail 'the journal is still there'
expect_home 0000:01:00
expect_baseline

say 'destroyed'
start gpuvm
expect_driver vfio-pci "${A[@]}"
stop gpuvm
expect_home 0000:01:00
