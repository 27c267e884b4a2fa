# shellcheck shell=bash
# limit 240
# With action='stop' services are stopped and sessions ended, never a stranger; what was stopped runs again afterwards.
nvidia_nodes
a=/dev/nvidia$(fact "$A0" minor)
unit_file() { # NAME COMMAND
	printf '[Service]\nExecStart=%s\n' "$2" >"/run/systemd/system/$1.service"
	systemctl daemon-reload
}
clean_up() {
	systemctl stop 'lab-*.scope' 'docker-*.scope' lab-cuda lab-once lab-session nvidia-persistenced 2>/dev/null || true
	rm -f /run/systemd/system/{lab-cuda,nvidia-persistenced}.service
	systemctl daemon-reload
}
trap clean_up EXIT
active() { systemctl -q is-active "$1"; }
count_is() { [[ $(fact "$1" usage_count) == "$2" ]]; }
held() { wait_for 20 count_is "$A0" 1 || fail "$* does not hold the card"; }
define gpuvm "${A[@]}" extra="$(policy stop 5)"

say 'a service'
unit_file lab-cuda "$LIB/hold open $a"
systemctl start lab-cuda
held lab-cuda
journal_now
start gpuvm
journal_since -o cat | grep -F "stop 'lab-cuda.service'" || fail 'the stop is not in the journal'
! active lab-cuda || fail 'lab-cuda is still there'
stop gpuvm
expect_home 0000:01:00
wait_for 10 active lab-cuda || fail 'lab-cuda does not run again'
held 'lab-cuda, again,'
systemctl stop lab-cuda

say "a person's session"
systemd-run -q --unit=lab-session -p PAMName=login -p User=user -E XDG_SESSION_CLASS=user "$LIB/hold" open "$a"
held 'the session'
loginctl list-sessions
hook gpuvm prepare
expect_accepted
expect_driver vfio-pci "${A[@]}"
[[ -z $(loginctl --no-legend list-sessions | grep -w user) ]] || fail 'the session is still there'
hook gpuvm release
expect_home 0000:01:00

say 'strangers are left alone'
xml gpuvm "${A[@]}" extra="$(policy stop 0)"
for scope in lab-plain docker-4f5c2f9e3b1d; do
	systemd-run -q --scope --unit="$scope.scope" "$LIB/hold" open "$a" &
	held "$scope"
	pid=$(pgrep -n -x hold)
	hook gpuvm prepare
	who="$scope.scope"
	[[ $scope != docker-* ]] || who="container ${scope#docker-}"
	expect_refused "is used by hold (pid $pid, $who) through $a; stop it first: that is no service or session that may be stopped for you"
	[[ -e /proc/$pid ]] || fail 'the stranger is dead'
	expect_home 0000:01:00
	expect_no_state
	systemctl stop "$scope.scope"
	wait_for 10 count_is "$A0" 0
done

say 'a service without a unit file, which nobody can start again'
systemd-run -q --unit=lab-once "$LIB/hold" open "$a"
held lab-once
hook gpuvm prepare
expect_accepted
hook gpuvm release
cat "$RUN/err"
expect_home 0000:01:00
expect_no_state

say 'nvidia-persistenced is stopped and started around the handover, whatever the action'
cat >"$RUN/persistenced" <<-'SH'
	#!/bin/bash
	for node in /dev/nvidia[0-9]; do { exec {fd}<>"$node"; } 2>/dev/null || true; done
	exec -a nvidia-persistenced sleep infinity
SH
chmod 755 "$RUN/persistenced"
unit_file nvidia-persistenced "/bin/bash $RUN/persistenced"
systemctl start nvidia-persistenced
held nvidia-persistenced
define gpuvm "${A[@]}" extra="$(policy refuse 0)"
before=$(systemctl show -P MainPID nvidia-persistenced)
start gpuvm
active nvidia-persistenced || fail 'nvidia-persistenced does not run while the card is away'
during=$(systemctl show -P MainPID nvidia-persistenced)
[[ $during != "$before" ]] || fail 'nvidia-persistenced was not restarted'
wait_for 10 count_is "$B0" 1 || fail 'it does not hold the other card'
stop gpuvm
expect_home 0000:01:00
active nvidia-persistenced || fail 'nvidia-persistenced does not run again'
[[ $(systemctl show -P MainPID nvidia-persistenced) != "$during" ]] || fail 'it was not started again for the card'
held 'nvidia-persistenced, again,'
