# shellcheck shell=bash
# boot grub
# A host whose IOMMU is off: setup, a reboot, and it is on; reset, another reboot, and everything is as before.
groups() { find /sys/kernel/iommu_groups -mindepth 1 -maxdepth 1 2>/dev/null | wc -l; }
# What setup may touch, and what is made of that. usermod keeps a file that it has changed beside the new one.
files() {
	find /etc /boot/grub/grub.cfg ! -name '*.cache' ! -name '*-' -printf '%p %m %u:%g %y %l\n' | sort
	find /etc /boot/grub/grub.cfg -type f ! -name '*.cache' ! -name '*-' -exec sha256sum {} + | sort -k 2
}
keep=/var/lib/gpu-handoff-lab

say "phase $PHASE: $(groups) IOMMU groups; $(</proc/cmdline)"
case $PHASE in
1)
	(($(groups) == 0)) || fail 'the IOMMU is on already, so this proves nothing'
	gpu-handoff doctor >"$RUN/doctor" || true
	grep -i '^fail.*IOMMU' "$RUN/doctor" || fail "doctor does not say that it is off: $(<"$RUN/doctor")"
	# As a host is that was installed by its own tools.
	update-grub
	mkdir -p "$keep"
	cp /boot/grub/grub.cfg "$keep/"
	files >"$keep/before"
	gpu-handoff setup --dry-run | tee "$RUN/difference"
	grep -F 'intel_iommu=on' "$RUN/difference" || fail 'the difference is not shown'
	files | diff "$keep/before" - || fail '--dry-run has changed something'
	gpu-handoff setup </dev/null && fail 'setup has asked nobody'
	files | diff "$keep/before" - || fail 'a setup that was not allowed has changed something'
	SUDO_UID=$(id -u user) SUDO_USER=user gpu-handoff setup --yes
	id user
	[[ " $(id -nG user) " == *' libvirt '* ]] || fail 'who ran sudo is not in group libvirt'
	grep -F 'intel_iommu=on' /boot/grub/grub.cfg >/dev/null || fail 'update-grub was not run'
	files >"$keep/after"
	diff "$keep/before" "$keep/after" && fail 'nothing has changed'
	SUDO_UID=$(id -u user) SUDO_USER=user gpu-handoff setup --yes
	files | diff "$keep/after" - || fail 'a second setup has changed something'
	reboot_into 2
	;;
2)
	(($(groups) > 0)) || fail 'the IOMMU is not on'
	[[ -e /sys/bus/pci/drivers/vfio-pci ]] || fail 'vfio-pci is not loaded'
	gpu-handoff doctor >"$RUN/doctor" || true
	grep -i '^pass.*IOMMU' "$RUN/doctor" || fail "doctor does not say that it is on: $(<"$RUN/doctor")"
	hook_takes_a_card() {
		xml gpuvm "${A[@]}"
		taken_and_returned gpuvm 0000:01:00
	}
	hook_takes_a_card
	# The running kernel has it all now: nothing more is to be done, and what was done is still known.
	gpu-handoff setup --yes
	files | diff "$keep/after" - || fail 'setup after the reboot has changed something'
	gpu-handoff reset --yes
	diff "$keep/grub.cfg" /boot/grub/grub.cfg || true
	files | diff "$keep/before" - || fail 'reset has not brought everything back'
	[[ ! -e /var/lib/gpu-handoff ]] || fail "left: $(find /var/lib/gpu-handoff)"
	gpu-handoff reset --yes
	reboot_into 3
	;;
3)
	(($(groups) == 0)) || fail 'the IOMMU is still on'
	files | diff "$keep/before" - || fail 'something is not as it was before'
	;;
esac
