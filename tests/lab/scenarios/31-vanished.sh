# shellcheck shell=bash
# The XML names a device that is not there; a card that is there stays where it is.
xml gone 0000:77:00.0
hook gone prepare
expect_refused 0000:77:00.0
xml half "${A[@]}" 0000:77:00.0
hook half prepare
expect_refused 0000:77:00.0
expect_home 0000:01:00
say 'by libvirt'
define gpuvm "${A[@]}" 0000:77:00.0
if virsh start gpuvm >"$RUN/said" 2>&1; then fail 'it started'; fi
cat "$RUN/said"
grep -qF 0000:77:00.0 "$RUN/said" || fail 'the error does not name the device'
expect_home 0000:01:00
