# shellcheck shell=bash
# boot reserved
# One of two twins is reserved, and the initramfs has the driver of both: the kernel's log says which of them it ever had.
[[ $(<"$SYS/$A0/vendor") == "$(<"$SYS/$C0/vendor")" && $(<"$SYS/$A0/device") == "$(<"$SYS/$C0/device")" ]] || fail 'no twins'
functions_table "${A[@]}" "$C0" "$C1"
expect_driver vfio-pci "$A0" "$A1" "$A2"
expect_driver bochs-drm "$C0" "$B0"
expect_driver snd_hda_intel "$C1"
expect_marks "$SYS/$A0" 0000:00:04.0/00.0 "$A0" gpu reserved vfio
expect_marks "$SYS/$C0" 0000:00:06.0/00.0/01.0 "$C0" gpu shared host

say "the kernel's log"
dmesg >"$RUN/dmesg"
line() { grep -nE -- "$1" "$RUN/dmesg" | head -n 1 | cut -d: -f1; }
grep -nE "vfio-pci|vfio_pci|bochs|0000:01:00\.[0-3]: (vgaarb|enabling|Adding)|systemd\[1\]: systemd .* running" "$RUN/dmesg"
twin=$(line "Initialized bochs-drm .* for $C0")
system=$(line 'systemd\[1\]: systemd .* running')
[[ $twin && $system ]] || fail 'the log does not tell'
((twin < system)) || fail 'bochs-drm was not there in the initramfs: this proves nothing'
if grep -E "Initialized bochs-drm .* for $A0|(bochs-drm|snd_hda_intel|xhci_hcd) 0000:01:00\.[0-3]:" "$RUN/dmesg"; then
	fail 'a driver of the host has had the reserved card'
fi
vfio=$(line 'vfio-pci 0000:01:00\.0:|VFIO - User Level')
[[ $vfio ]] && ((vfio < system)) || fail 'vfio-pci was not there in the initramfs'

say 'a VM gets it, and gives it back to vfio-pci'
xml gpuvm "${A[@]}"
taken_and_returned gpuvm 0000:01:00
expect_driver vfio-pci "$A0" "$A1" "$A2"
