# shellcheck shell=bash
# What a card is to the host's desktop: for scenarios with another boot than the usual. Sourced by lib.sh.
#
# The drivers are the kernel's own: A and C have bochs-drm and a sound card each, B too where nothing keeps it from that.
# D is what a scenario plugs in, and takes out again.

D0=0000:04:00.0 D1=0000:04:00.1
CONF=/etc/gpu-handoff.conf

# ---- QEMU's monitor ----

# monitor COMMAND: in words that a person would type there; prints the answer, and fails with what is an error
monitor() {
	local id=$EPOCHREALTIME answer='' _
	exec 7<>/dev/virtio-ports/monitor
	jq -cn --arg id "$id" --arg command "$*" '{ execute: "qmp_capabilities" },
		{ execute: "human-monitor-command", arguments: { "command-line": $command }, id: $id }' >&7
	while [[ $answer != *"$id"* ]]; do IFS= read -r -t 30 answer <&7 || fail "the monitor does not answer '$*'"; done
	exec 7>&-
	answer=$(jq -r '.return // .error.desc' <<<"$answer")
	[[ -z $answer ]] || echo "   monitor: $answer"
	[[ $answer != Error* ]] || fail "monitor: $*"
}

there() { [[ -e $SYS/$1 ]]; } # ADDRESS

# A card of two functions. The first comes last: with it the kernel looks at the slot.
plug_card() {
	monitor device_add ich9-intel-hda,id=d1,bus=port_d,addr=0.1
	monitor device_add secondary-vga,id=d0,bus=port_d,addr=0.0,multifunction=on
	wait_for 30 there "$D0" || fail "no '$D0' has appeared"
	wait_for 30 there "$D1" || fail "no '$D1' has appeared"
	udevadm settle
}

unplug_card() { # returns at once: whoever has it may keep it for a while
	monitor device_del d0
}

unplugged() {
	wait_for 30 not there "$D0" || fail "'$D0' is still there"
	wait_for 30 not there "$D1" || fail "'$D1' is still there"
	udevadm settle
}

# ---- udev ----

# expect_property PATH NAME VALUE: of a device below /sys; "" for none
expect_property() {
	local got
	got=$(udevadm info -q property --property="$2" --value "$1")
	[[ $got == "$3" ]] || fail "$2 of '$1' is '$got', expected '$3'"
}

expect_marks() { # PATH CARD ADDRESS ROLE MODE STATE: these, and the IOMMU group of the address
	local got want
	got=$(udevadm info -q property "$1" | sed -nE 's/^GPU_HANDOFF_(CARD|ADDRESS|ROLE|MODE|STATE|GROUP)=/\1=/p' | sort)
	want=$(printf '%s\n' "CARD=$2" "ADDRESS=$3" "ROLE=$4" "MODE=$5" "STATE=$6" "GROUP=$(group_of "$3")" | sort)
	[[ $got == "$want" ]] || fail "udev says of '$1': ${got//$'\n'/ }; expected ${want//$'\n'/ }"
}

group_of() { basename "$(readlink "$SYS/$1/iommu_group")"; } # ADDRESS

has_tag() { udevadm info -q property --property=CURRENT_TAGS --value "$1" | grep -q ":$2:"; } # PATH TAG

# Devices of a function that programs open: drm, sound and input ones, with a node.
children_of() { # ADDRESS SUBSYSTEM
	find "$SYS/$1/" -name uevent -path "*/$2/*" -exec grep -l '^DEVNAME=' {} + | sed 's|/uevent$||' | sort
}

# udevadm test runs all rules for it again, without what they would start
rules_accepted() { # PATH: no word of an error about ours; tags, which it lists in any order, are no words of udev's
	udevadm test --action="${2:-add}" "$1" >"$RUN/udev.test" 2>&1 || fail "udevadm test '$1': $(tail -n 3 "$RUN/udev.test")"
	if grep -vE '^(CURRENT_)?TAGS=' "$RUN/udev.test" | grep -iE 'gpu-handoff.*(invalid|unknown|ignor|fail|error|unterminated)'; then
		fail "udevadm test '$1' finds something wrong"
	fi
}

drm_of() { echo "/dev/dri/$(basename "$SYS/$1"/drm/card*)"; }                # ADDRESS
control_of() { echo "/dev/snd/$(basename "$SYS/$1"/sound/card*/controlC*)"; } # ADDRESS

# The host's configuration with another mode of card A, and what udev makes of it.
configure_a() { # MODE
	sed "/^\\[card $A0\\]/,/^mode/s/^mode = .*/mode = $1/" "$LIB/boots/modes.conf" >"$CONF.new"
	mv "$CONF.new" "$CONF"
	udevadm trigger --action=add --settle --parent-match="$SYS/$A0"
	udevadm trigger --action=add --settle --parent-match="$SYS/$A1"
	expect_property "$SYS/$A0" GPU_HANDOFF_MODE "$1"
}

# ---- programs of a desktop ----

opened() { # PID: what of the cards' nodes it has
	find "/proc/$1/fd" -type l -printf '%l\n' 2>/dev/null | grep -E '^/dev/(dri|snd|fb|input|vfio)' | sort -u || true
}

has_open() { opened "$1" | grep -qx "$2"; } # PID PATH

# A compositor of an ordinary user, in a session on seat0, which logind hands the devices. It chooses its card itself.
compositor=''
compositor_start() { # sets compositor, once it shows a picture
	rm -f /home/user/weston.log
	systemd-run -q --collect --unit=lab-compositor -p PAMName=login -p User=user -p WorkingDirectory=/home/user \
		-p StandardInput=tty -p TTYPath=/dev/tty7 -p StandardOutput=journal -p StandardError=journal \
		-E XDG_SESSION_TYPE=wayland -E XDG_SESSION_CLASS=user \
		weston --backend=drm-backend.so --use-pixman --shell=kiosk-shell.so --idle-time=0 --continue-without-input \
		--log=/home/user/weston.log
	busctl -q call org.freedesktop.login1 /org/freedesktop/login1/seat/seat0 org.freedesktop.login1.Seat SwitchTo u 7
	wait_for 40 grep -qs 'Output .* attached\|Output .* enabled' /home/user/weston.log || {
		cat /home/user/weston.log
		loginctl --no-pager list-sessions
		fail 'the compositor shows nothing'
	}
	compositor=$(pgrep -x -u user weston | head -n 1)
	opened "$compositor" | sed 's/^/   compositor: /'
}

compositor_stop() {
	systemctl stop lab-compositor 2>/dev/null || true
	wait_for 20 not pgrep -x -u user weston >/dev/null
}

# A sound server that may open every sound card there is: what keeps it off is what udev says.
sound_start() { # UNIT COMMAND...
	local unit=$1
	shift
	install -d -o user -m 700 /run/user/lab
	systemd-run -q --collect --unit="$unit" -p User=user -p SupplementaryGroups=audio -p WorkingDirectory=/home/user \
		-E HOME=/home/user -E XDG_RUNTIME_DIR=/run/user/lab "$@"
}
