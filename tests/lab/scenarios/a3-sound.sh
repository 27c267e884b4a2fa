# shellcheck shell=bash
# boot modes
# limit 200
# Sound servers that may open everything open the shared sound card, and not the one that is kept free.
clean_up() {
	systemctl stop 'lab-sound*' 2>/dev/null || true
	configure_a kept-free
}
trap clean_up EXIT
users_of() { # PATH: who has it open
	local pid
	for pid in $(pgrep -u user 'pulseaudio|pipewire|wireplumber'); do
		if has_open "$pid" "$1"; then cat "/proc/$pid/comm"; fi
	done
}
used() { [[ -n $(users_of "$1") ]]; }
pulseaudio_start() {
	sound_start lab-sound-pulse pulseaudio -n --daemonize=no --exit-idle-time=-1 -L module-udev-detect -L module-null-sink
}
pipewire_start() {
	sound_start lab-sound dbus-run-session sh -c 'pipewire & exec wireplumber'
}
server_end() {
	systemctl stop 'lab-sound*'
	wait_for 20 not pgrep -u user 'pulseaudio|pipewire|wireplumber' >/dev/null || fail 'it does not end'
}
shared=$(control_of "$C1") kept=$(control_of "$A1")
[[ -e $shared && -e $kept && $shared != "$kept" ]] || fail 'not two sound cards'
ls -l /dev/snd

for server in pulseaudio pipewire; do
	say "$server, kept free"
	"${server}_start"
	wait_for 40 used "$shared" || fail "$server does not open the shared card: $(journalctl -q -n 20 -u 'lab-sound*')"
	sleep 2 # for the other
	echo "$shared: $(users_of "$shared")"
	if used "$kept"; then fail "$server opens the card that is kept free"; fi
	server_end
done

for server in pulseaudio pipewire; do
	say "$server, shared"
	configure_a shared
	"${server}_start"
	wait_for 40 used "$kept" || fail "$server does not open the card when it may: the above proves nothing"
	server_end
	configure_a kept-free
done
