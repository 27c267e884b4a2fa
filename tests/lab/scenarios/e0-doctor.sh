# shellcheck shell=bash
# doctor on a real host with a real libvirtd: what is as it should be, what is not, what it mends; and what the running
# system is told when the programs are installed.
found() { # RESULT SUBJECT REASON: one line like that, each a regular expression
	grep -E "^$1  $2.*: .*$3" "$RUN/found" || fail "doctor does not say '$1  $2: $3'"
}
doctor() { # [WORD...]: what it finds goes to $RUN/found
	local status=0
	timeout 120 gpu-handoff doctor "$@" >"$RUN/found" 2>"$RUN/said" || status=$?
	cat "$RUN/said"
	((status == ($(grep -c '^fail  ' "$RUN/found") > 0))) || fail "it exited $status: $(<"$RUN/found")"
}

say 'the host'
doctor
cat "$RUN/found"
found pass IOMMU 'Intel VT-d is on, with [0-9]+ groups'
found pass 'interrupt remapping' 'on'
found pass 'control groups' 'version 2'
found pass "libvirt's daemon" libvirtd
found pass /usr/sbin/gpu-handoff-hook ''
found pass /etc/libvirt/hooks/qemu.d/50-gpu-handoff 'libvirt finds the hook'
found pass AppArmor ''
found '(pass|warn)' 'libvirt and QEMU' 'libvirt 9\.0\.0'
found pass 'other hooks' '0'

say 'its cards: A and B alone in their groups, C behind a conventional bridge with a network adapter'
found pass "$A0" 'alone in its IOMMU group'
found pass "$B0" 'alone in its IOMMU group'
found fail "$C0" "$S"
grep "^fail  $C0.*PCIe-to-PCI bridge" "$RUN/found" || fail 'it does not say why'

say 'a domain as it should be, by its name in libvirt; one that forgets functions; one that is nowhere'
xml gpuvm "${A[@]}"
virsh -q define "$RUN/gpuvm.xml"
doctor gpuvm
grep "gpuvm" "$RUN/found"
! grep "^fail  .*gpuvm" "$RUN/found" || fail 'a domain that can start is a failure'
xml forgetful "$A0"
virsh -q define "$RUN/forgetful.xml"
doctor forgetful
grep -E "^(warn|pass|fail)  .*(forgetful|0000:01:00)" "$RUN/found"
grep -E "^(warn|fail)  .*0000:01:00\.1" "$RUN/found" || fail 'it does not name the functions that the domain forgot'
timeout 60 gpu-handoff doctor no-such-domain >"$RUN/found" 2>&1 && fail 'a domain that nobody knows is no failure'
grep "no-such-domain" "$RUN/found" || fail 'it is not named'
virsh -q undefine gpuvm
virsh -q undefine forgetful

say 'a hook of somebody else'
cat >/etc/libvirt/hooks/qemu.d/90-other <<-'END'
	#!/bin/sh
	# echo 0000:01:00.0 > unbind
	[ "$2" = prepare ] && echo 0000:01:00.0 >/sys/bus/pci/drivers/nvidia/unbind
	exit 0
END
chmod 755 /etc/libvirt/hooks/qemu.d/90-other
doctor
rm /etc/libvirt/hooks/qemu.d/90-other
found warn /etc/libvirt/hooks/qemu.d/90-other unbind

say 'the hook is newer than the daemon: --fix has that look again, and ends nothing'
pid=$(pidof libvirtd)
sleep 1
ln -sfn /usr/sbin/gpu-handoff-hook /etc/libvirt/hooks/qemu.d/50-gpu-handoff
doctor
grep -E '^warn  .*(libvirtd|hook)' "$RUN/found" || fail 'it does not say that the daemon may not know'
doctor --fix
grep '^mended  ' "$RUN/found" || fail 'nothing was mended'
doctor
! grep -E '^warn  .*(libvirtd|hook)' "$RUN/found" || fail 'it was not mended'
[[ $(pidof libvirtd) == "$pid" ]] || fail 'libvirtd was started again'
libvirt_answers

say 'installed: the system is told, and doctor has the last word'
"$LIB/live" installed new /usr/bin/gpu-handoff /usr/sbin/gpu-handoff-hook >"$RUN/live" 2>&1 || fail "live: $(<"$RUN/live")"
! grep 'has failed' "$RUN/live" || fail 'a tool has failed'
grep -q '^pass  IOMMU' "$RUN/live" || fail 'doctor has not said anything'
[[ $(pidof libvirtd) == "$pid" ]] || fail 'libvirtd was started again'
libvirt_answers
journalctl -q -t gpu-handoff -n 1 -x -o cat >/dev/null
