# shellcheck shell=bash
# boot modes
# limit 900
# A USB device follows its domain: attached when it is plugged in, detached when it is pulled out. Others stay.
home() {
	local id
	kill -CONT "$(pidof libvirtd)" || true
	for id in follower other; do [[ -z $(plugged "$id") ]] || monitor device_del "$id"; done
	cp "$LIB/boots/modes.conf" "$CONF"
}
trap home EXIT
plugged() { monitor info usb | grep "ID: $1\$" || true; }
present() { grep -qsx "$1" /sys/bus/usb/devices/*/idVendor; } # VENDOR
hostdevs() { virsh dumpxml gpuvm | grep -c "<hostdev mode='subsystem' type='usb'" || true; }
path_of() { grep -lsx "$1" /sys/bus/usb/devices/*/idVendor | xargs -r dirname; } # VENDOR
# What the domain has is what is plugged in now: its number is another one each time.
has_current() { # VENDOR
	local path
	path=$(path_of "$1")
	[[ -n $path ]] && virsh dumpxml gpuvm | grep -F "<address bus='$(<"$path/busnum")' device='$(<"$path/devnum")'/>" >/dev/null
}
has_follower() { [[ $(hostdevs) -eq 1 ]]; }
# Each in a port of its own: QEMU would give it another one each time.
follower='usb-tablet,id=follower,bus=usb.0,port=1'
other='usb-wacom-tablet,id=other,bus=usb.0,port=2'
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

say 'out and in at once'
monitor device_add "$follower"
wait_for 30 has_current 0627 || fail 'it was not attached'
for _ in 1 2 3; do
	monitor device_del follower
	monitor device_add "$follower"
done
wait_for 60 has_current 0627 || fail "another one is attached: $(virsh dumpxml gpuvm | grep -A 8 "type='usb'")"
wait_for 30 has_follower || fail 'one that has gone is still attached'

say 'while its unit works on what has just gone'
monitor device_del follower
wait_for 30 not has_follower || fail 'it was not detached'
kill -STOP "$(pidof libvirtd)"
monitor device_add "$follower"
wait_for 20 present 0627 || fail 'it does not appear'
path=$(path_of 0627)
unit=gpu-handoff-usb@${path##*/}.service
works() { [[ $(systemctl is-active "$unit") == activating ]]; }
wait_for 20 works || fail "$unit does not work: $(systemctl status "$unit")"
sleep 3
number=$(<"$path/devnum")
monitor device_del follower
wait_for 20 not present 0627 || fail 'it does not go'
monitor device_add "$follower"
wait_for 20 present 0627 || fail 'it does not appear again'
[[ $(<"$path/devnum") != "$number" ]] || fail 'it has come with the same number'
udevadm settle
kill -CONT "$(pidof libvirtd)"
wait_for 60 has_current 0627 || fail "it was not attached: $(journalctl -q -n 20 -u "$unit" -o cat)"
stop gpuvm
nothing_failed
expect_no_state

say 'plugged in when its domain starts'
start gpuvm
wait_for 30 has_current 0627 || fail "it was not attached: $(journalctl -q -n 20 -u 'gpu-handoff*' -o cat)"
monitor device_del follower
wait_for 30 not has_follower || fail 'it was not detached'
wait_for 10 not works
expect_no_state

say 'plugged in before there is a section about its port'
monitor device_add "$other"
wait_for 20 present 056a || fail 'the other does not appear'
path=$(path_of 056a)
port=${path##*/}
printf '\n[usb %s]\ndomain = gpuvm\n' "$port" >>"$CONF"
gpu-handoff usb sync --dry-run "$port" | tee "$RUN/dry"
grep -qF 'would be attached' "$RUN/dry" || fail 'nothing would be done'
gpu-handoff usb sync "$port"
has_current 056a || fail 'it was not attached'
monitor device_del other
wait_for 30 not has_follower || fail 'it was not detached'
stop gpuvm
nothing_failed
expect_no_state
journalctl -q -u 'gpu-handoff-usb*' -o cat | tail -n 20
