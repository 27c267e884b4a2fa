# shellcheck shell=bash
# A domain without PCI hostdev is none of our business: nothing touched, no state, not a word.
rm -rf "$STATE"
define plain
journal_now
start plain
stop plain
[[ ! -e $STATE ]] || fail "$STATE was made for a domain that is not ours"
[[ -z $(journal_since -o cat) ]] || fail "logged: $(journal_since -o cat)"
for op in prepare start started stopped release reconnect restore migrate attach no-such-operation; do
	hook plain $op
	expect_accepted
done
[[ ! -e $STATE ]] || fail "$STATE was made for a domain that is not ours"
