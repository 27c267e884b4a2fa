# shellcheck shell=bash
# limit 200
# What else keeps a driver from letting go: DRM, sound, I2C, and the console that the card shows; nvidia-drm's own
# references, which the driver drops from 580.105 on.
define vm-a "${A[@]}" extra="$(policy refuse 0)"
define vm-b "${B[@]}" extra="$(policy refuse 0)"
declare -A card=([vm-a]=0000:01:00 [vm-b]=0000:41:00)

refused() { refused_at_once "$1" "${card[$1]}" "${@:2}"; }
taken() { taken_and_returned "$1" "${card[$1]}"; }
by_hold() { echo "is used by hold (pid $holder, lab-runner.service) through $1;"; } # NODE
drm_node() { echo "/dev/dri/$(basename "$SYS/$B0"/drm/"$1"*)"; }                   # card|renderD

say 'sound'
control=/dev/snd/$(basename "$SYS/$A1"/sound/card*/controlC*)
hold_start open "$control"
refused vm-a "'$A1' $(by_hold "$control")"
start_refused vm-a "'$A1' $(by_hold "$control")"
hold_end

say 'I2C'
modprobe i2c-dev
udevadm settle
i2c=/dev/$(basename "$SYS/$A0"/i2c-*)
hold_start open "$i2c"
refused vm-a "'$A0' $(by_hold "$i2c")"
hold_end
taken vm-a
expect_home 0000:01:00
rmmod i2c_dev

say 'DRM'
for gen in 535 595; do
	nvidia_gen "$gen"
	modprobe nvidia-drm # modeset=0
	udevadm settle
	for node in card renderD; do
		hold_start open "$(drm_node "$node")"
		refused vm-b "'$B0' $(by_hold "$(drm_node "$node")")"
		hold_end
	done
	hold_start flight "$(drm_node renderD)"
	refused vm-b "'$B0' has a DRM client, although no process has it open"
	hold_end
	rmmod nvidia_drm
done

say "nvidia-drm's own references"
for gen in 535 575; do
	nvidia_gen "$gen"
	modprobe nvidia-drm modeset=1
	udevadm settle
	refused vm-b "'$B0' cannot be unbound alone: nvidia_drm of driver $gen." 'with modeset=1 never lets go of a card' \
		'set nvidia_drm.modeset=0, unload nvidia_drm, or install driver 580.105 or later'
	refused vm-a "'$A0' cannot be unbound alone: nvidia_drm of driver $gen."
	rmmod nvidia_drm
done
for gen in 580 595; do
	nvidia_gen "$gen"
	modprobe nvidia-drm modeset=1
	udevadm settle
	hold_start open "$(drm_node card)"
	refused vm-b "'$B0' $(by_hold "$(drm_node card)")"
	hold_end
	taken vm-b
	expect_home 0000:41:00
	udevadm settle
	[[ -e $(drm_node card) ]] || fail "drm $gen: the card is not back"
	rmmod nvidia_drm
done
start vm-b
stop vm-b

say "the card's framebuffer console"
home() {
	systemctl stop lab-getty 2>/dev/null || true
	echo >"$SYS/$A0/driver_override"
	[[ $(driver_of "$A0") != bochs-drm ]] || echo "$A0" >"$SYS/$A0/driver/unbind"
	rmmod bochs || true
	[[ -e $SYS/$A0/driver ]] || echo "$A0" >/sys/bus/pci/drivers_probe
}
trap home EXIT
modprobe bochs
echo bochs-drm >"$SYS/$A0/driver_override"
echo "$A0" >/sys/bus/pci/drivers/nvidia/unbind
echo "$A0" >/sys/bus/pci/drivers_probe
expect_driver bochs-drm "$A0"
udevadm settle
grep . /sys/class/vtconsole/*/{name,bind} /proc/fb
systemd-run -q --unit=lab-getty /sbin/agetty --noclear tty5 linux
pid=$(systemctl show -P MainPID lab-getty)
has_console() { [[ $(readlink "/proc/$pid/fd/0") == /dev/tty5 ]]; }
wait_for 20 has_console || fail 'no getty'
refused vm-a "'$A0' is used by agetty (pid $pid, lab-getty.service) through /dev/tty5; stop it, or set holders action='stop'"
gpu-handoff status | grep -E "^ +$pid +agetty +root +lab-getty.service .* /dev/tty5\$" || fail 'status does not name it'
systemctl stop lab-getty
# systemd-logind has a console open that it keeps free for a getty, which is no use of it
taken vm-a
expect_driver bochs-drm "$A0"
grep . /sys/class/vtconsole/*/{name,bind} /proc/fb
