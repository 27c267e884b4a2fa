# shellcheck shell=bash
# What scenarios, demo and bench share. Sourced; a scenario runs under set -euo pipefail, its first failure ends it.
#
# Cards (see machine): $A0-$A3 with their drivers nvidia, snd_hda_intel, xhci_hcd, none; $B0-$B3 likewise; $C0 $C1 and
# the stranger $S in one IOMMU group. The baseline is the state after boot: `snapshot` of it is in $RUN/baseline.

LIB=/usr/lib/gpu-handoff-lab
RUN=/run/gpu-handoff-lab
STATE=/run/gpu-handoff
HOOK=/usr/sbin/gpu-handoff-hook
SYS=/sys/bus/pci/devices
A0=0000:01:00.0 A1=0000:01:00.1 A2=0000:01:00.2 A3=0000:01:00.3
B0=0000:41:00.0 B1=0000:41:00.1 B2=0000:41:00.2 B3=0000:41:00.3
C0=0000:03:01.0 C1=0000:03:01.1 S=0000:03:02.0
A=("$A0" "$A1" "$A2" "$A3")
B=("$B0" "$B1" "$B2" "$B3")
C=("$C0" "$C1" "$S")
HOME_DRIVERS=(nvidia snd_hda_intel xhci_hcd none)
export LC_ALL=C LIBVIRT_DEFAULT_URI=qemu:///system

say() { echo "-- $*"; }
fail() {
	echo "FAILED: $*" >&2
	exit 1
}

# The host boots again, where it boots by itself, and this scenario runs from its beginning, with that $PHASE. The first
# is 1.
reboot_into() { # PHASE
	echo "$0 $1 $BEGAN" >/lab/phase
	sync
	systemctl reboot
	sleep infinity
}

# shellcheck source=tests/lab/guest/nvidia.sh
. "$LIB/nvidia.sh"
# shellcheck source=tests/lab/guest/cpus.sh
. "$LIB/cpus.sh"
# shellcheck source=tests/lab/guest/desktop.sh
. "$LIB/desktop.sh"

# ---- the cards ----

driver_of() { # ADDRESS
	local link
	link=$(readlink "$SYS/$1/driver") || link=none
	echo "${link##*/}"
}

expect_driver() { # DRIVER ADDRESS...
	local want=$1 address got
	shift
	for address; do
		got=$(driver_of "$address")
		[[ $got == "$want" ]] || fail "$address is on '$got', expected '$want'"
	done
}

expect_home() { # ADDRESS of the first three parts, e.g. 0000:01:00
	local i
	for i in 0 1 2 3; do expect_driver "${HOME_DRIVERS[i]}" "$1.$i"; done
}

functions_table() { # ADDRESS...
	local address
	for address; do
		printf '%-14s %-28s %s\n' "$address" "$(lspci -s "$address" | sed 's/^[^ ]* //; s/: .*//')" \
			"$(driver_of "$address")"
	done
}

# Attributes whose value is no state of the device; all others have to be the same, byte for byte.
volatile=(
	'power/runtime_active_time' 'power/runtime_suspended_time' # clocks
	'power/runtime_status'                                     # what runtime PM made of the last seconds
	'power/runtime_usage' 'power/runtime_active_kids'          # counters of references held at this moment
	'power/wakeup_[a-z_]*'                                     # counters and clocks of wakeup events
	'aer_[a-z_]*'                                              # counters of errors
)

# Of functions that fake_ids has not brought to D0, and where more comes and goes beside a card: interrupts and where
# they are sent to, which is in the MSI capability of a sound card, at 60.
[[ -e /sys/module/fake_ids ]] || volatile+=(irq 'config 000060' power_state)

# Interrupt numbers are handed out anew at each request, by whoever asks first; that one is there, and its kind, counts.
interrupts_anonymous() { sed -E 's,/msi_irqs/[0-9]+,/msi_irqs/N,'; }

# snapshot FILE: every attribute of every function of the cards, one line of it a line, with its mode and size.
# Only named, not read: resourceN and rom, which are the device's memory. Children (sound cards, USB buses) are left
# out: their drivers make them anew, with numbers of their own.
snapshot() {
	local dirs=() address
	for address in "${A[@]}" "${B[@]}" "${C[@]}"; do dirs+=("$address/"); done
	(
		cd "$SYS" || exit
		local own=(-type f \( -path '*/power/*' -o -path '*/msi_irqs/*' -o -path '*/link/*' -o -path '????:??:??.?/*' ! -path '*/*/*' \))
		find "${dirs[@]}" -maxdepth 1 -type l -printf '%p -> %l\n'
		find "${dirs[@]}" -maxdepth 2 "${own[@]}" -printf '%p mode %m size %s\n'
		find "${dirs[@]}" -maxdepth 2 "${own[@]}" -perm /444 ! -name 'resource[0-9]*' ! -name rom ! -name config -print0 |
			xargs -0 grep -aHns '' || true
		for address in "${dirs[@]}"; do od -Ax -v -tx1 -w16 "$address/config" | sed "s|^|${address}config |"; done
	) | interrupts_anonymous | grep -avE "/($(IFS='|' && echo "${volatile[*]}"))[: ]" | sort >"$1"
}

# same BEFORE AFTER: fails with the difference
same() {
	local difference
	difference=$(diff -U0 "$1" "$2") && return 0
	grep -v '^@@' <<<"$difference" | head -n 60
	return 1
}

baseline_take() { # waits until the drivers have the cards, then until two snapshots in a row are the same
	udevadm settle
	wait_for 60 grep -q . <(driver_of "$B2")
	for _ in {1..30}; do
		snapshot "$RUN/baseline"
		sleep 4
		snapshot "$RUN/now"
		same "$RUN/baseline" "$RUN/now" && drivers_of_all >"$RUN/drivers" && return 0
	done
	return 1
}

drivers_of_all() { # and their overrides, which are (null) where there is none
	local address
	for address in "${A[@]}" "${B[@]}" "$C0" "$C1"; do
		echo "$address $(driver_of "$address") $(<"$SYS/$address/driver_override")"
	done
}

# as_baseline FILE: takes a snapshot and compares; drivers finish some of their probing, and fall asleep, a moment later
as_baseline() {
	local _
	for _ in {1..12}; do
		snapshot "$1"
		cmp -s "$RUN/baseline" "$1" && return 0
		sleep 0.5
	done
	same "$RUN/baseline" "$1"
}

expect_baseline() { as_baseline "$RUN/now" || fail 'the cards are not as they were'; }

expect_no_state() { # nothing of ours is left; the lock may stay
	local left
	left=$(find "$STATE" -type f ! -name lock 2>/dev/null || true)
	[[ -z $left ]] || fail "left behind: $left"
}

# Home again by force, whatever a failed scenario left: the next one deserves a clean start.
force_home() {
	local name address driver override
	for name in $(timeout 20 virsh list --name 2>/dev/null); do timeout 30 virsh destroy "$name" || true; done
	timeout 60 gpu-handoff recover || true
	nvidia_reset
	while read -r address driver override; do
		[[ $(<"$SYS/$address/driver_override") == "$override" ]] || echo "${override/(null)/}" >"$SYS/$address/driver_override"
		[[ $(driver_of "$address") == "$driver" ]] && continue
		[[ -e $SYS/$address/driver ]] && echo "$address" >"$SYS/$address/driver/unbind"
		[[ $driver == none ]] || echo "$address" >/sys/bus/pci/drivers_probe
	done <"$RUN/drivers"
	rm -rf "$STATE"
}

# ---- what a refusal must not touch ----

# What a handover of the card changes first; without msi_irqs, which come and go with those who use it.
state_of() { # CARD, the first three parts of its address
	grep -H . "$SYS/$1".*/{driver_override,d3cold_allowed,power/control}
	for address in "$SYS/$1".*; do echo "$address $(driver_of "${address##*/}")"; done
}

# ---- time ----

timed() { # COMMAND...: sets took, in ms
	local began=$EPOCHREALTIME result=0
	"$@" || result=$?
	took=$(((${EPOCHREALTIME/./} - ${began/./}) / 1000))
	return $result
}

within() { # MS COMMAND...
	local limit=$1
	shift
	timed "$@" || fail "${*@Q} failed after $took ms"
	((took <= limit)) || fail "${*@Q} took $took ms, more than $limit"
}

# ---- domains ----

uuid_of() { # NAME: the same one always
	local h
	h=$(md5sum <<<"$1")
	echo "${h:0:8}-${h:8:4}-4${h:13:3}-8${h:17:3}-${h:20:12}"
}

hostdev_xml() { # ADDRESS MANAGED: managed is yes, no, or absent; the address as libvirt writes it
	local a=$1 managed=" managed='$2'"
	[[ $2 == absent ]] && managed=''
	cat <<-XML
		<hostdev mode='subsystem' type='pci'$managed>
		  <source><address domain='0x${a:0:4}' bus='0x${a:5:2}' slot='0x${a:8:2}' function='0x${a:11:1}'/></source>
		</hostdev>
	XML
}

# domain NAME [key=value...] [ADDRESS...]: its XML. Keys: managed (yes), vcpus (1), memory (64, MiB), boot (yes: the boot sector that
# obeys virsh shutdown), usb (none; the model of a controller), extra (XML inside domain), devices (XML inside devices)
domain() {
	local name=$1 managed=yes vcpus=1 memory=64 boot=no usb=none extra='' devices='' hostdevs='' word
	shift
	for word; do
		case $word in
		managed=*) managed=${word#*=} ;;
		vcpus=*) vcpus=${word#*=} ;;
		memory=*) memory=${word#*=} ;;
		boot=*) boot=${word#*=} ;;
		usb=*) usb=${word#*=} ;;
		extra=*) extra=${word#*=} ;;
		devices=*) devices=${word#*=} ;;
		*) hostdevs+=$(hostdev_xml "$word" "$managed")$'\n' ;;
		esac
	done
	[[ $boot == yes ]] && devices+="<disk type='file' device='disk'><driver name='qemu' type='raw'/>
	<source file='/var/lib/libvirt/images/boot.img'/><target dev='vda' bus='virtio'/><readonly/></disk>"
	cat <<-XML
		<domain type='qemu' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
		<name>$name</name>
		<uuid>$(uuid_of "$name")</uuid>
		<memory unit='MiB'>$memory</memory>
		<vcpu>$vcpus</vcpu>
		<os><type arch='x86_64' machine='q35'>hvm</type></os>
		<features><acpi/></features>
		<devices>
		<emulator>/usr/bin/qemu-system-x86_64</emulator>
		<controller type='usb' model='$usb'/>
		<memballoon model='none'/>
		$devices
		$hostdevs</devices>
		$extra
		</domain>
	XML
}

policy() { # ACTION WAIT: for extra=
	echo "<metadata><handoff:policy xmlns:handoff='urn:gpu-handoff:1' version='1'>
	<handoff:holders action='$1' wait='$2'/></handoff:policy></metadata>"
}

define() { # like domain, and defined in libvirt
	install -D -m 644 "$LIB/boot.img" /var/lib/libvirt/images/boot.img
	domain "$@" >"$RUN/$1.xml"
	virsh -q define "$RUN/$1.xml" >/dev/null
}

start() { # NAME
	timeout 120 virsh start "$1" || fail "virsh start $1"
}

stop() { # NAME
	timeout 60 virsh destroy "$1" || fail "virsh destroy $1"
}

power_button() { # NAME: pressed until the guest, once it is up, obeys
	timeout 20 virsh -q shutdown "$1" || true
	wait_for 3 not running "$1"
}

shut_down() { # NAME, defined with boot=yes
	wait_for 90 power_button "$1" || fail "'$1' does not obey virsh shutdown"
}

start_refused() { # NAME TEXT...: libvirt's own start of it is refused; what was said names each text
	local name=$1 text
	shift
	if timeout 120 virsh start "$name" >"$RUN/said" 2>&1; then fail "'$name' started"; fi
	sed 's/^/   virsh: /' "$RUN/said"
	for text; do grep -qF -- "$text" "$RUN/said" || fail "'$text' is not in: $(<"$RUN/said")"; done
}

running() { [[ $(timeout 20 virsh domstate "$1" 2>/dev/null) == running* ]]; }

expect_running() { running "$1" || fail "'$1' does not run any more"; }

qemu_of() { cat "/run/libvirt/qemu/$1.pid"; }

wait_for() { # SECONDS COMMAND...: until it succeeds
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		((SECONDS < end)) || return 1
		sleep 0.2
	done
}

not() { ! "$@"; }

libvirtd_kill() { # SIGKILL; it stays away until libvirtd_back
	systemctl stop libvirtd.socket libvirtd-ro.socket libvirtd-admin.socket
	systemctl kill -s KILL libvirtd
	wait_for 20 not pidof libvirtd || fail 'libvirtd is still there'
	systemctl stop libvirtd 2>/dev/null || true
}
libvirtd_back() {
	systemctl reset-failed libvirtd
	systemctl start libvirtd.socket libvirtd-ro.socket libvirtd-admin.socket libvirtd
	wait_for 60 libvirt_answers || fail 'libvirtd did not come back'
}

libvirt_answers() { timeout 20 virsh list >/dev/null; }

# ---- the hook by hand, as libvirt calls it ----

# hook NAME OP [FILE]: sets status, leaves $RUN/out and $RUN/err. Without FILE, stdin is the domain's XML.
hook() {
	local name=$1 op=$2 file=${3:-$RUN/$1.xml} subop=begin
	[[ $op == stopped || $op == release ]] && subop=end
	status=0
	env -i LC_ALL=C PATH="$PATH" timeout 60 "$HOOK" "$name" "$op" "$subop" - \
		<"$file" >"$RUN/out" 2>"$RUN/err" || status=$?
	[[ -s $RUN/err ]] && sed 's/^/   stderr: /' "$RUN/err"
	[[ ! -s $RUN/out ]] || fail "the hook wrote to stdout: $(head -c 200 "$RUN/out")"
}

xml() { # NAME [as domain]: writes the XML for hook, defines nothing
	domain "$@" >"$RUN/$1.xml"
}

expect_accepted() {
	((status == 0)) || fail "the hook exited $status: $(<"$RUN/err")"
	[[ ! -s $RUN/err ]] || fail "the hook accepted and yet wrote to stderr: $(<"$RUN/err")"
}

expect_refused() { # [TEXT...]: one sentence on stderr that names each text
	local text
	((status == 1)) || fail "the hook exited $status, expected a refusal"
	[[ $(wc -l <"$RUN/err") -eq 1 ]] || fail "not one sentence on stderr: $(<"$RUN/err")"
	for text; do
		grep -qF -- "$text" "$RUN/err" || fail "the refusal does not name '$text': $(<"$RUN/err")"
	done
}

# Three seconds, of which this machine's emulator takes most.
refused_at_once() { # NAME CARD TEXT...: by the hook, and nothing of the card has changed
	local name=$1 card=$2
	shift 2
	state_of "$card" >"$RUN/before"
	timed hook "$name" prepare
	echo "   after $took ms"
	expect_refused "$@"
	((took < 3000)) || fail "refused after $took ms only"
	state_of "$card" | diff "$RUN/before" - || fail 'the refusal has changed something'
	expect_no_state
}

taken_and_returned() { # NAME CARD: by the hook
	hook "$1" prepare
	expect_accepted
	expect_driver vfio-pci "$2.0"
	hook "$1" release
	expect_accepted
}

# ---- logs ----

journal_now() { # marks the place from which journal_since reads, by an entry: -n 0 --show-cursor may skip the next one
	echo mark | systemd-cat -t lab
	journalctl --sync
	journal_mark=$(journalctl -q -t lab -n 1 --show-cursor | sed -n 's/^-- cursor: //p')
}

journal_since() { # [journalctl options]: our messages since the mark; -t lab, because what is skipped is the first match
	journalctl --sync 2>/dev/null || true
	journalctl -q -t lab -t gpu-handoff --after-cursor="$journal_mark" "$@"
}

# ---- the hook killed ----

changing=write,pwrite64,writev,mkdir,mkdirat,unlink,unlinkat,rename,renameat,renameat2,link,linkat,symlinkat,ftruncate,sendmsg

# hook_traced OP WORD...: the hook on gpuvm under strace with those options; its trace is in $RUN/trace. Only the hook
# itself is followed and killed, not its child that writes to drivers: that one is there to outlive it, ends when it is
# gone, and must never be killed while a driver keeps it (facts on nv_sleep_ms()); 88 has it at work at that moment.
hook_traced() {
	local op=$1 subop=begin
	shift
	[[ $op == release ]] && subop=end
	timeout 60 strace -o "$RUN/trace" -e trace="$changing" "$@" \
		"$HOOK" gpuvm "$op" "$subop" - <"$RUN/gpuvm.xml" >/dev/null 2>"$RUN/err"
}

# The calls of a trace that change something, each as its name and its number among those of that name. What the child
# shall write it is told by sendmsg, in a message that begins with WATCHED_WRITE, 0; other messages change nothing.
changing_calls() {
	awk '{ name = $1; sub(/\(.*/, "", name); n[name]++ }
		name == "sendmsg" && !/iov_base="\\0\\0\\0\\0/ { next }
		/^[a-z0-9]+\(/ { print name, n[name] }' "$1"
}

# kill_everywhere OP: one run for each call in OP that changes anything, killed as it enters the call; after recover
# nothing is left of it.
kill_everywhere() {
	local op=$1 call n runs=0 total=0
	hook gpuvm prepare && expect_accepted # which also loads vfio-pci, a call that comes once
	[[ $op == release ]] || hook gpuvm release
	hook_traced "$op" || fail "$op fails under strace: $(<"$RUN/err")"
	changing_calls "$RUN/trace" >"$RUN/calls"
	cat "$RUN/trace" "$RUN/calls"
	[[ $op == prepare ]] && hook gpuvm release
	expect_baseline
	while read -r call n; do
		total=$((total + 1))
		[[ $op == release ]] && hook gpuvm prepare && expect_accepted
		hook_traced "$op" -e inject="$call:signal=KILL:when=$n" || true
		grep -q 'killed by SIGKILL' "$RUN/trace" || continue
		runs=$((runs + 1))
		echo "killed before $call $n: $(grep -a "^$call(" "$RUN/trace" | tail -n 1 | cut -c1-150)"
		timeout 60 gpu-handoff recover || fail "recover exits $?"
		expect_no_state
		expect_baseline
	done <"$RUN/calls"
	grep -q sendmsg "$RUN/calls" || fail 'no write to a device was found in the trace'
	((runs > 10 && runs >= total - 1)) || fail "only $runs of $total runs were killed"
	echo "$runs of $total runs killed"
}
