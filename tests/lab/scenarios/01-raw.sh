# shellcheck shell=bash
# A round trip by bare writes, without the product: whatever differs after it, the kernel does by itself.
modprobe vfio-pci
"$LIB/bare" take "${A[@]}"
expect_driver vfio-pci "${A[@]}"
snapshot "$RUN/taken"
say 'what is different on vfio-pci'
same "$RUN/baseline" "$RUN/taken" || true
"$LIB/bare" give "$A0=nvidia" "$A1=snd_hda_intel" "$A2=xhci_hcd" "$A3=-"
expect_home 0000:01:00
