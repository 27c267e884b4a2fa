# shellcheck shell=bash
# boot modes
# limit 400
# Sound servers that may open everything open the shared sound card, and not the one that is kept free.
clean_up() {
	systemctl stop 'lab-sound*' 2>/dev/null || true
	configure_a kept-free
}
trap clean_up EXIT
shared=$(control_of "$C1") kept=$(control_of "$A1")
[[ -e $shared && -e $kept && $shared != "$kept" ]] || fail 'not two sound cards'

# One at a time: of two on one card, the second finds it busy, and may let go of it again.
declare -A servers=(
	[pulseaudio]='pulseaudio -n --daemonize=no --exit-idle-time=-1 -L module-udev-detect'
	[wireplumber]='dbus-run-session sh -c "pipewire & exec wireplumber"'
)
server_start() { # NAME
	eval "sound_start lab-sound-$1 ${servers[$1]}"
}
users_of() { # PATH: who has it open
	local pid
	for pid in $(pgrep -u user); do
		if has_open "$pid" "$1"; then cat "/proc/$pid/comm"; fi
	done
}
used_by() { users_of "$2" | grep -x "$1" >/dev/null; } # NAME PATH
explain() { echo "'$1' is open in: $(users_of "$1"); $(journalctl -q -n 20 -u 'lab-sound*' -o cat)"; }

for server in "${!servers[@]}"; do
	say "$server: kept free"
	server_start "$server"
	wait_for 60 used_by "$server" "$shared" || fail "it does not open the shared card: $(explain "$shared")"
	sleep 3 # for the other
	echo "$shared: $(users_of "$shared")"
	[[ -z $(users_of "$kept") ]] || fail "the card that is kept free is used: $(explain "$kept")"
	systemctl stop 'lab-sound*'
done

configure_a shared
for server in "${!servers[@]}"; do
	say "$server: shared"
	server_start "$server"
	wait_for 60 used_by "$server" "$kept" || fail "it does not open the card when it may: $(explain "$kept")"
	systemctl stop 'lab-sound*'
done
