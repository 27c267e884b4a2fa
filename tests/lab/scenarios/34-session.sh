# shellcheck shell=bash
# An ordinary user's session daemon runs the same hook: it exits 0 and touches nothing.
rm -rf "$STATE"
xml gpuvm "${A[@]}"
for op in 'prepare begin' 'release end'; do
	status=0
	# shellcheck disable=SC2086
	runuser -u user -- "$HOOK" gpuvm $op - <"$RUN/gpuvm.xml" >"$RUN/out" 2>"$RUN/err" || status=$?
	[[ $status -eq 0 && ! -s $RUN/out && ! -s $RUN/err ]] || fail "as a user: $status, $(<"$RUN/err")"
done
expect_baseline
domain plain >/home/user/plain.xml
session() { runuser -u user -- env HOME=/home/user XDG_RUNTIME_DIR=/run/user/lab timeout 120 virsh -c qemu:///session "$@"; }
install -d -o user -m 700 /run/user/lab
# a hook beside ours, called in the same round, shows that the session's daemon calls hooks at all
witness=/etc/libvirt/hooks/qemu.d/99-witness
trap 'rm -f "$witness"' EXIT
printf '#!/bin/sh\necho "$(id -un) $1 $2" >>/home/user/witness\n' >"$witness"
chmod 755 "$witness"
session create /home/user/plain.xml
session destroy plain
grep -x 'user plain prepare' /home/user/witness || fail 'the session called no hook'
say "a card in a session domain fails by libvirt's own rights, not by us"
cp "$RUN/gpuvm.xml" /home/user/gpuvm.xml
if session create /home/user/gpuvm.xml >"$RUN/said" 2>&1; then fail 'a user took the card'; fi
cat "$RUN/said"
if grep -q 'Hook script' "$RUN/said"; then fail 'the hook refused'; fi
pkill -u user libvirtd || true
[[ ! -e $STATE ]] || fail "$STATE was made for a user"
