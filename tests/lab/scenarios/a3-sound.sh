# shellcheck shell=bash
# boot modes
# limit 200
# Sound servers that may open everything open the shared sound card, and not the one that is kept free.
clean_up() {
	systemctl stop 'lab-sound*' 2>/dev/null || true
	configure_a kept-free
}
trap clean_up EXIT
shared=$(control_of "$C1") kept=$(control_of "$A1")
[[ -e $shared && -e $kept && $shared != "$kept" ]] || fail 'not two sound cards'

servers_start() {
	sound_start lab-sound-pulse pulseaudio -n --daemonize=no --exit-idle-time=-1 -L module-udev-detect
	sound_start lab-sound-pipewire dbus-run-session sh -c 'pipewire & exec wireplumber'
}
users_of() { # PATH: who has it open
	local pid
	for pid in $(pgrep -u user); do
		if has_open "$pid" "$1"; then cat "/proc/$pid/comm"; fi
	done
}
used_by_both() { [[ $(users_of "$1" | sort | tr '\n' ' ') == 'pulseaudio wireplumber ' ]]; }
explain() { echo "'$1' is open in: $(users_of "$1"); $(journalctl -q -n 20 -u 'lab-sound*' -o cat)"; }

say 'kept free'
servers_start
wait_for 60 used_by_both "$shared" || fail "not both open the shared card: $(explain "$shared")"
sleep 3 # for the other
echo "$shared: $(users_of "$shared")"
[[ -z $(users_of "$kept") ]] || fail "the card that is kept free is used: $(explain "$kept")"
systemctl stop 'lab-sound*'

say 'shared'
configure_a shared
servers_start
wait_for 60 used_by_both "$kept" || fail "not both open the card when they may: $(explain "$kept")"
