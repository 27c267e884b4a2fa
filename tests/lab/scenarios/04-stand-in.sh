# shellcheck shell=bash
# limit 300
# The stand-in for NVIDIA's driver has the real one's manners, without the product: raw writes, on card B, whose .0 has
# MSI, while card A goes on. The table in facts/nvidia.md, section 1, generation by generation.
GPU=$B0 OTHER=$A0

attempts() { dmesg | grep -c "NVRM: Attempting to remove device $GPU with non-zero usage count!" || true; }
expect_waiting() { # in remove, and said so; the driver link is gone all the same
	wait_for 10 more_attempts || fail "$*: remove does not wait"
	wait_for 1 writer_is_in S || fail "$*: the writer is in $(process_state "$writer")"
	expect_driver none "$GPU"
	[[ -e /proc/driver/nvidia/gpus/$GPU ]] || fail "$*: its /proc directory went too early"
}
more_attempts() { (($(attempts) > attempts)); }
unbind() {
	attempts=$(attempts)
	unbind_start "$GPU"
}
expect_done() {
	wait_for 10 process_ended "$writer" || fail "$*: remove does not end"
	[[ ! -e /proc/driver/nvidia/gpus/$GPU ]] || fail "$*: its /proc directory is still there"
}
expect_stuck() { # for longer than the loop sleeps
	sleep 1.2
	! process_ended "$writer" || fail "$*: remove ended"
}
bind() {
	echo "$GPU" >/sys/bus/pci/drivers/nvidia/bind
	expect_driver nvidia "$GPU"
}
opens() { (: <"$1") 2>/dev/null; }
unused() { [[ $(fact "$GPU" usage_count) == 0 ]]; }
writer_is_in() { [[ $(process_state "$writer") == "$1" ]]; }

say 'as it is after boot: 535, nobody there'
grep -F '535.216.01  Release Build' /proc/driver/nvidia/version
grep -x 'EnableMSI: 1' /proc/driver/nvidia/params
grep -E '^195 nvidia-frontend$' /proc/devices
cat "/proc/driver/nvidia/gpus/$GPU/information"
minor=$(sed -n 's/^Device Minor: \t //p' "/proc/driver/nvidia/gpus/$GPU/information")
uuid=$(sed -n 's/^GPU UUID: \t //p' "/proc/driver/nvidia/gpus/$GPU/information")
nvidia_nodes
dev=/dev/nvidia$minor other=/dev/nvidia$(fact "$OTHER" minor)
not opens /dev/nvidia-modeset || fail 'nvidia-modeset opens without its module'
! has_vectors "$GPU" || fail 'an idle GPU has vectors'

say 'vectors are there while somebody holds it, and stop_delay_ms longer'
echo 1500 >/sys/module/nvidia/parameters/stop_delay_ms
hold_start open "$dev"
has_vectors "$GPU" || fail 'a GPU that is held has no vectors'
grep nvidia /proc/interrupts
hold_end
has_vectors "$GPU" || fail 'the adapter stopped at once'
wait_for 5 not has_vectors "$GPU" || fail 'the adapter does not stop'
echo 0 >/sys/module/nvidia/parameters/stop_delay_ms
hold_start open "$other"
! has_vectors "$OTHER" || fail "$OTHER has MSI, which QEMU's VGA had not"
hold_end

say 'legacy persistence: vectors without a holder, which nvidia-smi ends'
nvidia_smi
nvidia-smi -i "$GPU" -pm 1
has_vectors "$GPU" || fail 'persistence does not start the adapter'
nvidia-smi -i "0000$GPU" -pm 0
! has_vectors "$GPU" || fail 'the adapter persists'
fault "$GPU" persistence 1
unbind
expect_done 'persistence'
bind
[[ $(wc -l <"$RUN/nvidia-smi.log") == 2 ]]
touch "$RUN/nvidia-smi.hang"
status=0
timeout -k 1 1 nvidia-smi -i "$GPU" -pm 1 || status=$?
((status == 137)) || fail "nvidia-smi does not hang: $status"
rm "$RUN/nvidia-smi.hang"

modprobe nvidia-modeset
modprobe nvidia-uvm
nvidia_nodes
for gen in 535 575 580 595; do
	nvidia_gen "$gen"
	cut -c1-80 /proc/driver/nvidia/version | head -n 1
	for kind in open mmap attach modeset uvm dmabuf; do
		arg=$GPU
		[[ $kind != open && $kind != mmap ]] || arg=$dev
		what="$gen $kind"
		hold_start "$kind" "$arg"
		has_vectors "$GPU" || fail "$what: no vectors"
		case $kind in
		uvm) [[ -d /proc/driver/nvidia-uvm/gpus/$uuid ]] || fail "$what: not registered" ;;
		dmabuf) grep -qx 'exp_name:	nvidia' "/proc/$holder/fdinfo/"* || fail "$what: no dma-buf" ;;
		mmap) grep -q "$dev" "/proc/$holder/maps" || fail "$what: no mapping" ;;
		esac
		unbind
		expect_waiting "$what"
		if ((gen < 575)); then
			opens "$dev" || fail "$what: cannot be opened while remove waits"
		else
			not opens "$dev" || fail "$what: opened while remove waits"
		fi
		opens "$other" || fail "$what: the other GPU does not open"
		hold_end
		if [[ $gen == 595 && $kind != open && $kind != mmap ]]; then
			expect_stuck "$what"
			echo 1 >"$FAKE/$GPU/force_release"
		fi
		expect_done "$what"
		bind
	done
done
expect_driver nvidia "$OTHER"
[[ -z $(ls /proc/driver/nvidia-uvm/gpus) ]] || fail 'a GPU is still registered'

say 'who opens it while remove of 535 waits prolongs that'
nvidia_gen 535
hold_start open "$dev"
first=$holder
unbind
expect_waiting prolonged
hold_start open "$dev"
kill "$first"
expect_stuck prolonged
hold_end
expect_done prolonged
bind

say 'nvidia-drm: its own references'
drm_has_card() { compgen -G "$SYS/$GPU/drm/card*" >/dev/null; }
for gen in 535 575 580 595; do
	nvidia_gen "$gen"
	modprobe nvidia-drm modeset=1
	[[ $(fact "$GPU" usage_count) == 2 ]] || fail "drm $gen: $(fact "$GPU" usage_count) references"
	drm_has_card || fail "drm $gen: no card"
	unbind
	if ((gen < 580)); then
		expect_waiting "drm $gen"
		expect_stuck "drm $gen"
		rmmod nvidia_drm
		expect_done "drm $gen"
		bind
	else
		expect_done "drm $gen"
		not drm_has_card || fail "drm $gen: the card stays"
		bind
		drm_has_card || fail "drm $gen: the card is not back"
		rmmod nvidia_drm
	fi
done
modprobe nvidia-drm # modeset=0
wait_for 5 unused || fail 'nvidia-drm without modeset holds the GPU'
udevadm settle
hold_start open "/dev/dri/$(basename "$SYS/$GPU"/drm/card*)"
unbind
expect_done 'open DRM file'
hits=$(<"$FAKE/uaf_hits")
hold_end
(($(<"$FAKE/uaf_hits") == hits + 1)) || fail 'the late close of a DRM file was not seen'
bind
rmmod nvidia_drm

say 'an open I2C device: D, until it is closed'
modprobe i2c-dev
udevadm settle
i2c=$(basename "$SYS/$GPU"/i2c-*)
hold_start open "/dev/$i2c"
unbind
expect_stuck i2c
wait_for 5 writer_is_in D || fail 'i2c: the writer is not in D'
hold_end
expect_done i2c
bind
rmmod i2c_dev

say 'holders that hide'
for hidden in '--mount-ns open' '--pid-ns open' '--thread mmap' flight; do
	# shellcheck disable=SC2086 # its words
	hold_start $hidden "$dev"
	[[ $(fact "$GPU" usage_count) == 1 ]] || fail "$hidden: does not hold"
	hold_end
	wait_for 5 unused || fail "$hidden: holds still"
done

say 'remove_mode and race_open of one GPU, the other one comes and goes'
fault "$GPU" remove_mode wait
unbind
expect_waiting 'mode wait'
echo "$OTHER" >/sys/bus/pci/drivers/nvidia/unbind
expect_driver none "$OTHER"
echo "$OTHER" >/sys/bus/pci/drivers/nvidia/bind
kill -KILL "$writer"
ticks() { cut -d' ' -f15 "/proc/$writer/stat"; }
before=$(ticks)
sleep 2
echo "killed, it takes $(($(ticks) - before)) of 200 ticks"
(($(ticks) - before > 50)) || fail 'the killed writer does not spin'
echo 1 >"$FAKE/force_release"
expect_done 'mode wait'
bind
[[ $(fact "$GPU" remove_mode) == normal ]]

fault "$GPU" remove_mode D
unbind
expect_stuck 'mode D'
wait_for 5 writer_is_in D || fail 'mode D: the writer is not in D'
echo 1 >"$FAKE/$GPU/force_release"
expect_done 'mode D'
bind

fault "$GPU" remove_mode slow:2500
unbind
expect_stuck 'mode slow'
expect_done 'mode slow'
bind

fault "$GPU" race_open 1500
unbind
expect_waiting 'race'
expect_done 'race'
bind

hold_start open "$dev"
fault "$GPU" egpu 1
unbind
expect_done 'eGPU'
hold_end
bind

say 'max_block_ms'
hold_start open "$dev"
echo 2000 >/sys/module/nvidia/parameters/max_block_ms
unbind
expect_waiting 'limit'
expect_done 'limit'
dmesg | tail -n 3 | grep -F "FAKE: escape of $GPU"
bind
unused || fail 'the holder of the old GPU holds the new one'
hold_end
unused || fail 'the holder of the old GPU has put the new one'

say 'probe_fail'
echo "$GPU" >/sys/bus/pci/drivers/nvidia/unbind
echo 1 >/sys/bus/pci/drivers/nvidia/probe_fail
! echo "$GPU" >/sys/bus/pci/drivers/nvidia/bind || fail 'probe did not fail'
expect_driver none "$GPU"
bind

say 'a node that is left may mean another GPU'
echo "$C0" >/sys/bus/pci/drivers/nvidia/unbind
echo "$GPU" >/sys/bus/pci/drivers/nvidia/unbind
bind
echo "$C0" >/sys/bus/pci/drivers/nvidia/bind
[[ $(fact "$C0" minor) == "$minor" ]] || fail "$C0 has not taken the number of $GPU"

say 'nvidia goes when it is idle, and comes only where there is something for it'
rmmod nvidia_uvm
rmmod nvidia_modeset
rmmod nvidia
for address in "$A0" "$B0" "$C0"; do echo nobody >"$SYS/$address/driver_override"; done
! modprobe nvidia || fail 'nvidia is loaded without a GPU'
for address in "$A0" "$B0" "$C0"; do echo >"$SYS/$address/driver_override"; done
modprobe nvidia gen=580
grep -F 580.105 /proc/driver/nvidia/version
nvidia_reset
expect_baseline
