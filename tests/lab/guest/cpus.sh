# shellcheck shell=bash
# The host's CPUs and memory, for scenarios: load, what runs where, and whether all of it is as it was. Sourced by
# lib.sh. The VMs of the lab have CPUs of node 1; CPU 0 is nobody's.

CGROUP=/sys/fs/cgroup
ALL_CPUS=0-7
SYSTEMD=(org.freedesktop.systemd1 /org/freedesktop/systemd1 org.freedesktop.systemd1.Manager)

# ---- domains ----

# cpus_policy [isolate=yes] [governor=performance] [overlap=warn] [allocate=yes]: for extra=
cpus_policy() {
	local word cpus='' pages=''
	for word; do
		case $word in
		allocate=*) pages="<handoff:hugepages allocate='${word#*=}'/>" ;;
		*) cpus+=" ${word%%=*}='${word#*=}'" ;;
		esac
	done
	[[ -z $cpus ]] || cpus="<handoff:cpus$cpus/>"
	echo "<metadata><handoff:policy xmlns:handoff='urn:gpu-handoff:1' version='1'>$cpus$pages</handoff:policy></metadata>"
}

# cpus_domain NAME PINS [cpus_policy's words] [key=value of domain] [ADDRESS...]: its XML, a vCPU for each of the PINS,
# which are CPUs like "6 7"; "" leaves it without pins. The emulator has CPU 4, memory is of node 1. pages=KIB has it
# from huge pages of that size.
cpus_domain() {
	local name=$1 pins=$2 words=() rest=() extra='' memory='' pin n=0 word
	shift 2
	for word; do
		case $word in
		isolate=* | governor=* | overlap=* | allocate=*) words+=("$word") ;;
		pages=*) memory="<memoryBacking><hugepages><page size='${word#*=}' unit='KiB'/></hugepages></memoryBacking>" ;;
		extra=*) extra=${word#*=} ;;
		*) rest+=("$word") ;;
		esac
	done
	extra+=$memory
	((${#words[@]} == 0)) || extra+=$(cpus_policy "${words[@]}")
	if [[ $pins ]]; then
		extra+='<cputune>'
		for pin in $pins; do extra+="<vcpupin vcpu='$((n++))' cpuset='$pin'/>"; done
		extra+="<emulatorpin cpuset='4'/></cputune><numatune><memory mode='strict' nodeset='1'/></numatune>"
	fi
	domain "$name" vcpus="$((n > 0 ? n : 1))" extra="$extra" "${rest[@]}"
}

# With huge pages of one node libvirt 9.0 makes QEMU ask for the CPUs of that node, which Debian 12's profile forbids.
qemu_may_read_nodes() {
	local file=/etc/apparmor.d/local/abstractions/libvirt-qemu
	grep -qs cpumap "$file" || echo '@{sys}/devices/system/node/node[0-9]*/cpumap r,' >>"$file"
}

cpus_define() { # as cpus_domain, and defined in libvirt
	[[ "$*" != *pages=* ]] || qemu_may_read_nodes
	cpus_domain "$@" >"$RUN/$1.xml"
	virsh -q define "$RUN/$1.xml" >/dev/null
}

scope_of() { # NAME: the control group of its VM, below the root
	sed -E 's|^0::/||; s|/libvirt/.*||' "/proc/$(qemu_of "$1")/cgroup"
}

# ---- load ----

# Busy threads, two for each CPU, in a service, others in a user's session, in a scope as a container's, and in a slice
# of the root; unbound work for the kernel; reads of the shared folder, whose interrupt can be moved, and of the disk,
# whose interrupts cannot: one for each CPU, and it comes where somebody reads. See programs/busy.c.
cpu_load_start() {
	modprobe busy_work
	systemd-run -q --unit=lab-load "$LIB/busy" spin 16
	systemd-run -q --unit=lab-load-session -p PAMName=login -p User=user -E XDG_SESSION_CLASS=user "$LIB/busy" spin 6
	systemd-run -q --scope --slice=machine.slice -p Delegate=yes --unit=libpod-lab "$LIB/busy" spin 6 </dev/null &
	systemd-run -q --slice=lab.slice --unit=lab-load-slice "$LIB/busy" spin 6
	systemd-run -q --unit=lab-load-share "$LIB/busy" read /lab/words 10000
	systemd-run -q --unit=lab-load-disk "$LIB/busy" read /dev/vda 10000
	wait_for 20 cpu_loaded || fail 'the load does not come up'
}

cpu_loaded() {
	compgen -G "$CGROUP/user.slice/user-*.slice/session-*.scope" >/dev/null &&
		[[ -e $CGROUP/machine.slice/libpod-lab.scope && -e $CGROUP/lab.slice ]]
}

cpu_load_stop() {
	systemctl stop 'lab-load*' libpod-lab.scope lab.slice 2>/dev/null || true
	[[ ! -e /sys/module/busy_work ]] || rmmod busy_work
}

irq_of() { sed -nE "s/^ *([0-9]+):.* $1\$/\\1/p" /proc/interrupts; } # ACTION

# The kernel leaves an interrupt where it is for as long as its mask allows that: brought to a CPU, it stays there until
# somebody says that it must not.
irq_lure() { # NUMBER CPU: onto that CPU, with the mask that it has
	local mask
	mask=$(<"/proc/irq/$1/smp_affinity")
	echo "$2" >"/proc/irq/$1/smp_affinity_list"
	sleep 0.3 # it moves when it comes the next time
	echo "$mask" >"/proc/irq/$1/smp_affinity"
}

# ---- what runs where ----

# observe SECONDS CPULIST [PID...]: what ran on these CPUs, but for QEMU of these PIDs; the counts are in seen, by name:
# user, kernel, bound, interrupts, work
declare -A seen
observe() {
	local name count _
	"$LIB/watch-cpus" observe "$@" | tee "$RUN/observed" | sed 's/^/   /'
	while read -r name count _; do seen[$name]=$count; done < <(grep '^[a-z]' "$RUN/observed")
}

expect_busy() { # NAME...: the host's own work was seen there
	local name
	for name; do ((seen[$name] > 0)) || fail "no $name was seen there"; done
}

expect_quiet() { # NAME...: none
	local name
	for name; do ((seen[$name] == 0)) || fail "${seen[$name]} $name ran where nothing should"; done
}

# ---- whether all is as it was ----

# cpu_snapshot FILE: all that isolation, governors and huge pages could touch; a line has a key, a tab, and the value.
# Left out is what changes by itself: effective_affinity and cpuset.cpus.effective follow from other files and from what
# is online; /proc/irq/N/spurious and the like are counters; a kworker's name says what it does.
# Threads whose affinity nobody can set are the kernel's business.
cpu_snapshot() {
	{
		snapshot_interrupts
		snapshot_files /sys/devices/virtual/workqueue -maxdepth 2 -name 'cpumask*'
		snapshot_files /sys/devices/system/cpu -maxdepth 3 \( -name pm_qos_resume_latency_us -o -name scaling_governor \
			-o -name scaling_m??_freq -o -name energy_performance_preference \)
		snapshot_files /sys/devices/system/node -path '*/hugepages/*' \( -name nr_hugepages -o -name free_hugepages \
			-o -name surplus_hugepages \)
		snapshot_files /proc/sys/vm -name '*hugepages*'
		snapshot_groups
		snapshot_units
		snapshot_systemd
		"$LIB/watch-cpus" threads | sed -E 's/^(thread [0-9]+ [0-9]+) /\1\t/'
		snapshot_balancer
	} | sort >"$1"
}

snapshot_files() { # DIR FIND-EXPRESSION...: a line of the file each
	find "$@" -type f -print0 | xargs -0r grep -aHs '' | sed -E 's/^([^:]*(:[^:]*)*):/file \1\t/' || true
}

snapshot_interrupts() {
	local dir name actions
	for dir in /proc/irq/[0-9]*; do
		actions=''
		for name in "$dir"/*/; do
			name=${name%/}
			[[ ! -d $name ]] || actions+=" ${name##*/}"
		done
		printf 'irq %s\t%s %s\n' "${dir##*/}$actions" "$(<"$dir/smp_affinity")" "$(<"$dir/smp_affinity_list")"
	done
	printf 'irq default\t%s\n' "$(</proc/irq/default_smp_affinity)"
}

snapshot_groups() { # of every control group; what it has no file for is "absent"
	local dir file
	find "$CGROUP" -type d -print | while IFS= read -r dir; do
		for file in cpuset.cpus cpuset.cpus.partition cpuset.mems cgroup.subtree_control cgroup.type; do
			if [[ -e $dir/$file ]]; then
				printf 'group %s/%s\t%s\n' "${dir#"$CGROUP"}" "$file" "$(<"$dir/$file")"
			else
				printf 'group %s/%s\tabsent\n' "${dir#"$CGROUP"}" "$file"
			fi
		done
	done
}

snapshot_units() {
	systemctl show -p Id,AllowedCPUs,EffectiveCPUs,AllowedMemoryNodes,DropInPaths,NeedDaemonReload \
		'*.slice' '*.scope' '*.service' | awk -F= '
		/^Id=/ { id = $2 }
		/^$/ { print_unit() }
		/=/ { text[$1] = $0 }
		END { print_unit() }
		function print_unit(  name) {
			for (name in text) if (name != "Id") printf "unit %s %s\t%s\n", id, name, substr(text[name], length(name) + 2)
			delete text
		}'
}

# What it keeps in /run of units' properties. The directory of transient ones appears with the first VM, or service.
snapshot_systemd() {
	local dir
	for dir in /run/systemd/system.control /run/systemd/transient; do
		find "$dir" -printf 'run %p\t%M\n' 2>/dev/null || true
		find "$dir" -type f -print0 2>/dev/null | xargs -0r grep -aHn '' | sed -E 's/^([^:]*:[0-9]+):/run \1\t/' || true
	done
}

balancer_socket() { compgen -G '/run/irqbalance/irqbalance*.sock'; }
balancer_banned() { "$LIB/ask-balancer" "$(balancer_socket)" setup | sed -n 's/.*BANNED \([0-9a-f,]*\).*/\1/p'; }
snapshot_balancer() {
	! balancer_socket >/dev/null || printf 'balancer banned\t%s\n' "$(balancer_banned)"
}

# cpu_same [-w] BEFORE AFTER: fails with the difference. What comes and goes by itself counts only where it is there both
# times: threads, control groups and units, and what systemd has in /run for a transient one. With -w, for a host on
# which another VM still runs, a cpuset of all CPUs is the same as none: Linux before 6.8 does not take the mask from a
# group with processes in it, and the first VM of all makes these files.
cpu_same() {
	local wide=0
	[[ $1 == -w ]] && wide=1 && shift
	awk -F'\t' -v all="$ALL_CPUS" -v wide="$wide" '
		function value(text, key) {
			if (!wide || key !~ /^group .*(cpuset|subtree_control)|^unit .* EffectiveCPUs$/) return text
			if (key ~ /subtree_control$/) return ""
			return text == "absent" || text == all || text == "" || text == "member" ? "" : text
		}
		function comes_and_goes(key) {
			return key ~ /^(thread|group|unit) / || key ~ /^run \/run\/systemd\/transient(\/[^\/]*\.(scope|service)(:[0-9]+)?)?$/
		}
		NR == FNR { before[$1] = $2; next }
		{ after[$1] = $2 }
		END {
			for (key in before)
				if (key in after) {
					if (value(before[key], key) != value(after[key], key)) {
						printf "%s: was %s, is %s\n", key, "\"" before[key] "\"", "\"" after[key] "\""
						bad = 1
					}
				} else if (!comes_and_goes(key)) {
					printf "%s: was %s, is gone\n", key, "\"" before[key] "\""
					bad = 1
				}
			for (key in after)
				if (!(key in before) && !comes_and_goes(key)) {
					printf "%s: was not there, is %s\n", key, "\"" after[key] "\""
					bad = 1
				}
			exit bad
		}' "$1" "$2"
}

# cpu_as_before [-w] BEFORE: systemd takes cpuset from the control groups a moment after the last VM has gone
cpu_as_before() {
	local before=${*: -1} _
	for _ in {1..8}; do
		cpu_snapshot "$RUN/cpu.now"
		cpu_same "$@" "$RUN/cpu.now" >/dev/null && return 0
		sleep 0.5
	done
	cpu_same "$@" "$RUN/cpu.now" | head -n 60
	cp "$before" "$RUN/cpu.now" /lab/log/ 2>/dev/null || true
	fail 'the CPUs and memory of the host are not as they were'
}

# ---- systemd ----

allowed_set() { # UNIT [BYTE of the mask]: AllowedCPUs at runtime; without a mask it is unset
	if [[ ${2-} ]]; then
		busctl -q call "${SYSTEMD[@]}" SetUnitProperties 'sba(sv)' "$1" true 1 AllowedCPUs ay 1 "$2"
	else
		busctl -q call "${SYSTEMD[@]}" SetUnitProperties 'sba(sv)' "$1" true 1 AllowedCPUs ay 0
	fi
}
