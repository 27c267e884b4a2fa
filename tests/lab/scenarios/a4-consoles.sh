# shellcheck shell=bash
# boot modes
# No virtual console is on the framebuffer of a card that is kept free, however early it came.
fb_of() { basename "$SYS/$1"/graphics/fb*; } # ADDRESS
fb_of_console() {                             # CONSOLE: the number of its framebuffer, FBIOGET_CON2FBMAP
	perl -e 'open(my $f, "<", "/dev/fb0") or die; my $map = pack("LL", $ARGV[0], 99);
		ioctl($f, 0x460f, $map) or die; print((unpack("LL", $map))[1])' "$1"
}
grep . /proc/fb /sys/class/vtconsole/*/{name,bind}
kept=$(fb_of "$A0") shared=$(fb_of "$C0")
[[ $kept == fb* && $shared == fb* ]] || fail 'the cards have no framebuffers'
dmesg | grep -E 'fbcon|frame buffer device' || true
on_kept=0
for console in {1..12}; do
	got=fb$(fb_of_console "$console")
	echo "console $console: $got"
	[[ $got != "$kept" ]] || on_kept=$((on_kept + 1))
done
((on_kept == 0)) || fail "$on_kept consoles are on the card that is kept free"
[[ $kept == fb0 ]] || fail 'the card that is kept free was not the first: this proves nothing'

none_on_kept() {
	for console in {1..12}; do
		[[ fb$(fb_of_console "$console") != "$(fb_of "$A0")" ]] || fail "console $console is on the card that is kept free"
	done
}

say 'it goes away and comes back without them'
xml gpuvm "${A[@]}"
taken_and_returned gpuvm 0000:01:00
expect_driver bochs-drm "$A0"
udevadm settle
none_on_kept

# What a kernel that defers the takeover does until the first text: the framebuffer's event is long past.
say 'the consoles come to it later, with no event but that of their driver'
fbcon=$(dirname "$(grep -l 'frame buffer' /sys/class/vtconsole/*/name)")
bound=$(cat "$fbcon/bind")
show_on() { # FRAMEBUFFER: FBIOPUT_CON2FBMAP
	perl -e 'open(my $f, "<", "/dev/fb0") or die;
		for (1 .. 12) { ioctl($f, 0x4610, pack("LL", $_, $ARGV[0])) or die }' "${1#fb}"
}
show_on "$kept"
[[ fb$(fb_of_console 1) == "$kept" ]] || fail 'the console was not put on the card: this proves nothing'
udevadm trigger --action=add --settle "$fbcon"
none_on_kept

say 'the kernel tells of a takeover by that event'
for address in "$C0" "$A0"; do echo "$address" >/sys/bus/pci/drivers/bochs-drm/unbind; done
gone() { [[ ! -e $fbcon ]]; }
wait_for 10 gone || fail 'the console driver stays without a framebuffer'
udevadm monitor --kernel --subsystem-match=vtconsole >"$RUN/vtconsole" &
monitor_pid=$!
sleep 1
echo "$A0" >/sys/bus/pci/drivers/bochs-drm/bind
told() { grep -q "add .*${fbcon##*/}" "$RUN/vtconsole"; }
wait_for 10 told || fail "no event: $(cat "$RUN/vtconsole")"
kill "$monitor_pid"
udevadm settle
# There is no other framebuffer.
[[ $(cat "$fbcon/bind") == 0 ]] || fail 'the consoles are on the card that is kept free'
echo "$C0" >/sys/bus/pci/drivers/bochs-drm/bind
udevadm settle
show_on "$shared"
[[ $(cat "$fbcon/bind") == 1 && fb$(fb_of_console 1) == "$shared" ]] || fail 'the shared card does not show them again'
none_on_kept
# As after boot.
[[ $bound == 1 ]] || echo 0 >"$fbcon/bind"
