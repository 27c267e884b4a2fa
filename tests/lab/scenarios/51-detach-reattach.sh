# shellcheck shell=bash
# By hand: all functions of a card to vfio-pci and back, whichever of them is named.
journal_now
gpu-handoff detach "$A0"
expect_driver vfio-pci "${A[@]}"
[[ -s $STATE/$A0.journal ]] || fail "no journal of the card"
gpu-handoff reattach "$A0"
expect_home 0000:01:00
expect_no_state
expect_baseline
say 'and the journal of the system has it, like what the hook does'
for event in taken step returned; do
	journal_since -o json | grep -F "\"GPU_HANDOFF_EVENT\":\"$event\"" | grep -F "\"GPU_HANDOFF_CARD\":\"$A0\"" >/dev/null ||
		fail "no line of it is '$event'"
done
gpu-handoff detach "$B2"
expect_driver vfio-pci "${B[@]}"
gpu-handoff reattach "$B1"
expect_home 0000:41:00
say 'with a stranger in its group, not at all'
if gpu-handoff detach "$C0" 2>"$RUN/err"; then fail "$C0 was detached"; fi
grep -F "$S" "$RUN/err" || fail "the refusal does not name $S"
journal_since -o json | grep -F '"GPU_HANDOFF_EVENT":"refused"' | grep -F "$S" || fail "the journal does not name $S"
expect_driver nvidia "$C0"
say 'a domain may use a detached card, and while it does the card is not taken from it'
gpu-handoff detach "$A0"
define gpuvm "${A[@]}"
start gpuvm
if gpu-handoff reattach "$A0" 2>"$RUN/err"; then fail 'a card in use was taken from its domain'; fi
grep -F gpuvm "$RUN/err" || fail 'the refusal does not name the domain'
expect_running gpuvm
expect_driver vfio-pci "${A[@]}"
stop gpuvm
expect_driver vfio-pci "${A[@]}"
gpu-handoff reattach "$A0"
expect_home 0000:01:00
