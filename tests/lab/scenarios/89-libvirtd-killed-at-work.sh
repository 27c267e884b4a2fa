# shellcheck shell=bash
# limit 280
# SIGKILL for libvirtd where it forgets the release hook: while the hook prepares, between that and QEMU, and around the
# release. systemd brings libvirtd back, and with it recovery, which returns the card.
define gpuvm "${A[@]}" extra="$(policy refuse 0)"
hooks=/etc/libvirt/hooks/qemu.d
trap 'rm -f "$hooks"/*-lab-slow' EXIT
slow_hook() { # ORDER OPERATION SECONDS: a hook of somebody else's that takes its time
	rm -f "$hooks"/*-lab-slow
	cat >"$hooks/$1-lab-slow" <<-SH
		#!/bin/sh
		[ "\$2" = $2 ] || exit 0
		echo >$RUN/slow
		exec sleep $3 >/dev/null 2>&1
	SH
	chmod 755 "$hooks/$1-lab-slow"
	rm -f "$RUN/slow"
}
daemon_dies() { # and is back by itself
	local daemon
	daemon=$(systemctl show -P MainPID libvirtd)
	journal_now
	kill -KILL "$daemon"
	rm -f "$hooks"/*-lab-slow
	another() { [[ $(systemctl show -P MainPID libvirtd) != @(0|"$daemon") ]]; }
	wait_for 30 another || fail 'systemd does not bring libvirtd back'
	wait_for 60 libvirt_answers || fail 'libvirtd did not come back'
}
expect_returned() { # by nobody's hand
	wait_for 60 not test -e "$STATE/$(uuid_of gpuvm).journal" || fail "not returned: $(journal_since -o cat)"
	journal_since -o cat
	expect_home 0000:01:00
	expect_no_state
	! running gpuvm || fail 'the domain runs'
	journalctl -q -o cat -u gpu-handoff-recover -n 4
}

say 'while the hook prepares'
fault "$A0" remove_mode slow:5000
virsh start gpuvm >"$RUN/said" 2>&1 &
wait_for 20 not test -e "$SYS/$A0/driver" || fail 'it does not come to the unbind'
daemon_dies
expect_returned

say 'between prepare and QEMU'
slow_hook 60 start 15
virsh start gpuvm >"$RUN/said" 2>&1 &
wait_for 40 test -e "$RUN/slow" || fail 'it does not come to the start hook'
expect_driver vfio-pci "${A[@]}"
daemon_dies
expect_returned

say 'between the end of the domain and its release hook'
start gpuvm
slow_hook 40 release 15
virsh destroy gpuvm >"$RUN/said" 2>&1 &
wait_for 40 test -e "$RUN/slow" || fail 'it does not come to the release hook'
expect_driver vfio-pci "${A[@]}"
daemon_dies
expect_returned

say 'while the hook returns the card'
start gpuvm
echo 5000 >/sys/bus/pci/drivers/nvidia/probe_wait
virsh destroy gpuvm >"$RUN/said" 2>&1 &
at_bind() { [[ -n $(writers) ]] && [[ $(process_state "$(writers)") == D ]]; }
wait_for 40 at_bind || fail 'it does not come to the bind'
daemon_dies
expect_returned
echo 0 >/sys/bus/pci/drivers/nvidia/probe_wait
start gpuvm
stop gpuvm
