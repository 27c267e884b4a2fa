# shellcheck shell=bash
# boot modes
# limit 280
# A card is pulled out while a VM has it. The kernel takes it away once QEMU has let go; nobody hangs, the journal is
# closed, and the card can be plugged in again.
home() {
	timeout 30 virsh destroy gpuvm 2>/dev/null || true
	! there "$D0" || unplug_card
	unplugged
}
trap home EXIT
plug_card
expect_driver bochs-drm "$D0"
define gpuvm "$D0" "$D1"
start gpuvm
expect_driver vfio-pci "$D0" "$D1"
expect_property "$SYS/$D0" GPU_HANDOFF_STATE vm
[[ -s $STATE/$(uuid_of gpuvm).journal ]] || fail 'no journal'

say 'pulled out'
journal_now
unplug_card
sleep 5
functions_table "$D0" "$D1" || true
libvirt_answers || fail 'libvirtd does not answer while it is'
timeout 20 gpu-handoff status || fail 'status does not answer'
dmesg | tail -n 5

say 'the VM ends'
timeout 60 virsh destroy gpuvm || fail 'virsh destroy'
unplugged
libvirt_answers
journal_since -o cat
wait_for 20 not test -e "$STATE/$(uuid_of gpuvm).journal" || fail 'the journal is still there'
expect_no_state
journal_since -o cat | grep -F "$D0" | grep -iE 'vanish|gone|no longer|pulled|removed' || fail 'nobody has said that it vanished'

say 'and in again'
plug_card
expect_driver bochs-drm "$D0"
expect_marks "$SYS/$D0" 0000:00:07.0/00.0 "$D0" gpu kept-free host
taken_and_returned gpuvm 0000:04:00
expect_driver bochs-drm "$D0"
