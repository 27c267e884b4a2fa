# shellcheck shell=bash
# boot modes
# limit 200
# A card that is plugged in gets its marks at once, by its slot; one that is pulled out leaves nothing behind.
path=0000:00:07.0/00.0
home() {
	cp "$LIB/boots/modes.conf" "$CONF"
	! there "$D0" || unplug_card
	unplugged
	rmmod qxl 2>/dev/null || true
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

say 'reserved, when the host has its driver already: the kernel asks that before it tells anybody, and udev says so'
sed '/^\[card 0000:00:07/,/^mode/s/^mode = .*/mode = reserved/' "$LIB/boots/modes.conf" >"$CONF"
journal_now
plug_card
expect_driver bochs-drm "$D0"
expect_marks "$SYS/$D0" $path "$D0" gpu reserved host
if has_tag "$(echo "$SYS/$D0"/drm/card*)" seat; then fail 'it is for seats'; fi
told() { journal_since -o cat | grep -F "'$D0' is reserved, but bochs-drm had it before"; }
wait_for 10 told || fail 'nobody is told'

say 'a VM gets it'
xml gpuvm "$D0" "$D1"
taken_and_returned gpuvm 0000:04:00

say 'reserved, and its driver has not been loaded yet: no driver of the host sees it'
unplug_card
unplugged
echo 'lab: plugged in reserved' >/dev/kmsg
monitor device_add qxl,id=d0,bus=port_d,addr=0.0
bound() { [[ $(driver_of "$D0") == vfio-pci ]]; }
wait_for 30 bound || fail "on '$(driver_of "$D0")'"
udevadm settle
expect_marks "$SYS/$D0" $path "$D0" gpu reserved vfio
dmesg | sed -n '/lab: plugged in reserved$/,$p' >"$RUN/dmesg"
if grep -iE "\[drm\].*qxl|qxl $D0|Initialized qxl" "$RUN/dmesg"; then fail 'its driver has had it'; fi
[[ -e /sys/module/qxl ]] || fail 'its driver was not loaded: this proves nothing'
