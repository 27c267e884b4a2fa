# shellcheck shell=bash
# With wait, a start waits for those who use the card to go; meanwhile another VM with another card comes and goes.
define gpuvm "${A[@]}" extra="$(policy refuse 60)"
define other "${B[@]}" extra="$(policy refuse 0)"
nvidia_nodes
a=/dev/nvidia$(fact "$A0" minor)
waiting() { journal_since -o cat | grep -qF 'waiting for up to 60 seconds'; }

hold_start open "$a"
journal_now
virsh start gpuvm >"$RUN/said" 2>&1 &
starter=$!
wait_for 20 waiting || fail 'it does not say that it waits'
journal_since -o cat
start other
stop other
expect_home 0000:41:00
kill -0 "$starter" 2>/dev/null || fail "it did not wait: $(<"$RUN/said")"
expect_home 0000:01:00
hold_end
wait "$starter" || fail "it did not start: $(<"$RUN/said")"
expect_driver vfio-pci "${A[@]}"
stop gpuvm
expect_home 0000:01:00

say 'who stays longer is named when the time is over'
xml gpuvm "${A[@]}" extra="$(policy refuse 3)"
hold_start open "$a"
timed hook gpuvm prepare
expect_refused "is used by hold (pid $holder, lab-runner.service) through $a;"
((took >= 3000 && took < 6000)) || fail "refused after $took ms"
expect_home 0000:01:00
hold_end
