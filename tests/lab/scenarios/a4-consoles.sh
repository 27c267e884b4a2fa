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

say 'it goes away and comes back without them'
xml gpuvm "${A[@]}"
taken_and_returned gpuvm 0000:01:00
expect_driver bochs-drm "$A0"
udevadm settle
for console in {1..12}; do
	[[ fb$(fb_of_console "$console") != "$(fb_of "$A0")" ]] || fail "console $console is on the card that has come back"
done
