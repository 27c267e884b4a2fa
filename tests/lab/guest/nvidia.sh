# shellcheck shell=bash
# The stand-in for NVIDIA's driver, for scenarios. Sourced by lib.sh; modules/nvidia.h says what is what.
#
# After boot only nvidia is loaded, as generation 535, and /dev has no nodes of it. A scenario asks for what it needs
# and leaves it behind: nvidia_reset, which the runner calls after each, undoes it. Traps:
#   - modprobe -r takes nvidia along when nobody holds a GPU: use rmmod;
#   - before a change of generation, take nvidia_drm out;
#   - whoever keeps something in D for two minutes writes 0 to /proc/sys/kernel/hung_task_timeout_secs first.

FAKE=/sys/kernel/debug/fake_nvidia

nvidia_gen() { echo "$1" >/sys/module/nvidia/parameters/gen; } # 535, 575, 580, 595

fault() { echo "$3" >"$FAKE/$1/$2"; } # ADDRESS FILE VALUE
fact() { cat "$FAKE/$1/$2"; }         # ADDRESS FILE

node() { # PATH MAJOR MINOR
	rm -f "$1"
	mknod -m 666 "$1" c "$2" "$3"
}

nvidia_nodes() { # the nodes in /dev, for what is there now; the driver makes none
	local file minor major
	node /dev/nvidiactl 195 255
	node /dev/nvidia-modeset 195 254
	for file in "$FAKE"/*/minor; do
		minor=$(<"$file")
		node "/dev/nvidia$minor" 195 "$minor"
	done
	major=$(awk '$2 == "nvidia-uvm" { print $1 }' /proc/devices)
	[[ -z $major ]] || node /dev/nvidia-uvm "$major" 0
}

nvidia_smi() { install -m 755 "$LIB/nvidia-smi" /usr/bin/nvidia-smi; } # there is one from now on

hold_start() { # [OPTION...] KIND ARG, see hold.c: returns once it holds, and sets holder
	"$LIB/hold" "$@" >"$RUN/hold.out" 2>&1 &
	holder=$!
	wait_for 10 grep -q holding "$RUN/hold.out" || fail "hold $*: $(<"$RUN/hold.out")"
}

hold_end() {
	kill -KILL "$holder"
	wait "$holder" 2>/dev/null || true
}

unbind_start() { # ADDRESS: sets writer, the process that is in remove
	{ echo "$1" >/sys/bus/pci/drivers/nvidia/unbind; } &
	writer=$!
}

process_ended() { [[ ! -e /proc/$1 ]]; } # PID
process_state() { sed 's/.*) \(.\) .*/\1/' "/proc/$1/stat"; }

# What of us the kernel still keeps waiting, when the hook has left it behind.
writers() { pgrep -x handoff-writer || true; }

has_vectors() { [[ -n $(ls "$SYS/$1/msi_irqs" 2>/dev/null) ]]; } # ADDRESS

nvidia_reset() { # nobody holds a GPU, no remove waits, nothing is loaded or made that was not after boot
	local module dir file
	pkill -KILL -x hold || true
	[[ -e /sys/module/fake_ids ]] || return 0 # another host than the usual one
	[[ -e /sys/module/nvidia ]] || modprobe nvidia
	echo 0 >/sys/bus/pci/drivers/nvidia/probe_wait
	[[ ! -e $FAKE/force_release ]] || echo 1 >"$FAKE/force_release"
	for module in nvidia_uvm nvidia_drm nvidia_modeset i2c_dev; do
		[[ ! -e /sys/module/$module ]] || wait_for 5 rmmod "$module"
	done
	nvidia_gen 535
	echo 120000 >/sys/module/nvidia/parameters/max_block_ms
	echo 0 >/sys/module/nvidia/parameters/stop_delay_ms
	echo 1 >/sys/module/nvidia/parameters/NVreg_EnableMSI
	echo 0 >/sys/bus/pci/drivers/nvidia/probe_fail
	for dir in "$FAKE"/*:*; do
		[[ -d $dir ]] || continue
		echo normal >"$dir/remove_mode"
		for file in persistence race_open egpu; do echo 0 >"$dir/$file"; done
	done
	echo 120 >/proc/sys/kernel/hung_task_timeout_secs
	rm -f /dev/nvidia* /usr/bin/nvidia-smi "$RUN"/nvidia-smi.*
}
