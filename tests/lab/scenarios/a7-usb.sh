# shellcheck shell=bash
# boot modes
# limit 250
# A USB device follows its domain: attached when it is plugged in, detached when it is pulled out. Others stay.
home() {
	local id
	for id in follower other; do [[ -z $(plugged "$id") ]] || monitor device_del "$id"; done
}
trap home EXIT
plugged() { monitor info usb | grep "ID: $1\$" || true; }
present() { grep -qsx "$1" /sys/bus/usb/devices/*/idVendor; } # VENDOR
hostdevs() { virsh dumpxml gpuvm | grep -c "<hostdev mode='subsystem' type='usb'" || true; }
has_follower() { [[ $(hostdevs) -eq 1 ]]; }
follower='usb-tablet,id=follower,bus=usb.0'
other='usb-wacom-tablet,id=other,bus=usb.0'
nothing_failed() {
	local failed
	failed=$(systemctl --no-legend --plain list-units --failed 'gpu-handoff*')
	[[ -z $failed ]] || fail "failed: $failed; $(journalctl -q -n 20 -u 'gpu-handoff*' -o cat)"
}

say 'its domain does not run: it stays with the host, and that is no failure'
define gpuvm usb=qemu-xhci
monitor device_add "$follower"
wait_for 20 present 0627 || fail 'it does not appear'
udevadm settle
for path in /sys/bus/usb/devices/*; do
	[[ -e $path/idVendor && $(<"$path/idVendor") == 0627 ]] || continue
	expect_property "$path" GPU_HANDOFF_FOLLOW 1
	rules_accepted "$path"
done
sleep 3
nothing_failed
monitor device_del follower
wait_for 20 not present 0627

say 'its domain runs'
start gpuvm
has_follower && fail 'it has one already'
monitor device_add "$follower"
wait_for 30 has_follower || fail "it was not attached: $(journalctl -q -n 20 -u 'gpu-handoff*' -o cat)"
virsh dumpxml gpuvm | grep -A 8 "type='usb'"
find "/proc/$(qemu_of gpuvm)/fd" -printf '%l\n' | grep /dev/bus/usb || fail 'QEMU has not opened it'

say 'another device is not its business'
monitor device_add "$other"
wait_for 20 present 056a || fail 'the other does not appear'
sleep 3
[[ $(hostdevs) -eq 1 ]] || fail 'the other was attached'

say 'pulled out'
monitor device_del follower
wait_for 30 not has_follower || fail 'it was not detached'
expect_running gpuvm
nothing_failed

say 'and in again'
monitor device_add "$follower"
wait_for 30 has_follower || fail 'it was not attached again'
monitor device_del follower
wait_for 30 not has_follower || fail 'it was not detached again'
monitor device_del other
stop gpuvm
nothing_failed
journalctl -q -u 'gpu-handoff-usb*' -o cat | tail -n 20
