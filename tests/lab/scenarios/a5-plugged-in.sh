# shellcheck shell=bash
# boot modes
# limit 200
# A card that is plugged in gets its marks at once, by its slot; one that is pulled out leaves nothing behind.
path=0000:00:07.0/00.0
home() {
	cp "$LIB/boots/modes.conf" "$CONF"
	! there "$D0" || unplug_card
	unplugged
}
trap home EXIT
if there "$D0"; then fail 'it is there already'; fi

say 'kept free'
plug_card
expect_driver bochs-drm "$D0"
expect_driver snd_hda_intel "$D1"
expect_marks "$SYS/$D0" $path "$D0" gpu kept-free host
expect_marks "$SYS/$D1" $path "$D1" audio kept-free host
for child in $(children_of "$D0" drm) $(children_of "$D0" graphics); do
	expect_marks "$child" $path "$D0" gpu kept-free host
	if has_tag "$child" seat || has_tag "$child" master-of-seat; then fail "'$child' is for seats"; fi
done
loginctl --no-pager -l seat-status seat0 >"$RUN/seat"
if grep -F "/$D0/" "$RUN/seat"; then fail 'the seat has it'; fi
gpu-handoff list

say 'pulled out'
unplug_card
unplugged
gpu-handoff list | tee "$RUN/list"
if grep -F "$D0" "$RUN/list"; then fail 'list still has it'; fi

say 'reserved: no driver of the host sees it'
sed '/^\[card 0000:00:07/,/^mode/s/^mode = .*/mode = reserved/' "$LIB/boots/modes.conf" >"$CONF"
echo 'lab: plugged in reserved' >/dev/kmsg
plug_card
bound() { [[ $(driver_of "$D0") == vfio-pci && $(driver_of "$D1") == vfio-pci ]]; }
wait_for 10 bound || fail "on '$(driver_of "$D0")' and '$(driver_of "$D1")'"
expect_marks "$SYS/$D1" $path "$D1" audio reserved vfio
dmesg | sed -n '/lab: plugged in reserved$/,$p' | tee "$RUN/dmesg" | tail -n 20
if grep -E "(bochs-drm|snd_hda_intel) 0000:04:00|Initialized bochs-drm.* for $D0" "$RUN/dmesg"; then
	fail 'a driver of the host has had it'
fi

say 'a VM gets it and gives it back to vfio-pci'
define gpuvm "$D0" "$D1"
start gpuvm
stop gpuvm
expect_driver vfio-pci "$D0" "$D1"
