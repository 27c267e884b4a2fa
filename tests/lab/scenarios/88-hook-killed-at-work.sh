# shellcheck shell=bash
# limit 240
# SIGKILL for the hook while the child that writes is in a slow remove, and at each change of a start that stops a
# service: recover waits for the driver, everything is as before, and the service runs.
nvidia_nodes
a=/dev/nvidia$(fact "$A0" minor)
# while the card is poisoned it cannot have it, and tries again
printf '[Unit]\nStartLimitIntervalSec=0\n[Service]\nExecStart=%s\nRestart=on-failure\nRestartSec=500ms\n' \
	"$LIB/hold open $a" >/run/systemd/system/lab-cuda.service
systemctl daemon-reload
clean_up() {
	systemctl stop lab-cuda || true
	rm -f /run/systemd/system/lab-cuda.service
	systemctl daemon-reload
}
trap clean_up EXIT
xml gpuvm "${A[@]}" extra="$(policy stop 5)"
held() { [[ $(fact "$A0" usage_count 2>/dev/null) == 1 ]]; }
expect_as_before() {
	timed timeout 60 gpu-handoff recover || fail "recover exits $?"
	echo "   recovered in $took ms"
	expect_home 0000:01:00
	expect_no_state
	wait_for 10 systemctl -q is-active lab-cuda || fail 'the service does not run'
	wait_for 10 held || fail 'the service does not hold the card'
}
systemctl start lab-cuda
wait_for 10 held

for mode in slow:3000 slow:8000; do
	say "in remove, $mode"
	fault "$A0" remove_mode "$mode"
	"$HOOK" gpuvm prepare begin - <"$RUN/gpuvm.xml" >/dev/null 2>"$RUN/err" &
	hook=$!
	wait_for 20 not test -e "$SYS/$A0/driver" || fail 'it does not come to the unbind'
	kill -KILL "$hook"
	wait "$hook" || true
	if [[ $mode == slow:8000 ]]; then # longer than recover waits for the writer: it is poisoned until that returns
		timeout 60 gpu-handoff recover || true
		gpu-handoff status | grep -F "poisoned: unbind of $A0" || fail 'it is not poisoned'
		wait_for 20 not pgrep -x handoff-writer || fail 'the writer is still there'
	fi
	expect_as_before
	[[ -z $(writers) ]] || fail 'a writer is left'
done

say 'before each change'
hook_traced prepare || fail "prepare fails under strace: $(<"$RUN/err")"
! systemctl -q is-active lab-cuda || fail 'the service was not stopped'
changing_calls "$RUN/trace" >"$RUN/calls"
hook gpuvm release
runs=0
# those that have to do with the service come first; of the rest, which 40 goes through, every fifth
while read -r call n; do
	hook_traced prepare -e inject="$call:signal=KILL:when=$n" || true
	grep -q 'killed by SIGKILL' "$RUN/trace" || continue
	echo "killed before $call $n: $(grep -a "^$call(" "$RUN/trace" | tail -n 1 | cut -c1-120)"
	runs=$((runs + 1))
	expect_as_before
done < <(awk 'NR <= 14 || NR % 5 == 0' "$RUN/calls")
echo "$runs runs"
((runs > 10)) || fail 'too few'
systemctl stop lab-cuda
