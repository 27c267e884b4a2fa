# shellcheck shell=bash
# limit 200
# The driver's probe never returns when the card is given back: destroy ends all the same, the rest is home, the card is
# poisoned, and comes back when the driver returns.
define gpuvm "${A[@]}"
start gpuvm
journal_now
echo 110000 >/sys/bus/pci/drivers/nvidia/probe_wait
timed timeout 100 virsh destroy gpuvm || fail 'virsh destroy'
echo "virsh destroy took $took ms"
within 2000 virsh list
expect_driver snd_hda_intel "$A1"
expect_driver xhci_hcd "$A2"
journal_since -p warning -o cat | grep -F "cannot bind '$A0' to 'nvidia': its driver has not returned from it" ||
	fail 'no warning or error says so'
gpu-handoff status | grep -E "poisoned: bind of $A0 had not returned at" || fail 'status does not say so'
timed hook gpuvm prepare
expect_refused "'$A0' is poisoned"
((took < 2000)) || fail "refused after $took ms"
echo 0 >/sys/bus/pci/drivers/nvidia/probe_wait
wait_for 10 not pgrep -x handoff-writer || fail 'the writer is still there'
gpu-handoff recover
expect_home 0000:01:00
expect_no_state

say 'a slow one is waited for'
start gpuvm
echo 4000 >/sys/bus/pci/drivers/nvidia/probe_wait
stop gpuvm
echo 0 >/sys/bus/pci/drivers/nvidia/probe_wait
expect_home 0000:01:00
expect_no_state
