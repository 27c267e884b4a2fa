# shellcheck shell=bash
# limit 240
# The driver never returns from remove. virsh start ends in the time of that step, the card is poisoned, all else goes
# home, libvirt goes on, and so does another card. In wait the driver says that it waits, in D it says nothing.
define gpuvm "${A[@]}" extra="$(policy refuse 0)"
define second "${A[@]}"
define other "${B[@]}"
poisoned="that function is poisoned until its driver returns or the host reboots; everything else was put back"
asleep() { # STATE: the writer is in the state, and the only one; nothing else of ours is at work
	local pid ticks fd
	pid=$(writers)
	[[ $pid ]] || fail 'no writer is left'
	[[ $(wc -w <<<"$pid") == 1 ]] || fail "more than one writer: $pid"
	[[ $(process_state "$pid") == "$1" ]] || fail "the writer is in $(process_state "$pid"), expected $1"
	grep -qx "0::/system.slice/gpu-handoff-$pid.scope" "/proc/$pid/cgroup" || fail "its group: $(<"/proc/$pid/cgroup")"
	[[ $(cut -d' ' -f6 "/proc/$pid/stat") == "$pid" ]] || fail 'it has no session of its own'
	ls -l "/proc/$pid/fd"
	for fd in 0 1 2; do [[ $(readlink "/proc/$pid/fd/$fd") == /dev/null ]] || fail "its descriptor $fd is open"; done
	for fd in "/proc/$pid/fd"/*; do
		case $(readlink "$fd") in
		/dev/null | socket:* | /sys/*/unbind) ;;
		*) fail "it has inherited $(readlink "$fd")" ;;
		esac
	done
	ticks=$(awk '{ print $14 + $15 }' "/proc/$pid/stat")
	sleep 2
	ticks=$(($(awk '{ print $14 + $15 }' "/proc/$pid/stat") - ticks))
	((ticks < 10)) || fail "the writer takes $ticks of 200 ticks"
	[[ -z $(pgrep gpu-handoff) ]] || fail "something of ours is at work: $(pgrep -a gpu-handoff)"
}
in_d() { ps -eLo stat,pid,comm,wchan:32 | awk '$1 ~ /^D/'; }
ask() { # WHAT COMMAND...: how long it takes while a hook is at work; never a failure
	local what=$1 result=0
	shift
	timed timeout 60 "$@" >/dev/null 2>&1 || result=$?
	echo "while the hook waits: $what took $took ms, exit $result"
}
for mode in wait D; do
	say "remove_mode $mode"
	fault "$A0" remove_mode "$mode"
	began=$SECONDS
	virsh start gpuvm >"$RUN/said" 2>&1 &
	starter=$!
	wait_for 20 not test -e "$SYS/$A0/driver" || fail 'it does not come to the unbind'
	for what in list 'nodedev-list' 'domstate other' 'domstate gpuvm' version; do
		# shellcheck disable=SC2086 # its words
		ask "virsh $what" virsh $what &
		asking+=($!)
	done
	wait "$starter" && fail 'it started'
	echo "virsh start took $((SECONDS - began)) s: $(<"$RUN/said")"
	grep -qF "cannot unbind '$A0' from 'nvidia': its driver has not returned from it; $poisoned" "$RUN/said" ||
		fail 'not the sentence'
	((SECONDS - began < 45)) || fail "virsh start took $((SECONDS - began)) s"
	within 2000 virsh list
	echo "virsh list took $took ms after that"
	wait "${asking[@]}"
	asking=()
	state=S
	[[ $mode != D ]] || state=D
	asleep "$state"
	echo "in D: $(in_d)"
	expect_driver snd_hda_intel "$A1"
	expect_driver xhci_hcd "$A2"
	expect_driver none "$A3"

	say 'status, and the next start of any VM that names the card'
	within 3000 gpu-handoff status
	gpu-handoff status | grep -E "poisoned: unbind of $A0 had not returned at [0-9]{4}-" || fail 'status does not say so'
	timed hook second prepare
	expect_refused "'$A0' is poisoned"
	((took < 2000)) || fail "refused after $took ms"
	if [[ $mode == wait ]]; then
		timed start_refused second "'$A0' is poisoned"
		echo "virsh start took $took ms to refuse"
		say 'another card comes and goes'
		start other
		expect_driver vfio-pci "${B[@]}"
		stop other
		expect_home 0000:41:00
	fi

	say 'libvirtd is restarted'
	timed timeout 60 systemctl restart libvirtd || fail 'libvirtd does not restart'
	echo "restarted in $took ms"
	within 20000 virsh list
	echo "virsh list took $took ms after that"
	echo "in D: $(in_d)"
	# libvirt reads uevent of every device once more, which takes the device's lock; that is not ours to mend
	timed timeout 6 virsh nodedev-list >/dev/null && result=0 || result=$?
	echo "virsh nodedev-list took $took ms, exit $result; in D: $(in_d)"

	say 'the driver returns after all'
	gpu-handoff recover
	expect_driver none "$A0"
	echo 1 >"$FAKE/$A0/force_release"
	wait_for 10 not pgrep -x handoff-writer || fail 'the writer is still there'
	gpu-handoff recover
	expect_home 0000:01:00
	expect_no_state
done
start second
stop second
