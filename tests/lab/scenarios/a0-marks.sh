# shellcheck shell=bash
# boot modes
# What udev says of cards in each mode, of what is below them, and of no other device.
a=0000:00:04.0/00.0 b=0000:40:00.0/00.0 c=0000:00:06.0/00.0/01.0
functions_table "${A[@]}" "${B[@]}" "${C[@]}"

say 'functions'
expect_marks "$SYS/$A0" $a "$A0" gpu kept-free host
expect_marks "$SYS/$A1" $a "$A1" audio kept-free host
expect_marks "$SYS/$A2" $a "$A2" usb kept-free host
expect_marks "$SYS/$B0" $b "$B0" gpu reserved vfio
expect_marks "$SYS/$B1" $b "$B1" audio reserved vfio
expect_marks "$SYS/$C0" $c "$C0" gpu shared host
expect_marks "$SYS/$C1" $c "$C1" audio shared host

say 'drivers: what is reserved the host has not had since udev was there'
expect_driver bochs-drm "$A0" "$C0"
expect_driver snd_hda_intel "$A1" "$C1"
expect_driver vfio-pci "$B0" "$B1" "$B2"
if dmesg | grep -E "(bochs-drm|snd_hda_intel|xhci_hcd) 0000:41:00|Initialized bochs-drm.* for $B0"; then
	fail 'a host driver has had the reserved card'
fi
dmesg | grep "Initialized bochs-drm.* for $C0" || fail 'the kernel does not log it of its twin, so that proves nothing'

say 'what is below them'
n=0
for path in $(children_of "$A0" drm) $(children_of "$A0" graphics); do
	expect_marks "$path" $a "$A0" gpu kept-free host
	n=$((n + 1))
done
for path in $(children_of "$A1" sound); do
	expect_marks "$path" $a "$A1" audio kept-free host
	n=$((n + 1))
done
for path in $(children_of "$A2" usb2) $(children_of "$A2" usb1) $(children_of "$A2" usb3) $(children_of "$A2" usb4); do
	expect_marks "$path" $a "$A2" usb kept-free host
done
for path in $(children_of "$C0" drm) $(children_of "$C0" graphics); do
	expect_marks "$path" $c "$C0" gpu shared host
	n=$((n + 1))
done
for path in $(children_of "$C1" sound); do
	expect_marks "$path" $c "$C1" audio shared host
	n=$((n + 1))
done
((n >= 10)) || fail "only $n of drm, graphics and sound"

say 'the VFIO group of the reserved card'
group=$(group_of "$B0")
expect_property "/sys/devices/virtual/vfio/$group" GPU_HANDOFF_CARD $b
expect_property "/sys/devices/virtual/vfio/$group" GPU_HANDOFF_MODE reserved
expect_property "/sys/devices/virtual/vfio/$group" GPU_HANDOFF_ACCESS kvm
[[ $(<"$SYS/$B0/driver_override") == vfio-pci ]] || fail 'its driver_override is not that'

say 'no other device'
for path in "$SYS/$S" /sys/class/net/* /sys/block/vda "$SYS"/0000:00:08.0; do
	expect_property "$path" GPU_HANDOFF_CARD ''
done

say 'udevadm test'
for path in "$SYS/$A1" "$SYS/$B0" "$SYS/$C0" "/sys/devices/virtual/vfio/$group" "$SYS/$A0"/drm/card* \
	"$(children_of "$A1" sound | head -n 1)" "$SYS/$A0"/graphics/fb*; do
	rules_accepted "$path"
done
rules_accepted "$SYS/$A0"
for line in GPU_HANDOFF_MODE=kept-free GPU_HANDOFF_STATE=host "run: '/usr/lib/udev/gpu-handoff-udev --hold'"; do
	grep -xF -- "$line" "$RUN/udev.test" || fail "udevadm test does not show '$line'"
done

say 'list and status'
gpu-handoff list
gpu-handoff list --json >"$RUN/list.json"
mode() { jq -r ".gpus[] | select(.address == \"$1\") | .mode" "$RUN/list.json"; }
[[ $(mode "$A0") == kept-free && $(mode "$B0") == reserved && $(mode "$C0") == shared ]] || fail 'list does not say the modes'
gpu-handoff status
