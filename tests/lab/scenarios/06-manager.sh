# shellcheck shell=bash
# systemd and logind do what lib/host/manager.h says, and nothing there waits longer than it is told.
ask() { # EXPECTED WHAT SUBJECT DEADLINE_MS: sets ms
	local expected=$1 answer
	shift
	read -r answer ms < <("$LIB/ask-manager" "$@")
	say "ask-manager ${*@Q}: $answer after $ms ms"
	[[ $answer == "$expected" ]] || fail "'$1 $2' answered '$answer', expected '$expected'"
	((ms <= $3 + 2000)) || fail "'$1 $2' took $ms ms"
}
unit() { systemd-run -q --unit="$1" "${@:2}"; } # NAME [OPTION...] COMMAND...
clean_up() {
	kill -CONT "$(systemctl show -P MainPID dbus)" || true
	systemctl stop 'ask-*' 2>/dev/null || true
	rm -f /run/systemd/system/ask-*.service
}
trap clean_up EXIT

say 'units'
cat >/run/systemd/system/ask-plain.service <<-'UNIT'
	[Service]
	ExecStart=/usr/bin/sleep infinity
UNIT
cat >/run/systemd/system/ask-bad.service <<-'UNIT'
	[Service]
	Type=oneshot
	ExecStart=/usr/bin/false
UNIT
cat >/run/systemd/system/ask-slow.service <<-'UNIT'
	[Service]
	ExecStart=/usr/bin/sleep infinity
	ExecStop=/usr/bin/sleep 3
UNIT
systemctl daemon-reload
ask 0 active ask-plain.service 10000
ask 0 start ask-plain.service 10000
ask 1 active ask-plain.service 10000
ask 0 start ask-plain.service 10000
ask 0 stop ask-plain.service 10000
ask 0 active ask-plain.service 10000
ask 0 stop ask-plain.service 10000
unit ask-transient sleep infinity
ask 0 stop ask-transient.service 10000
ask EIO start ask-bad.service 20000
ask ENOENT start ask-none.service 10000
ask ENOENT stop ask-none.service 10000
ask 0 active ask-none.service 10000
for name in '' . .service ask-plain ask-plain.socket 'ask-plain.service ' '../lab.service' $'lab\n.service' \
	"$(printf 'a%.0s' {1..300}).service" 'läb.service' '@.service' 'ask-*.service'; do
	ask EINVAL stop "$name" 10000
done
systemctl start ask-slow
ask ETIMEDOUT stop ask-slow.service 1000
((ms >= 1000)) || fail 'it did not wait'
wait_for 20 not systemctl -q is-active ask-slow
systemctl start ask-slow
ask 0 stop ask-slow.service 20000
((ms >= 3000)) || fail 'it did not wait for the end of the job'

say 'sessions'
# of a person on no terminal; without a word of its class, logind would take it for one in the background, as cron's
session_open() { # UNIT USER [CLASS]: sets session
	unit "$1" -p PAMName=login -p User="$2" -E XDG_SESSION_CLASS="${3:-user}" sleep infinity
	wait_for 60 session_of "$1" || fail "no session for $1"
}
session_of() { # UNIT: sets session
	session=$(sed -n 's|^0::.*/session-\([0-9]*\)\.scope$|\1|p' "/proc/$(systemctl show -P MainPID "$1")/cgroup")
	[[ $session ]]
}
is_there() { loginctl show-session "$1" -p Class -p State; }
expect_ended() { # UNIT...
	local name
	for name; do systemctl -q is-active "$name" && fail "$name is still there"; done
	true
}
session_open ask-other root
other=$session
session_open ask-one user
ask ENOENT end-session 999 10000
ask EINVAL end-session "$session.scope" 10000
is_there "$session"
ask 0 end-session "$session" 60000
is_there "$session" && fail 'the session is still there'
expect_ended ask-one
session_open ask-one user
session_open ask-two user greeter
session_open ask-cron user background
background=$session
loginctl list-sessions
ask 0 end-sessions-of 4711 10000
ask 2 end-sessions-of "$(id -u user)" 60000
loginctl list-sessions
expect_ended ask-one ask-two
is_there "$background" || fail 'a session in the background has ended'
is_there "$other" || fail "root's session has ended"
systemctl -q is-active ask-cron ask-other || fail 'their processes have ended'

say 'a scope'
unit ask-mother bash -c "'$LIB/ask-manager' scope 1000 20000 >>$RUN/scope & sleep infinity"
child_is_moved() { [[ -s $RUN/scope ]]; }
rm -f "$RUN/scope"
wait_for 30 child_is_moved || fail 'no scope'
cat "$RUN/scope"
child=$(pgrep -o ask-manager)
scope=gpu-handoff-$child.scope
cat "/proc/$child/cgroup"
systemctl --no-pager status "$scope" || true
grep -qx "0::/system.slice/$scope" "/proc/$child/cgroup" || fail 'it is not in its scope'
systemctl restart ask-mother
systemctl stop ask-mother
kill -0 "$child" || fail 'it was killed with the service that began it'
systemctl daemon-reload
if journalctl -q -b -o cat -g "/$scope:[0-9]"; then fail 'systemd finds fault with the scope'; fi
grep -qx "0::/system.slice/$scope" "/proc/$child/cgroup" || fail 'it is not in its scope any more'
say 'its stop ends nothing, and waits for nothing'
began=$EPOCHREALTIME
systemctl stop "$scope"
took=$(((${EPOCHREALTIME/./} - ${began/./}) / 1000))
echo "stopped in $took ms"
((took < 2000)) || fail 'its stop took longer than it takes to ask for it'
kill -0 "$child" || fail 'the scope killed it'
journalctl -q -o cat -u "$scope"
kill "$child"
say 'it goes away with its process'
no_scope() { ! systemctl list-units --all --no-legend 'gpu-handoff-*.scope' | grep .; }
for _ in {1..5}; do ask 0 scope 0 20000; done
wait_for 20 no_scope || fail 'a scope is still there'
not compgen -G '/sys/fs/cgroup/system.slice/gpu-handoff-*' || fail 'a control group is still there'

say 'a bus that does not answer'
systemctl start ask-plain
dbus=$(systemctl show -P MainPID dbus)
kill -STOP "$dbus"
for what in 'stop ask-plain.service' 'start ask-plain.service' 'active ask-plain.service' "end-session $other" \
	'end-sessions-of 0' 'scope 0'; do
	# shellcheck disable=SC2086
	ask ETIMEDOUT $what 2000
done
kill -CONT "$dbus"
wait_for 20 busctl -q call org.freedesktop.systemd1 / org.freedesktop.DBus.Peer Ping
systemctl -q is-active ask-plain || fail 'what timed out was done after all'
is_there "$other" || fail 'what timed out was done after all'
say 'a manager that does not answer'
logind=$(systemctl show -P MainPID systemd-logind)
kill -STOP "$logind"
ask ETIMEDOUT end-session "$other" 2000
kill -CONT "$logind"
