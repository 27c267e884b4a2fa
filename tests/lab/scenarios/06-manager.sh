# shellcheck shell=bash
# systemd and logind do what lib/host/manager.h says, and nothing there waits longer than it is told.
ask() { # EXPECTED WHAT SUBJECT DEADLINE_MS: sets ms
	local expected=$1 answer
	shift
	read -r answer ms < <("$LIB/ask-manager" "$@")
	say "ask-manager $*: $answer after $ms ms"
	[[ $answer == "$expected" ]] || fail "'$1 $2' answered '$answer', expected '$expected'"
	((ms <= $3 + 2000)) || fail "'$1 $2' took $ms ms"
}
unit() { systemd-run -q --unit="$1" "${@:2}"; } # NAME [OPTION...] COMMAND...
clean_up() {
	kill -CONT "$(systemctl show -P MainPID dbus)" || true
	systemctl stop 'lab-*' 2>/dev/null || true
	rm -f /run/systemd/system/lab-*.service
}
trap clean_up EXIT

say 'units'
cat >/run/systemd/system/lab-plain.service <<-'UNIT'
	[Service]
	ExecStart=/usr/bin/sleep infinity
UNIT
cat >/run/systemd/system/lab-bad.service <<-'UNIT'
	[Service]
	Type=oneshot
	ExecStart=/usr/bin/false
UNIT
cat >/run/systemd/system/lab-slow.service <<-'UNIT'
	[Service]
	ExecStart=/usr/bin/sleep infinity
	ExecStop=/usr/bin/sleep 3
UNIT
systemctl daemon-reload
ask 0 active lab-plain.service 10000
ask 0 start lab-plain.service 10000
ask 1 active lab-plain.service 10000
ask 0 start lab-plain.service 10000
ask 0 stop lab-plain.service 10000
ask 0 active lab-plain.service 10000
ask 0 stop lab-plain.service 10000
unit lab-transient sleep infinity
ask 0 stop lab-transient.service 10000
ask EIO start lab-bad.service 20000
ask ENOENT start lab-none.service 10000
ask ENOENT stop lab-none.service 10000
ask 0 active lab-none.service 10000
for name in '' . .service lab-plain lab-plain.socket 'lab-plain.service ' '../lab.service' $'lab\n.service' \
	"$(printf 'a%.0s' {1..300}).service" 'läb.service' '@.service' 'lab-*.service'; do
	ask EINVAL stop "$name" 10000
done
systemctl start lab-slow
ask ETIMEDOUT stop lab-slow.service 1000
((ms >= 1000)) || fail 'it did not wait'
wait_for 20 not systemctl -q is-active lab-slow
systemctl start lab-slow
ask 0 stop lab-slow.service 20000
((ms >= 3000)) || fail 'it did not wait for the end of the job'

say 'sessions'
session_of() { loginctl list-sessions --no-legend | awk -v u="$1" '$3 == u { print $1; exit }'; }
session_open() { # UNIT USER: sets session
	unit "$1" -p PAMName=login -p User="$2" sleep infinity
	wait_for 60 grep -q . <(session_of "$2") || true
	wait_for 60 session_is_there "$2" || fail "no session of $2"
	session=$(session_of "$2")
}
session_is_there() { [[ $(session_of "$1") ]]; }
session_open lab-other root
other=$session
session_open lab-one user
loginctl list-sessions
loginctl show-session "$session" -p Class -p State -p Scope
ask ENOENT end-session 999 10000
ask EINVAL end-session "$session.scope" 10000
ask 0 end-session "$session" 60000
session_is_there user && fail 'the session is still there'
systemctl -q is-active lab-one && fail 'its process is still there'
session_open lab-one user
unit lab-two -p PAMName=login -p User=user sleep infinity
two_sessions() { [[ $(loginctl list-sessions --no-legend | awk '$3 == "user"' | wc -l) -eq 2 ]]; }
wait_for 60 two_sessions || fail 'no second session'
unit lab-cron -p PAMName=cron -p User=user sleep infinity || true
ask 0 end-sessions-of 4711 10000
ask 2 end-sessions-of "$(id -u user)" 60000
loginctl list-sessions
session_is_there user && fail 'a session is still there'
[[ $(session_of root) == "$other" ]] || fail "root's session has ended"
systemctl -q is-active lab-other || fail "root's process has ended"

say 'a scope'
unit lab-mother bash -c "'$LIB/ask-manager' scope 1000 20000 >>$RUN/scope & sleep infinity"
child_is_moved() { [[ -s $RUN/scope ]]; }
rm -f "$RUN/scope"
wait_for 30 child_is_moved || fail 'no scope'
cat "$RUN/scope"
child=$(pgrep -o ask-manager)
scope=gpu-handoff-$child.scope
cat "/proc/$child/cgroup"
systemctl --no-pager status "$scope" || true
grep -qx "0::/system.slice/$scope" "/proc/$child/cgroup" || fail 'it is not in its scope'
systemctl restart lab-mother
kill -0 "$child" || fail 'it was killed with the service that began it'
systemctl stop lab-mother
pgrep -a ask-manager
say 'its stop kills nothing, and waits for nothing'
began=$EPOCHREALTIME
systemctl stop "$scope"
echo "stopped in $(((${EPOCHREALTIME/./} - ${began/./}) / 1000)) ms"
kill -0 "$child" || fail 'the scope killed it'
cat "/proc/$child/cgroup"
kill "$child"
second=$(pgrep -o ask-manager)
systemctl -q is-active "gpu-handoff-$second.scope" || fail 'the second scope is not there'
kill "$second"
no_scope() { ! systemctl list-units --all --no-legend 'gpu-handoff-*.scope' | grep .; }
wait_for 20 no_scope || fail 'the scope is still there'
ls -d /sys/fs/cgroup/system.slice/gpu-handoff-* || true
for _ in {1..5}; do ask 0 scope 0 20000; done

say 'a bus that does not answer'
systemctl start lab-plain
dbus=$(systemctl show -P MainPID dbus)
kill -STOP "$dbus"
for what in 'stop lab-plain.service' 'start lab-plain.service' 'active lab-plain.service' "end-session $other" \
	'end-sessions-of 0' 'scope 0'; do
	# shellcheck disable=SC2086
	ask ETIMEDOUT $what 2000
done
kill -CONT "$dbus"
wait_for 20 busctl -q call org.freedesktop.systemd1 / org.freedesktop.DBus.Peer Ping
systemctl -q is-active lab-plain || fail 'what timed out was done after all'
[[ $(session_of root) == "$other" ]] || fail 'what timed out was done after all'
say 'a manager that does not answer'
logind=$(systemctl show -P MainPID systemd-logind)
kill -STOP "$logind"
ask ETIMEDOUT end-session "$other" 2000
kill -CONT "$logind"
