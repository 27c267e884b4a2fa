# shellcheck shell=bash
# An ordinary user's session daemon runs the same hook: it exits 0 and touches nothing.
rm -rf "$STATE"
xml gpuvm "${A[@]}"
for op in prepare release; do
	status=0
	runuser -u user -- "$HOOK" gpuvm $op begin - <"$RUN/gpuvm.xml" >"$RUN/out" 2>"$RUN/err" || status=$?
	[[ $status -eq 0 && ! -s $RUN/out && ! -s $RUN/err ]] || fail "as a user: $status, $(<"$RUN/err")"
done
expect_baseline
domain plain >/home/user/plain.xml
session() { runuser -u user -- env HOME=/home/user XDG_RUNTIME_DIR=/run/user/lab timeout 120 virsh -c qemu:///session "$@"; }
install -d -o user -m 700 /run/user/lab
session create /home/user/plain.xml
session destroy plain
say "a card in a session domain fails by libvirt's own rights, not by us"
cp "$RUN/gpuvm.xml" /home/user/gpuvm.xml
if session create /home/user/gpuvm.xml >"$RUN/said" 2>&1; then fail 'a user took the card'; fi
cat "$RUN/said"
if grep -q 'Hook script' "$RUN/said"; then fail 'the hook refused'; fi
pkill -u user libvirtd || true
[[ ! -e $STATE ]] || fail "$STATE was made for a user"
