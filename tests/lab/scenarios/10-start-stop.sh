# shellcheck shell=bash
# The main promise, by every ordinary end: shut down by the guest itself, destroyed.
define gpuvm boot=yes "${A[@]}"
journal_now
start gpuvm
expect_driver vfio-pci "${A[@]}"
[[ -s $STATE/$(uuid_of gpuvm).journal ]] || fail 'no journal while the domain runs'

say 'the journal of the system explains it'
journal_since -o short
story() { journal_since -o json | jq -c 'select(.SYSLOG_IDENTIFIER == "gpu-handoff")' >"$RUN/journal.json"; }
expect_line() { # FILTER: of the story, one line and no other
	[[ $(jq -c "select($1)" "$RUN/journal.json" | wc -l) == 1 ]] || fail "not one line with $1"
}
story
for field in MESSAGE_ID EVENT DOMAIN UUID CARD ADDRESS STEP OLD NEW USEC FUNCTIONS CHANGES RESULT; do
	[[ $field == MESSAGE_ID ]] || field=GPU_HANDOFF_$field
	grep -q "\"$field\"" "$RUN/journal.json" || fail "no message has $field"
done
[[ $(head -n 1 "$RUN/journal.json" | jq -r .GPU_HANDOFF_EVENT) == takes ]] || fail 'it does not begin with a beginning'
expect_line '.MESSAGE_ID == "da6a83b0fdc24343a1d70b78f26898e0" and .GPU_HANDOFF_EVENT == "takes"'
changes=$(jq -r 'select(.GPU_HANDOFF_STEP and .GPU_HANDOFF_STEP != "free") | .MESSAGE_ID' "$RUN/journal.json" | wc -l)
expect_line ".MESSAGE_ID == \"ff80b2b8253f448da533d1853a7f61c2\" and .GPU_HANDOFF_CARD == \"$A0\" and
	.GPU_HANDOFF_FUNCTIONS == \"4\" and .GPU_HANDOFF_CHANGES == \"$changes\" and .GPU_HANDOFF_RESULT == \"done\" and
	.GPU_HANDOFF_DOMAIN == \"gpuvm\" and .GPU_HANDOFF_UUID == \"$(uuid_of gpuvm)\""
jq -e 'select(.GPU_HANDOFF_STEP) | .MESSAGE_ID == "9cc8100a4d1a4b30a99f598ce4575d72" and .GPU_HANDOFF_USEC and
	.GPU_HANDOFF_RESULT == "done"' "$RUN/journal.json" | grep false && fail 'a step lacks a field'

say 'and the catalog explains the journal'
journalctl --update-catalog
journal_since -x | grep 'Subject: What was to be taken from the host is taken' || fail 'no explanation'
journal_now

say 'the guest shuts down'
shut_down gpuvm
wait_for 30 not test -e "$STATE/$(uuid_of gpuvm).journal" || fail 'the journal is still there'
expect_home 0000:01:00
expect_baseline
story
expect_line '.MESSAGE_ID == "f2690728fe874f06a180d9c37ac25d34" and .GPU_HANDOFF_EVENT == "returns"'
expect_line '.MESSAGE_ID == "2555e1ef766945c1905bf7442791cd90" and .GPU_HANDOFF_RESULT == "done"'

say 'destroyed'
start gpuvm
expect_driver vfio-pci "${A[@]}"
stop gpuvm
expect_home 0000:01:00
