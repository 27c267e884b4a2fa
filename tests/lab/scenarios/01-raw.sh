# shellcheck shell=bash
# A round trip by bare writes, without the product: whatever differs after it, the kernel does by itself.
move() { # FUNCTION OVERRIDE
	echo "$2" >"$SYS/$1/driver_override"
	[[ ! -e $SYS/$1/driver ]] || echo "$1" >"$SYS/$1/driver/unbind"
	echo "$1" >/sys/bus/pci/drivers_probe
}
modprobe vfio-pci
for i in 3 2 1 0; do move "${A[i]}" vfio-pci; done
expect_driver vfio-pci "${A[@]}"
snapshot "$RUN/taken"
say 'what is different on vfio-pci'
same "$RUN/baseline" "$RUN/taken" || true
for i in 0 1 2 3; do move "${A[i]}" ''; done
expect_home 0000:01:00
