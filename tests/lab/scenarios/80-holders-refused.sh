# shellcheck shell=bash
# limit 200
# Whoever uses a card in whatever way is named by a refusal at once, nothing has changed, and status names him as well.
# When he has gone the same start works. Card B has MSI, whose vectors tell of those who have no node of it.
modprobe nvidia-modeset
modprobe nvidia-uvm
nvidia_nodes
a=/dev/nvidia$(fact "$A0" minor) b=/dev/nvidia$(fact "$B0" minor)
define vm-a "${A[@]}" extra="$(policy refuse 0)"
define vm-b "${B[@]}" extra="$(policy refuse 0)"
declare -A card=([vm-a]=0000:01:00 [vm-b]=0000:41:00)

refused() { refused_at_once "$1" "${card[$1]}" "${@:2}"; }
taken() { taken_and_returned "$1" "${card[$1]}" && expect_home "${card[$1]}"; }
status_says() { # EXPRESSION...
	local expression
	gpu-handoff status >"$RUN/status"
	for expression; do
		grep -qE -- "$expression" "$RUN/status" || fail "status does not say '$expression': $(<"$RUN/status")"
	done
}

say 'its own node'
hold_start open "$a"
refused vm-a
sentence="gpu-handoff: '$A0' is used by hold (pid $holder, lab-runner.service) through $a; stop it, or set holders action='stop'"
[[ $(<"$RUN/err") == "$sentence" ]] || fail "not the sentence: $sentence"
status_says "^ +$holder +hold +root +lab-runner.service .* $a\$"
start_refused vm-a "$sentence"
expect_home 0000:01:00
hold_end
start vm-a
stop vm-a
for gen in 535 595; do
	nvidia_gen "$gen"
	for kind in open mmap '--mount-ns open' '--mount-ns mmap' '--thread open' '--thread mmap'; do
		say "$gen: $kind"
		# shellcheck disable=SC2086 # its words
		hold_start $kind "$a"
		refused vm-a "'$A0' is used by hold (pid $holder, lab-runner.service) through $a;"
		hold_end
	done
	say "$gen: in a pid namespace of its own"
	hold_start --pid-ns open "$a"
	refused vm-a "'$A0' is used by hold (pid $(pgrep -P "$holder"), lab-runner.service) through $a;"
	hold_end
done
taken vm-a

say 'a service of another user, and a container'
systemd-run -q --unit=lab-cuda -p User=user "$LIB/hold" open "$a"
pid=$(systemctl show -P MainPID lab-cuda)
held() { [[ $(fact "$A0" usage_count) == "$1" ]]; }
wait_for 10 held 1
refused vm-a "is used by hold (pid $pid, lab-cuda.service) through $a; stop it, or set holders action='stop'"
status_says "^ +$pid +hold +user +lab-cuda.service .* $a\$"
systemctl stop lab-cuda
id=4f5c2f9e3b1d
systemd-run -q --scope --unit="docker-$id.scope" "$LIB/hold" --pid-ns mmap "$a" &
wait_for 10 held 1
pid=$(pgrep -n -x hold)
refused vm-a "is used by hold (pid $pid, container $id) through $a; stop it first"
status_says "^ +$pid +hold +root +container $id .* $a \(mapped\)\$"
systemctl stop "docker-$id.scope"
wait_for 10 held 0
taken vm-a

say 'through what all GPUs share'
for gen in 535 595; do
	nvidia_gen "$gen"
	for kind in attach modeset dmabuf uvm; do
		say "$gen: $kind"
		hold_start "$kind" "$B0"
		what='is at work (1 interrupt vectors)'
		[[ $kind != uvm ]] || what='is registered with UVM, for CUDA'
		refused vm-b "'$B0' $what, although no process has it open; it may be hold (pid $holder, lab-runner.service)"
		status_says 'perhaps used by' "^ +$holder +hold +root +lab-runner.service "
		hold_end
	done
	say "$gen: a file on its way through a socket, which nobody has"
	hold_start flight "$b"
	refused vm-b "'$B0' is at work (1 interrupt vectors), although no process has it open;"
	hold_end
	say "$gen: uvm, where there are no vectors"
	hold_start uvm "$A0"
	refused vm-a "'$A0' is registered with UVM, for CUDA, although no process has it open; it may be hold (pid $holder,"
	hold_end
done
hold_start uvm "$B0"
start_refused vm-b "'$B0' is registered with UVM"
hold_end
taken vm-b

say 'a node that has the name of this card and the number of the other one'
rm "$a"
mknod -m 666 "$a" c 195 "${b#/dev/nvidia}"
hold_start open "$a"
refused vm-b "'$B0' is used by hold (pid $holder, lab-runner.service) through $b;"
taken vm-a
hold_end
