# shellcheck shell=bash
# Two domains want the same card: the second is refused in one sentence that names the first, which keeps running,
# although libvirt calls stopped and release for the refused one too.
define first "${A[@]}"
define second "$A0" "$A1"
start first
if virsh start second >"$RUN/said" 2>&1; then fail 'the second one started'; fi
cat "$RUN/said"
sed -n 's/.*unexpected exit status 1: //p' "$RUN/said" | grep -q "first" || fail "the refusal does not name 'first'"
expect_running first
expect_driver vfio-pci "${A[@]}"
stop first
expect_home 0000:01:00
start second
stop second
