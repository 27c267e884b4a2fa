# shellcheck shell=bash
# limit 900
# gpu-handoff run, with QEMU by hand: the command gets the cards, CPUs and huge pages, and everything is back when it
# ends, however that comes about.
qemu=(qemu-system-x86_64 -nodefaults -display none -machine 'q35,accel=tcg' -m 64 -S -monitor stdio)
device=(-device 'vfio-pci,host={address}')
mkfifo "$RUN/monitor"
exec 9<>"$RUN/monitor"
trap 'rm -f /etc/gpu-handoff.conf; gpasswd -d user kvm >/dev/null 2>&1 || true' EXIT

# run_start [OPTION...] CARD... -- COMMAND...: in the background, its process in $run
run_start() {
	gpu-handoff run "$@" <"$RUN/monitor" >"$RUN/run.out" 2>"$RUN/run.err" 9>&- &
	run=$!
	# once it answers it is all there; until then SIGTERM ends it as any program
	echo 'info status' >&9
	wait_for 90 grep -qs 'VM status' "$RUN/run.out" || fail "QEMU does not answer: $(cat "$RUN/run.err" "$RUN/run.out")"
	holds_group || fail 'QEMU has no group'
}
scopes() { systemctl list-units --plain --no-legend 'gpu-handoff-run-*.scope' | cut -d' ' -f1; }
qemu_pid() { pidof qemu-system-x86_64; }
holds_group() { readlink "/proc/$(qemu_pid)"/fd/* 2>/dev/null | grep -q '^/dev/vfio/[0-9]'; }
run_ended() { # STATUS
	local status=0
	wait "$run" || status=$?
	cat "$RUN/run.err"
	((status == $1)) || fail "run exited $status, not $1: $(<"$RUN/run.out")"
}
unbinding() { grep -qs "^change unbind $A0" "$STATE"/*.journal; }
quiet() { [[ -z $(systemctl list-units --plain --no-legend 'gpu-handoff-run*') ]]; }
home_again() { [[ $(driver_of "$A0") == nvidia && ! $(find "$STATE" -name '*.journal') ]]; }
expect_over() {
	expect_home 0000:01:00
	expect_no_state
	wait_for 20 quiet || fail "units are left: $(systemctl list-units 'gpu-handoff-run*')"
}

say 'a dry run, and what is refused before anything is done'
gpu-handoff run --dry-run "$A0" -- "${qemu[@]}" "${device[@]}"
expect_home 0000:01:00
for words in "$A0" "-- true" "$A0 --" "--cpus 99 $A0 -- true" "--governor performance $A0 -- true" "card0 -- true" \
	"$A0 -- echo {group2}" "--user nosuch $A0 -- true"; do
	status=0
	# shellcheck disable=SC2086 # its words
	gpu-handoff run $words || status=$?
	((status == 1 || status == 2)) || fail "'run $words' exited $status"
done
expect_over

say 'QEMU has the card, and ends by itself'
run_start "$A0" -- "${qemu[@]}" "${device[@]}"
expect_driver vfio-pci "${A[@]}"
systemctl status --no-pager 'gpu-handoff-run*' || true
gpu-handoff status | tee "$RUN/status"
grep -qE 'run-[0-9a-f]{8}' "$RUN/status" || fail 'status does not say who has it'
grep -q "$(qemu_pid)" "/sys/fs/cgroup/machine.slice/$(scopes)/cgroup.procs" || fail 'QEMU is not in its scope'
grep -E '^Max locked memory +unlimited' "/proc/$(qemu_pid)/limits"
gpu-handoff recover
expect_driver vfio-pci "${A[@]}"
echo quit >&9
run_ended 0
expect_over

say 'what the command says is what run says; what is not there is not run'
status=0
gpu-handoff run "$A0" -- bash -c 'exit 7' || status=$?
((status == 7)) || fail "$status, not 7"
status=0
gpu-handoff run "$A0" -- no-such-program || status=$?
((status == 127)) || fail "$status, not 127"
expect_over

say 'what the command leaves behind keeps the card until it ends'
status=0
gpu-handoff run "$A0" -- bash -c 'sleep 15 & exit 3' 2>"$RUN/run.err" || status=$?
cat "$RUN/run.err"
((status == 3)) || fail "$status, not 3"
expect_driver vfio-pci "${A[@]}"
gpu-handoff recover
expect_driver vfio-pci "${A[@]}"
wait_for 60 home_again || fail 'it has ended, and the card is not back'
expect_over

say 'SIGTERM goes to QEMU'
run_start "$A0" -- "${qemu[@]}" "${device[@]}"
kill "$run"
run_ended 0
expect_over

say 'run is killed: QEMU goes on, and when it ends the card comes home'
run_start "$A0" -- "${qemu[@]}" "${device[@]}"
kill -KILL "$run"
run_ended 137
sleep 3
expect_driver vfio-pci "${A[@]}"
holds_group || fail 'QEMU has not gone on'
gpu-handoff recover
expect_driver vfio-pci "${A[@]}"
journal_now
kill -KILL "$(qemu_pid)"
wait_for 30 home_again || fail 'the card is not home'
journal_since
expect_over

say 'its scope is stopped: QEMU is ended first'
run_start "$A0" -- "${qemu[@]}" "${device[@]}"
kill -KILL "$run"
run_ended 137
systemctl stop "$(scopes)"
wait_for 30 home_again || fail 'the card is not home'
expect_over

say 'run and the service are killed: recover returns the card'
run_start "$A0" -- "${qemu[@]}" "${device[@]}"
kill -KILL "$run"
run_ended 137
systemctl kill -s KILL 'gpu-handoff-run@*'
echo quit >&9
wait_for 20 not qemu_pid || fail 'QEMU does not end'
gpu-handoff recover
expect_over

say 'run is killed while it takes the card'
nvidia_gen 580
fault "$A0" remove_mode slow:4000
gpu-handoff run "$A0" -- touch "$RUN/began" &
run=$!
wait_for 60 unbinding || fail 'it does not get there'
kill -KILL "$run"
run_ended 137
wait_for 60 home_again || fail 'the card is not home'
[[ ! -e $RUN/began ]] || fail 'the command has begun'
nvidia_reset
expect_over

say 'somebody has the card'
nvidia_nodes
hold_start open "/dev/nvidia$(fact "$A0" minor)"
define gpuvm "${A[@]}" extra="$(policy refuse 0)"
hook gpuvm prepare
expect_refused
printf '[holders]\nwait = 0\n' >/etc/gpu-handoff.conf
if gpu-handoff run "$A0" -- touch "$RUN/began" 2>"$RUN/said"; then fail 'it ran'; fi
diff "$RUN/err" "$RUN/said" || fail 'not the sentence of the hook'
[[ ! -e $RUN/began ]] || fail 'the command has begun'
hold_end
rm /etc/gpu-handoff.conf
expect_over

say 'CPUs and huge pages'
cpu_snapshot "$RUN/cpu.rest"
run_start --cpus 6-7 --hugepages 64M --page-size 2M --node 1 "$B0" -- "${qemu[@]}" "${device[@]}" \
	-object memory-backend-file,id=m,size=64M,mem-path=/dev/hugepages,prealloc=on,host-nodes=1,policy=bind \
	-machine memory-backend=m
[[ $(systemctl show -P AllowedCPUs system.slice) == 0-5 ]] || fail 'the host is not kept off these CPUs'
[[ $(sort -u <(sed -n 's/^Cpus_allowed_list:\t//p' "/proc/$(qemu_pid)"/task/*/status)) == 6-7 ]] ||
	fail 'QEMU runs elsewhere'
uuid=$(basename "$(scopes)" .scope)
uuid=${uuid#gpu-handoff-run-}
attended() { systemctl -q is-active "gpu-handoff-$uuid.service"; }
wait_for 20 attended || fail 'nobody sees to what comes'
gpu-handoff status
gpu-handoff status --json | jq -e '.cpus[] | select(.isolated and .cpus == "6-7")' >/dev/null
gpu-handoff status --json | jq -e '.huge_pages[] | select(.node == 1 and .page_kib == 2048 and .total == 32)' >/dev/null
echo quit >&9
run_ended 0
wait_for 20 not attended || fail 'what sees to it outlives it'
cpu_as_before "$RUN/cpu.rest"
expect_home 0000:41:00
expect_over

say 'another user: who may not open the group, and who may'
if gpu-handoff run --user user "$B0" -- touch "$RUN/began" 2>"$RUN/said"; then fail 'it ran'; fi
cat "$RUN/said"
grep -qF 'access = kvm' "$RUN/said" || fail 'the sentence does not say the way out'
[[ ! -e $RUN/began ]] || fail 'the command has begun'
expect_home 0000:41:00
printf '[card %s]\naccess = kvm\n' "$B0" >/etc/gpu-handoff.conf
gpasswd -a user kvm
run_start --user user "$B0" -- "${qemu[@]}" "${device[@]}"
[[ $(stat -c %U "/proc/$(qemu_pid)") == user ]] || fail 'QEMU is not that user'
echo quit >&9
run_ended 0
rm /etc/gpu-handoff.conf
expect_home 0000:41:00
expect_over
udevadm settle
