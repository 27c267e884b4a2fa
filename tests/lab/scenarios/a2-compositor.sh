# shellcheck shell=bash
# boot modes
# limit 200
# Weston takes the card that the firmware showed its picture on, unless that is kept free: then another.
clean_up() {
	compositor_stop
	configure_a kept-free
}
trap clean_up EXIT
[[ $(<"$SYS/$A0/boot_vga") == 1 ]] || fail "$A0 is not the boot display"

say 'kept free'
compositor_start
has_open "$compositor" "$(drm_of "$C0")" || fail 'the compositor has not the shared card'
if has_open "$compositor" "$(drm_of "$A0")"; then fail 'the compositor has the card that is kept free'; fi
may_open() { runuser -u user -- dd "if=$1" count=0 status=none 2>/dev/null; }
may_open "$(control_of "$C1")" || fail 'the user of the seat may not open its sound card'
if may_open "$(control_of "$A1")"; then fail 'the user of the seat may open the sound card that is kept free'; fi
if may_open "$(drm_of "$A0")"; then fail 'the user of the seat may open the card that is kept free'; fi

say 'with the compositor there, the card is taken for a VM and comes back'
xml gpuvm "${A[@]}"
taken_and_returned gpuvm 0000:01:00
udevadm settle
kill -0 "$compositor" || fail 'the compositor has died'
expect_driver bochs-drm "$A0"
has_open "$compositor" "$(drm_of "$C0")" || fail 'the compositor has lost its card'
if has_open "$compositor" "$(drm_of "$A0")"; then fail 'the compositor has taken the card on its return'; fi
compositor_stop

say 'shared'
configure_a shared
compositor_start
has_open "$compositor" "$(drm_of "$A0")" || fail 'the compositor does not take the card when it may: the above proves nothing'
